"""How workers share rows without meeting: each claims some for a while, and skips those that another is claiming."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Table, or_, select, update

from engine.kit.db import db

MOST_ATTEMPTS = 3
"""The third failure opens an incident."""


def claim(
    table: Table, due: Column[Any], *, worker: str, at: datetime, lease: timedelta, most: int, also: Any = True
) -> list[int]:
    """Mark up to ``most`` rows of ``table`` that are due at ``at`` as claimed by ``worker``; their ids.

    A claim holds until its lease runs out: a worker that died loses it to the next one. SQLite has one writer at a time
    and needs no row locks; PostgreSQL skips rows that are locked.
    """
    free = or_(table.c.claimed_until.is_(None), table.c.claimed_until <= at)
    chosen = select(table.c.id).where(due <= at, free, also).order_by(due, table.c.id).limit(most)
    chosen = chosen.with_for_update(skip_locked=True)
    # The list is taken before the update: inside one statement PostgreSQL might evaluate the limit more than once.
    keys = list(db.session.scalars(chosen))
    if keys:
        values = {"claimed_until": at + lease, "claimed_by": worker}
        db.session.execute(update(table).where(table.c.id.in_(keys)).values(values))
    return keys


def pause_after(attempts: int) -> timedelta:
    """How long to wait before the next attempt: one minute, then five."""
    return timedelta(minutes=1 if attempts < 2 else 5)
