"""The monthly assessment by e-mail: who gets it, on which day and at which hour, are settings."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, insert, or_, select

from engine.access.models import Role
from engine.kit.db import db, unit_of_work
from engine.kit.i18n import N_
from engine.kit.outgoing import ADDRESS
from engine.notifications import enclosures
from engine.notifications.channels import registry
from engine.notifications.models import Delivery, DeliveryState, Message
from engine.organization.models import Post, User
from engine.settings import values
from engine.settings.declarations import Setting

ENCLOSURE = "monthly_assessment"
CHANNEL = "email"

ROLES = Setting("assessment.mail_roles", str, "leader", N_("Roles that get the monthly assessment by e-mail"),
                N_("Codes of roles between commas, as: leader, supervisor. Empty: no role."),
                pattern=r"[a-z_]*(\s*,\s*[a-z_]+)*\s*")  # fmt: skip
PEOPLE = Setting("assessment.mail_people", str, "", N_("People who get it as well"),
                 N_("User names or e-mail addresses between commas."), pattern=r"[^;<>]*",
                 is_carried=False)  # fmt: skip
DAY = Setting("assessment.mail_day", int, 5, N_("Day of the month on which it is sent"),
              N_("Or as soon afterwards as it is there, at the same hour at the earliest."),
              least=1, most=28)  # fmt: skip
HOUR = Setting("assessment.mail_hour", int, 9, N_("Hour at which it is sent"), least=0, most=23)
ONLY_PUBLISHED = Setting("assessment.mail_only_published", bool, False, N_("Send it only once it is published"),
                         N_("Otherwise it is sent on its day; the document says that it is not published yet."),
                         )  # fmt: skip
BELATED = 3
"""Months after which one that is published late still leaves."""
LONGEST = 120
"""Characters of an address, as of an account's."""


@dataclass(frozen=True)
class Recipient:
    """A person with an account, or somebody outside who is known by an address."""

    user_id: int | None
    address: str | None
    name: str = ""

    def once(self, month: str) -> str:
        """What makes that he gets a month no more than once."""
        return f"assessment:{month}:{self.user_id or self.address}"


def mail(zone: ZoneInfo, *, at: datetime) -> int:
    """Write the messages of last month's assessment for whoever has not got it yet; how many.

    Nothing happens before the day and hour, without e-mail, or while the month cannot be enclosed. One that is
    published so late that the next month's turn has come leaves then. Safe to run twice.
    """
    local = at.astimezone(zone)
    if local.hour < values.get(HOUR) or CHANNEL not in registry.offered():
        return 0
    done = 0
    for month in _due(local):
        with unit_of_work():
            wanted = {one.once(month): one for one in recipients()}
            got = set(db.session.scalars(select(Message.once).where(Message.once.in_(sorted(wanted)))))
            done += _write({once: one for once, one in wanted.items() if once not in got}, month, at)
    return done


def _due(local: datetime) -> Iterator[str]:
    """Last month, from its day on; earlier ones that could not be made before this month began."""
    first = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    begin = first
    for number in range(BELATED):
        begin = (begin - timedelta(days=1)).replace(day=1)
        month = f"{begin:%Y-%m}"
        since = enclosures.ready_since(ENCLOSURE, {"month": month})
        is_turn = local.day >= values.get(DAY) if number == 0 else since is not None and since >= first
        if since is not None and is_turn:
            yield month


def recipients() -> list[Recipient]:
    """Everybody who is to get it as the settings say, each once, also who stands there by name and by address."""
    roles, people = _listed(values.get(ROLES)), _listed(values.get(PEOPLE))
    users = _users(roles, people)
    known = {one.email.lower() for one in users if one.email}
    outside = {one.lower(): one for one in people if _is_address(one) and one.lower() not in known}
    inside = [Recipient(one.id, None, one.name) for one in users]
    return inside + [Recipient(None, one, one) for one in outside.values()]


def unfound() -> list[str]:
    """What the settings name and nobody answers to: roles that nobody has, unknown user names, no addresses at all."""
    roles, people = _listed(values.get(ROLES)), _listed(values.get(PEOPLE))
    serving = select(Role.code).join(Post, Post.role_id == Role.id).join(User, User.id == Post.user_id)
    served = set(db.session.scalars(serving.where(User.is_active, Role.code.in_(roles)).distinct()))
    names = {one.username for one in _users([], people)}
    unknown = [one for one in people if one not in names and not _is_address(one)]
    return [one for one in roles if one not in served] + unknown


def _users(roles: list[str], people: list[str]) -> Sequence[User]:
    """Active users of these roles, names or addresses."""
    serving = select(Post.user_id).join(Role, Role.id == Post.role_id).where(Role.code.in_(roles))
    addresses = [one.lower() for one in people if _is_address(one)]
    named = or_(User.id.in_(serving), User.username.in_(people), func.lower(User.email).in_(addresses))
    return db.session.scalars(select(User).where(User.is_active, named).order_by(User.id)).all()


def _is_address(text: str) -> bool:
    return len(text) <= LONGEST and "@" in text and ADDRESS.fullmatch(text) is not None


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
