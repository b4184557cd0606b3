"""Sending again what failed, was given up or is in doubt: a person's decision, on record."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update

from engine.access.actors import Actor
from engine.audit import recording
from engine.kit.db import db
from engine.notifications.errors import NothingToRepeat
from engine.notifications.models import Delivery, DeliveryState


def repeat(ids: Collection[int], *, by: Actor, at: datetime) -> int:
    """Let the workers try these again now, with fresh attempts; how many.

    What is sent, or under way, is left alone. Raises NothingToRepeat where that is all.
    """
    keys = db.session.scalars(
        select(Delivery.id)
        .where(Delivery.id.in_(sorted(ids)), Delivery.state.in_(sorted(DeliveryState.troubled())))
        .with_for_update()
    ).all()
    if not keys:
        raise NothingToRepeat
    again = {"state": DeliveryState.to_send.value, "next_at": at, "attempts": 0, "claimed_until": None, "error": None}
    db.session.execute(update(Delivery).where(Delivery.id.in_(keys)).values(**again))
    held = {"state": DeliveryState.bundled.value, "error": None}
    db.session.execute(update(Delivery).where(Delivery.digest_id.in_(keys)).values(**held))
    recording.record("delivery.repeated", by=by, at=at, object_kind="delivery", detail={"ids": list(keys)})
    return len(keys)
