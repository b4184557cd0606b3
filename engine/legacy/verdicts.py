"""On time or not, as a legacy file judges it; so that its own numbers can be compared with ours.

The rule (docs/decisions/2026-11-21-legacy-on-time.md): on time is what had no target, what was closed by its target
(the second of the target included), and what was still open when the file was drawn, its target not past.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from engine.cases.models import Case
from engine.kit.db import db
from engine.legacy.mapping import Layout
from engine.legacy.past import read_row
from engine.legacy.rows import Table
from engine.organization.models import Department


@dataclass
class Verdicts:
    """How many cases of a department were judged how; ``unsaid``: the file left its judgement empty."""

    on_time: int = 0
    overdue: int = 0
    unsaid: int = 0


@dataclass(frozen=True)
class Difference:
    """A case that the file judges otherwise than we do; ``theirs`` None: it does not say."""

    number: str
    line: int
    department: str
    ours: bool
    theirs: bool | None


@dataclass
class Comparison:
    """Both judgements by department code, and every row that differs."""

    ours: dict[str, Verdicts] = field(default_factory=dict)
    theirs: dict[str, Verdicts] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)


def was_on_time(as_of: datetime) -> ColumnElement[bool]:
    """The rule as a predicate over ``Case``."""
    return or_(
        Case.due_at.is_(None),
        and_(Case.handled_at.is_not(None), Case.handled_at <= Case.due_at),
        and_(Case.handled_at.is_(None), Case.due_at >= as_of),
    )


def drawn_at(layout: Layout) -> datetime | None:
    """When the file was drawn: as its mapping says, else the last moment that it tells of. None without any case."""
    if layout.extracted_at is not None:
        return layout.extracted_at
    last = func.max(func.coalesce(Case.closed_at, Case.reported_at))
    return db.session.scalar(select(last).where(Case.source_system == layout.name))


def by_department(layout: Layout, as_of: datetime) -> dict[str, Verdicts]:
    """Our judgement of the imported cases, by department code: one statement."""
    good = func.sum(case((was_on_time(as_of), 1), else_=0))
    asked = (
        select(Department.legacy_code, good, func.count())
        .select_from(Case).join(Department, Case.department_id == Department.id, isouter=True)
        .where(Case.source_system == layout.name).group_by(Department.legacy_code)
    )  # fmt: skip
    return {code or "": Verdicts(good, count - good) for code, good, count in db.session.execute(asked)}


def compare(table: Table, layout: Layout, as_of: datetime) -> Comparison:
    """Read the file's own judgements again and hold them against ours. Rows that were refused are left out."""
    found = Comparison(ours=by_department(layout, as_of))
    ours = _each(layout, as_of)
    for row in table.rows():
        number = layout.value("number", row.values)
        if row.problem is not None or number not in ours:
            continue
        past, judged = read_row(row, number, layout), ours.pop(number)
        theirs = {layout.on_time: True, layout.overdue: False}.get(past.verdict) if past.verdict else None
        _count(found.theirs.setdefault(past.department, Verdicts()), theirs)
        if theirs is not judged:
            found.differences.append(Difference(number, row.line, past.department, judged, theirs))
    return found


def differing(comparison: Comparison) -> Iterator[str]:
    """Departments whose number of cases on time differs."""
    for code, ours in comparison.ours.items():
        if ours.on_time != comparison.theirs.get(code, Verdicts()).on_time:
            yield code


def _each(layout: Layout, as_of: datetime) -> dict[str, bool]:
    asked = select(Case.source_no, was_on_time(as_of)).where(Case.source_system == layout.name)
    return {str(number): bool(judged) for number, judged in db.session.execute(asked)}


def _count(verdicts: Verdicts, theirs: bool | None) -> None:
    if theirs is None:
        verdicts.unsaid += 1
    elif theirs:
        verdicts.on_time += 1
    else:
        verdicts.overdue += 1
