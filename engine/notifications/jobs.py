"""What the workers do for messages: every few seconds, and now and then."""

import os
import socket
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.orm import aliased

from engine.kit.db import db, unit_of_work
from engine.kit.i18n import N_
from engine.notifications import addressing, assessment_mail, delivering, digests
from engine.notifications.models import Delivery, Message, Notice
from engine.settings import values
from engine.settings.declarations import Setting

MOST_ROUNDS = 1000
KEPT = Setting("messages.days_kept", int, 180, N_("Days that messages are kept"), least=30, most=3650)
TOLD_ONCE = timedelta(days=70)
"""What is told once a month stays at least so long: without its row it would be told again."""
PURGED_AT_ONCE = 1000


def address_due(
    at: datetime,
    *,
    worker: str | None = None,
    going_on: Callable[[], bool] = lambda: True,
    is_silent: bool = False,
) -> int:
    """Write the messages of everything that was announced; how many. ``is_silent``: nothing leaves the building."""
    name, done = worker or _name(), 0
    for _ in range(MOST_ROUNDS):
        claimed = addressing.claim(name, at) if going_on() else []
        if not claimed:
            break
        done += addressing.address(claimed, at, is_silent=is_silent)
    return done


def deliver_due(at: datetime, *, worker: str | None = None, going_on: Callable[[], bool] = lambda: True) -> int:
    """Send everything that is to leave by now; how many left. It waits for other people's servers."""
    return delivering.run(worker or _name(), at, going_on=going_on)


def bundle_digests(at: datetime) -> int:
    """Make the digests whose moment has come."""
    return digests.bundle(at)


def mail_assessment(zone: ZoneInfo, *, at: datetime) -> int:
    """The monthly assessment, once a month and recipient."""
    return assessment_mail.mail(zone, at=at)


def purge(at: datetime) -> int:
    """Delete messages that are older than the settings say, with their deliveries, a thousand at a time; how many."""
    before, done = at - timedelta(days=values.get(KEPT)), 0
    old = (Message.created_at < before, or_(Message.once.is_(None), Message.created_at < at - TOLD_ONCE))
    while True:
        with unit_of_work():
            keys = db.session.scalars(select(Message.id).where(*old).order_by(Message.id).limit(PURGED_AT_ONCE)).all()
            db.session.execute(delete(Delivery).where(Delivery.message_id.in_(keys)))
            db.session.execute(delete(Message).where(Message.id.in_(keys)))
        done += len(keys)
        if len(keys) < PURGED_AT_ONCE:
            break
    with unit_of_work():
        _purge_digests(before)
        db.session.execute(delete(Notice).where(Notice.next_at.is_(None), Notice.at < before))
    return done


def _purge_digests(before: datetime) -> None:
    """Digests that nothing names any more, whatever became of them."""
    held = aliased(Delivery)
    named = exists().where(held.digest_id == Delivery.id)
    over = (Delivery.message_id.is_(None), Delivery.created_at < before, Delivery.next_at.is_(None))
    db.session.execute(delete(Delivery).where(*over, ~named).execution_options(synchronize_session=False))


def _name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"
