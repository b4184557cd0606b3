"""Reading messages: one's own, and how those about a case, or all that failed, fared on their way."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from engine.kit.db import db
from engine.kit.paging import COUNT_CAP, Page
from engine.notifications.errors import MessageNotFound
from engine.notifications.models import Delivery, DeliveryState, Message

BELL_CAP = 100
"""The bell says "99+": counting further would make every page wait."""


def unread_count(user_id: int) -> int:
    """How many messages wait to be read, at most ``BELL_CAP``."""
    few = select(Message.id).where(Message.user_id == user_id, Message.read_at.is_(None)).limit(BELL_CAP)
    return db.session.scalar(select(func.count()).select_from(few.subquery())) or 0


def inbox(user_id: int, *, only_unread: bool = False, page: int = 1, size: int = 50) -> Page[Message]:
    """A page of one person's messages, the newest first."""
    found = select(Message).where(Message.user_id == user_id)
    if only_unread:
        found = found.where(Message.read_at.is_(None))
    return _page(found.order_by(Message.id.desc()), page, size)


def own(message_id: int, user_id: int) -> Message:
    """One of this person's messages. Raises MessageNotFound for any other."""
    message = db.session.get(Message, message_id)
    if message is None or message.user_id != user_id:
        raise MessageNotFound
    return message


@dataclass
class Fared:
    """A message, and how it fared outside the application: without deliveries it stayed inside."""

    message: Message
    deliveries: list[Delivery]


def told_about(case_id: int, *, most: int = 30) -> list[Fared]:
    """Who was told something about a case, the newest first, with his deliveries: one statement."""
    rows = db.session.execute(
        select(Message, Delivery)
        .outerjoin(Delivery, Delivery.message_id == Message.id)
        .where(Message.case_id == case_id)
        .options(joinedload(Message.user))
        .order_by(Message.id.desc(), Delivery.id)
        .limit(most)
    )
    found: dict[int, Fared] = {}
    for message, delivery in rows.tuples():
        fared = found.setdefault(message.id, Fared(message, []))
        if delivery is not None:
            fared.deliveries.append(delivery)
    return list(found.values())


def troubled(states: Collection[DeliveryState], *, channel: str = "", page: int = 1, size: int = 50) -> Page[Delivery]:
    """A page of deliveries that somebody ought to look at, the newest first."""
    found = (
        select(Delivery)
        .where(Delivery.state.in_(sorted(one.value for one in states)), Delivery.digest_id.is_(None))
        .options(joinedload(Delivery.message), joinedload(Delivery.user))
    )
    if channel:
        found = found.where(Delivery.channel == channel)
    return _page(found.order_by(Delivery.created_at.desc(), Delivery.id.desc()), page, size)


def counts(since: datetime) -> dict[str, int]:
    """How many deliveries stand in each state, of those made from ``since`` on."""
    found = select(Delivery.state, func.count()).where(Delivery.created_at >= since).group_by(Delivery.state)
    return dict(db.session.execute(found).tuples().all())


def latest() -> int:
    """The number of the newest delivery: what came after it, nobody has looked at yet."""
    return db.session.scalar(select(func.max(Delivery.id))) or 0


def _page(found: Select[Any], page: int, size: int) -> Page[Any]:
    counted = select(func.count()).select_from(found.order_by(None).limit(COUNT_CAP + 1).subquery())
    total = db.session.scalar(counted) or 0
    rows = db.session.scalars(found.offset((page - 1) * size).limit(size)).all()
    return Page(rows, page, size, min(total, COUNT_CAP), capped=total > COUNT_CAP)
