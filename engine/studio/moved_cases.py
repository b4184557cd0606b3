"""What became of each case of a migration: moved, taken back, gone on since, or stayed, and why; a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, case, func, select

from engine.cases.models import Case
from engine.kit.db import db
from engine.kit.paging import Page
from engine.process.instances import INSTANCE
from engine.process.migrating import STEP
from engine.studio.models import Migration, MigrationLeft

SIZE = 50
LEFT: FromClause = MigrationLeft.__table__
_CASE: FromClause = Case.__table__


@dataclass(frozen=True)
class Moved:
    """A case that moved. ``state`` is moved, went_on (nobody can take it back any more) or returned."""

    step_id: int
    subject_id: int
    number: str | None
    group_key: str | None
    at: datetime
    state: str
    reasons: Sequence[tuple[str, dict[str, Any]]] | None
    """Why it could not be taken back when that was tried."""


@dataclass(frozen=True)
class Left:
    """A case that stayed where it is, with the reasons as they were written."""

    subject_id: int
    number: str | None
    reasons: Sequence[tuple[str, dict[str, Any]]]


@dataclass(frozen=True)
class GroupMoved:
    """How many cases of a group have moved, and how many of them were taken back."""

    key: str
    moved: int
    returned: int


def moved(run: Migration, *, group: str | None = None, page: int = 1, size: int = SIZE) -> Page[Moved]:
    """The cases that moved, of one group or of all, in the order in which they did. Two statements."""
    mine = STEP.c.run_id == run.id
    if group is not None:
        mine &= STEP.c.group_key == group
    refused = and_(LEFT.c.migration_id == run.id, LEFT.c.instance_id == STEP.c.instance_id, LEFT.c.is_return)
    chosen = (
        select(STEP.c.id, INSTANCE.c.subject_id, _CASE.c.number, STEP.c.group_key, STEP.c.at, _state(), LEFT.c.reasons)
        .join(INSTANCE, INSTANCE.c.id == STEP.c.instance_id)
        .outerjoin(_CASE, _is_its_case())
        .outerjoin(LEFT, refused)
        .where(mine)
        .order_by(STEP.c.id)
    )
    rows = [Moved(*row) for row in _page(chosen, page, size)]
    return Page(rows, page, size, _count(STEP, mine))


def left(run: Migration, *, page: int = 1, size: int = SIZE) -> Page[Left]:
    """The cases that stayed. Two statements."""
    mine = (LEFT.c.migration_id == run.id) & ~LEFT.c.is_return
    chosen = (
        select(INSTANCE.c.subject_id, _CASE.c.number, LEFT.c.reasons)
        .join(INSTANCE, INSTANCE.c.id == LEFT.c.instance_id)
        .outerjoin(_CASE, _is_its_case())
        .where(mine)
        .order_by(LEFT.c.instance_id)
    )
    return Page([Left(*row) for row in _page(chosen, page, size)], page, size, _count(LEFT, mine))


def groups(run: Migration) -> list[GroupMoved]:
    """How far each group is, the largest first. One statement."""
    counted = (
        select(STEP.c.group_key, func.count(), func.count(STEP.c.undone_at))
        .where(STEP.c.run_id == run.id, STEP.c.group_key.is_not(None))
        .group_by(STEP.c.group_key)
        .order_by(func.count().desc(), STEP.c.group_key)
    )
    return [GroupMoved(*row) for row in db.session.execute(counted)]


def to_return(run: Migration) -> int:
    """How many cases the round of taking back has still before it. One statement."""
    mine = (STEP.c.run_id == run.id) & STEP.c.undone_at.is_(None)
    if run.returning_group is not None:
        mine &= STEP.c.group_key == run.returning_group
    return _count(STEP, mine & ((STEP.c.id > run.last_id) | STEP.c.id.in_(run.waiting)))


def _state() -> ColumnElement[str]:
    is_untouched = (INSTANCE.c.definition_id == STEP.c.to_id) & (INSTANCE.c.revision == STEP.c.revision)
    is_untouched &= INSTANCE.c.state.is_not(None)
    return case((STEP.c.undone_at.is_not(None), "returned"), (is_untouched, "moved"), else_="went_on").label("state")


def _is_its_case() -> ColumnElement[bool]:
    return and_(INSTANCE.c.subject_kind == "case", _CASE.c.id == INSTANCE.c.subject_id)


def _page(chosen: Select[Any], page: int, size: int) -> Sequence[Any]:
    return db.session.execute(chosen.offset((page - 1) * size).limit(size)).all()


def _count(table: FromClause, which: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count()).select_from(table).where(which)) or 0
