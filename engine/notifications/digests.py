"""Digests: what a person wants gathered leaves together, once a day; what he has read meanwhile is left out."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, time, timedelta

from sqlalchemy import select, update

from engine.calendars import queries as calendars
from engine.kit.db import db, unit_of_work
from engine.kit.i18n import N_
from engine.notifications import quiet_hours
from engine.notifications.models import Delivery, DeliveryState, Message
from engine.settings import values
from engine.settings.declarations import Setting

AT = Setting("messages.digest_at", str, "08:30", N_("The daily digest of messages leaves at"),
             N_("Hour and minute, as 08:30."), pattern=quiet_hours.CLOCK_TIME)  # fmt: skip
MOST = 2000


def next_one(at: datetime) -> datetime:
    """The next moment at which a digest leaves; quiet hours and days off put it off."""
    local = at.astimezone(calendars.working().zone)
    moment = datetime.combine(local.date(), time.fromisoformat(values.get(AT)), local.tzinfo)
    if moment <= local:
        moment = datetime.combine(local.date() + timedelta(days=1), moment.timetz().replace(tzinfo=None), local.tzinfo)
    return quiet_hours.after(moment).astimezone(at.tzinfo)


def bundle(at: datetime) -> int:
    """Make one delivery of everything that waits for one person and channel, whose moment has come; how many.

    Runs under the lock of its job: two workers would make two digests of one.
    """
    done = 0
    while True:
        with unit_of_work():
            rows = _waiting(at)
            groups: dict[tuple[int | None, str], list[tuple[int, bool]]] = defaultdict(list)
            for key, user_id, channel, is_read in rows:
                groups[user_id, channel].append((key, is_read))
            done += sum(_bundle(user_id, channel, held, at) for (user_id, channel), held in groups.items())
        if len(rows) < MOST:
            return done


def _waiting(at: datetime) -> Sequence[tuple[int, int | None, str, bool]]:
    found = (
        select(Delivery.id, Delivery.user_id, Delivery.channel, Message.read_at.is_not(None))
        .join(Message, Message.id == Delivery.message_id)
        .where(Delivery.state == DeliveryState.held.value, Delivery.digest_at <= at)
        .order_by(Delivery.user_id, Delivery.channel, Delivery.id)
        .limit(MOST)
    )
    return [row._tuple() for row in db.session.execute(found)]


def _bundle(user_id: int | None, channel: str, held: Sequence[tuple[int, bool]], at: datetime) -> int:
    read = [key for key, is_read in held if is_read]
    unread = [key for key, is_read in held if not is_read]
    if read:
        _settle(read, state=DeliveryState.dropped.value)
    if not unread:
        return 0
    digest = Delivery(
        user_id=user_id, channel=channel, state=DeliveryState.to_send.value, created_at=at, next_at=at, attempts=0
    )
    db.session.add(digest)
    db.session.flush()
    _settle(unread, state=DeliveryState.bundled.value, digest_id=digest.id)
    return 1


def _settle(keys: Sequence[int], **changed: object) -> None:
    db.session.execute(update(Delivery).where(Delivery.id.in_(keys)).values(**changed))
