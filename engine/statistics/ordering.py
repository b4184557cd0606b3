"""The order in which readers find statistics."""

from datetime import datetime

from sqlalchemy import select

from engine.kit.db import db
from engine.kit.signals import Doer
from engine.statistics.defining import record
from engine.statistics.errors import NoSuchStatistic
from engine.statistics.models import Statistic


def move(statistic_id: int, *, earlier: bool, by: Doer, at: datetime) -> None:
    """Change places with the one before it, or after it; the first and the last stay. Raises NoSuchStatistic."""
    found = select(Statistic).where(Statistic.retired_at.is_(None)).order_by(Statistic.position, Statistic.id)
    rows = list(db.session.scalars(found.with_for_update()))
    here = next((number for number, row in enumerate(rows) if row.id == statistic_id), None)
    if here is None:
        raise NoSuchStatistic
    there = here + (-1 if earlier else 1)
    if 0 <= there < len(rows):
        moved = rows.pop(here)
        rows.insert(there, moved)
        # All anew: two that were defined at once may have had the same place.
        for position, row in enumerate(rows, start=1):
            row.position = position
        record("statistic.moved", moved, by, at, position=moved.position)
