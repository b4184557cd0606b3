"""Sending again what failed, was given up or is in doubt: a person's decision, on record."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select, update

from engine.access.actors import Actor
from engine.audit import recording
from engine.kit.db import db
from engine.notifications.errors import NothingToRepeat
from engine.notifications.models import Delivery, DeliveryState, Notice

AT_ONCE = 1000
"""Rows of one statement; all of them are one transaction."""
NAMED = 1000
"""So many ids stand in the record; of more, their number."""


def repeat(ids: Collection[int], *, by: Actor, at: datetime) -> int:
    """Let the workers try these again now, with fresh attempts; how many.

    What is sent, or under way, is left alone. Raises NothingToRepeat where that is all.
    """
    return _repeat(Delivery.id.in_(sorted(ids)), by=by, at=at)


def repeat_all(state: DeliveryState, *, channel: str = "", until_id: int, by: Actor, at: datetime) -> int:
    """All in a troubled state, by one channel or by all, as far as somebody looked at them (``until_id``); how many.

    After a long outage these are thousands. Raises NothingToRepeat.
    """
    chosen = (Delivery.state == state.value) & (Delivery.id <= until_id) & Delivery.digest_id.is_(None)
    return _repeat(chosen & (Delivery.channel == channel) if channel else chosen, by=by, at=at)


def _repeat(chosen: ColumnElement[bool], *, by: Actor, at: datetime) -> int:
    troubled = Delivery.state.in_(sorted(DeliveryState.troubled()))
    keys = db.session.scalars(select(Delivery.id).where(chosen, troubled).order_by(Delivery.id).with_for_update()).all()
    if not keys:
        raise NothingToRepeat
    for first in range(0, len(keys), AT_ONCE):
        _try_again(keys[first : first + AT_ONCE], at)
    named = {"ids": list(keys)} if len(keys) <= NAMED else {"count": len(keys)}
    recording.record("delivery.repeated", by=by, at=at, object_kind="delivery", detail=named)
    return len(keys)


def _try_again(keys: Sequence[int], at: datetime) -> None:
    # A worker that has claimed one of them must not send it beside the next one: it is not his any more.
    free = {"claimed_until": None, "claimed_by": None}
    again = {"state": DeliveryState.to_send.value, "next_at": at, "attempts": 0, "error": None}
    db.session.execute(update(Delivery).where(Delivery.id.in_(keys)).values(**again, **free))
    held = {"state": DeliveryState.bundled.value, "error": None}
    db.session.execute(update(Delivery).where(Delivery.digest_id.in_(keys)).values(**held))


def announce_again(*, by: Actor, at: datetime) -> int:
    """Look once more for the readers of what reached nobody; of how many announcements. Raises NothingToRepeat."""
    given_up = select(Notice.id).where(Notice.next_at.is_(None)).order_by(Notice.id).with_for_update()
    keys = db.session.scalars(given_up).all()
    if not keys:
        raise NothingToRepeat
    again = {"next_at": at, "attempts": 0, "error": None, "claimed_until": None, "claimed_by": None}
    for first in range(0, len(keys), AT_ONCE):
        db.session.execute(update(Notice).where(Notice.id.in_(keys[first : first + AT_ONCE])).values(**again))
    recording.record("notice.repeated", by=by, at=at, object_kind="notice", detail={"count": len(keys)})
    return len(keys)
