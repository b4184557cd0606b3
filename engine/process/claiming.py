"""How workers share rows without meeting: each claims some for a while, and skips those that another is claiming."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from sqlalchemy import Column, Table, or_, select, update

from engine.kit.db import db, unit_of_work

MOST_ATTEMPTS = 3
"""The third failure opens an incident."""


class Claimed(Protocol):
    """What a worker has claimed."""

    @property
    def id(self) -> int: ...  # noqa: D102


C = TypeVar("C", bound=Claimed)


def claim(
    table: Table, due: Column[Any], *, worker: str, at: datetime, lease: timedelta, most: int, also: Any = True
) -> list[int]:
    """Mark up to ``most`` rows of ``table`` that are due at ``at`` as claimed by ``worker``; their ids.

    A claim holds until its lease runs out: a worker that died loses it to the next one. SQLite has one writer at a time
    and needs no row locks; PostgreSQL skips rows that are locked.
    """
    # A lease that ends later than any can was written by a machine whose clock was ahead: it holds nothing.
    ends = table.c.claimed_until
    free = or_(ends.is_(None), ends <= at, ends > at + 2 * lease)
    # Not by id too: among many that are due at the same minute each claim would sort all of them.
    chosen = select(table.c.id).where(due <= at, free, also).order_by(due).limit(most)
    chosen = chosen.with_for_update(skip_locked=True)
    # The list is taken before the update: inside one statement PostgreSQL might evaluate the limit more than once.
    keys = list(db.session.scalars(chosen))
    if keys:
        values = {"claimed_until": at + lease, "claimed_by": worker}
        db.session.execute(update(table).where(table.c.id.in_(keys)).values(values))
    return keys


def one_by_one(
    table: Table, claims: Sequence[C], do: Callable[[C], bool], *, worker: str, going_on: Callable[[], bool]
) -> int:
    """Do what was claimed while ``going_on`` says so; how much was done. What is left is given back for others."""
    done = 0
    for place, each in enumerate(claims):
        if not going_on():
            _give_back(table, [claim.id for claim in claims[place:]], worker)
            break
        done += do(each)
    return done


def _give_back(table: Table, keys: list[int], worker: str) -> None:
    """In a transaction of its own. What another worker has taken over meanwhile stays his."""
    mine = table.c.id.in_(keys) & (table.c.claimed_by == worker)
    with unit_of_work():
        db.session.execute(update(table).where(mine).values(claimed_until=None, claimed_by=None))


def pause_after(attempts: int) -> timedelta:
    """How long to wait before the next attempt: one minute, then five."""
    return timedelta(minutes=1 if attempts < 2 else 5)
