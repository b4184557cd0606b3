"""The monthly assessment by e-mail: who gets it, on which day and at which hour, are settings."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import insert, or_, select

from engine.access.models import Role
from engine.kit.db import db, unit_of_work
from engine.kit.i18n import N_
from engine.notifications import enclosures
from engine.notifications.channels import registry
from engine.notifications.models import Delivery, DeliveryState, Message
from engine.organization.models import Post, User
from engine.settings import values
from engine.settings.declarations import Setting

ENCLOSURE = "monthly_assessment"
CHANNEL = "email"

ROLES = Setting("assessment.mail_roles", str, "", N_("Roles that get the monthly assessment by e-mail"),
                N_("Codes of roles between commas, as: leader, supervisor. Empty: no role."),
                pattern=r"[a-z_]*(\s*,\s*[a-z_]+)*\s*")  # fmt: skip
PEOPLE = Setting("assessment.mail_people", str, "", N_("People who get it as well"),
                 N_("User names or e-mail addresses between commas."), pattern=r"[^;<>]*")  # fmt: skip
DAY = Setting("assessment.mail_day", int, 5, N_("Day of the month on which it is sent"), least=1, most=28)
HOUR = Setting("assessment.mail_hour", int, 9, N_("Hour at which it is sent"), least=0, most=23)
ONLY_PUBLISHED = Setting("assessment.mail_only_published", bool, False, N_("Send it only once it is published"),
                         N_("Otherwise it is sent on its day; the document says that it is not published yet."),
                         )  # fmt: skip


@dataclass(frozen=True)
class Recipient:
    """A person with an account, or somebody outside who is known by an address."""

    user_id: int | None
    address: str | None

    def once(self, month: str) -> str:
        """What makes that he gets a month no more than once."""
        return f"assessment:{month}:{self.user_id or self.address}"


def mail(zone: ZoneInfo, *, at: datetime) -> int:
    """Write the messages of last month's assessment for whoever has not got it yet; how many.

    Nothing happens before the day and hour, without e-mail, or while the month cannot be enclosed. Safe to run twice.
    """
    local = at.astimezone(zone)
    if (local.day, local.hour) < (values.get(DAY), values.get(HOUR)) or CHANNEL not in registry.offered():
        return 0
    month = f"{local.replace(day=1) - timedelta(days=1):%Y-%m}"
    if not enclosures.is_ready(ENCLOSURE, {"month": month}):
        return 0
    with unit_of_work():
        wanted = {one.once(month): one for one in recipients()}
        got = set(db.session.scalars(select(Message.once).where(Message.once.in_(sorted(wanted)))))
        return _write({once: one for once, one in wanted.items() if once not in got}, month, at)


def recipients() -> list[Recipient]:
    """Everybody who is to get it as the settings say, each once."""
    roles, people = _listed(values.get(ROLES)), _listed(values.get(PEOPLE))
    serving = select(Post.user_id).join(Role, Role.id == Post.role_id).where(Role.code.in_(roles))
    users = db.session.scalars(
        select(User.id).where(User.is_active, or_(User.id.in_(serving), User.username.in_(people))).order_by(User.id)
    ).all()
    outside = [one for one in people if "@" in one]
    return [Recipient(id, None) for id in users] + [Recipient(None, one) for one in dict.fromkeys(outside)]


def _listed(text: str) -> list[str]:
    return [one for part in text.replace("，", ",").split(",") if (one := part.strip())]


def _write(wanted: dict[str, Recipient], month: str, at: datetime) -> int:
    if not wanted:
        return 0
    rows = [
        {
            "user_id": one.user_id,
            "kind": "assessment",
            "params": {"month": month},
            "created_at": at,
            "once": once,
            "enclosure": ENCLOSURE,
        }
        for once, one in wanted.items()
    ]
    written = db.session.execute(insert(Message).returning(Message.id, Message.once), rows).tuples().all()
    deliveries = [
        {
            "message_id": key,
            "user_id": wanted[str(once)].user_id,
            "channel": CHANNEL,
            "address": wanted[str(once)].address,
            # Its hour was chosen by the city: no quiet hours and no preferences stand above it.
            "state": DeliveryState.to_send.value,
            "created_at": at,
            "next_at": at,
        }
        for key, once in written
    ]
    db.session.execute(insert(Delivery), deliveries)
    return len(deliveries)
