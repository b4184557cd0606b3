"""Marking one's messages as read."""

from datetime import datetime

from sqlalchemy import update

from engine.kit.db import db
from engine.notifications import queries
from engine.notifications.models import Message


def read(message_id: int, *, user_id: int, at: datetime) -> Message:
    """Mark one message as read; twice changes nothing. Raises MessageNotFound for another person's."""
    message = queries.own(message_id, user_id)
    message.read_at = message.read_at or at
    db.session.flush()
    return message


def read_all(*, user_id: int, at: datetime, until_id: int) -> int:
    """Mark everything as read up to the newest that the person has seen; how many."""
    mine = (Message.user_id == user_id, Message.read_at.is_(None), Message.id <= until_id)
    changed = db.session.execute(update(Message).where(*mine).values(read_at=at))
    return int(changed.rowcount)  # type: ignore[attr-defined]


def read_before(moment: datetime, *, at: datetime) -> int:
    """Mark everybody's messages from before ``moment`` as read: a city that begins with a past; how many."""
    old = (Message.read_at.is_(None), Message.created_at < moment)
    changed = db.session.execute(update(Message).where(*old).values(read_at=at))
    return int(changed.rowcount)  # type: ignore[attr-defined]
