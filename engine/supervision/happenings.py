"""What has just happened in the city's cases: the end of the timeline, read by its key and never searched."""

from dataclasses import dataclass

from sqlalchemy import func, select

from engine.access.actors import Actor
from engine.cases import queries
from engine.cases.models import Case, TimelineEntry
from engine.kit.db import db

LOOKED_AT = 500
"""Entries from the end that are looked at: whoever sees few cases may find none of his among them."""


@dataclass(frozen=True)
class Happening:
    """One entry of the timeline and its case."""

    entry: TimelineEntry
    case: Case


def newest_id() -> int:
    """The number of the last entry; 0 where nothing happened yet."""
    return db.session.scalar(select(func.max(TimelineEntry.id))) or 0


def latest(actor: Actor, *, since: int = 0, most: int = 8) -> list[Happening]:
    """The last entries after number ``since`` of cases that ``actor`` may see, newest first: one statement."""
    end = select(func.max(TimelineEntry.id) - LOOKED_AT).scalar_subquery()
    rows = db.session.execute(
        select(TimelineEntry, Case)
        .join(Case, Case.id == TimelineEntry.case_id)
        .where(TimelineEntry.id > since, TimelineEntry.id > end, queries.visible_to(actor, one_by_one=True))
        .order_by(TimelineEntry.id.desc())
        .limit(most)
    )
    return [Happening(entry, case) for entry, case in rows.tuples()]
