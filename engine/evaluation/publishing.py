"""Computing and publishing a month. What is published stays as it was, whatever happens to its cases afterwards."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from engine.access.actors import Actor
from engine.access.permissions import Permission
from engine.audit import recording
from engine.evaluation import periods, snapshot, thresholds
from engine.evaluation.errors import MonthNotBegun, MonthNotComputed, MonthNotOver, MonthPublished
from engine.evaluation.models import MonthlyAssessment, State
from engine.evaluation.periods import Period
from engine.evaluation.snapshot import Snapshot
from engine.kit.db import db
from engine.kit.errors import NotAllowed


@dataclass(frozen=True)
class Counted:
    """The numbers of a month as things stood at ``at``, not kept yet."""

    month: str
    numbers: dict[str, Any]
    at: datetime


def count(name: str, zone: ZoneInfo, *, at: datetime) -> Counted:
    """Count the month as things stand at ``at``. This takes seconds, and only reads: no write waits for it.

    Raises NotAMonth, MonthPublished, MonthNotBegun.
    """
    _unpublished(name)
    period = thresholds.month(name, zone, as_of=at)
    if period.start > at:
        raise MonthNotBegun
    return Counted(name, snapshot.take(period, zone).as_json(), at)


def keep(counted: Counted, *, by: Actor) -> MonthlyAssessment:
    """Keep the numbers, in place of earlier preliminary ones. Raises MonthPublished, also where it just was."""
    row = _unpublished(counted.month, lock=True)
    if row is None:
        row = MonthlyAssessment(period=counted.month)
        db.session.add(row)
    row.numbers = counted.numbers
    row.state, row.computed_at, row.as_of, row.by_id = State.preliminary.value, counted.at, counted.at, by.id
    db.session.flush()
    return row


def compute(name: str, zone: ZoneInfo, *, by: Actor, at: datetime) -> MonthlyAssessment:
    """Count and keep at once. Raises NotAMonth, MonthPublished, MonthNotBegun."""
    return keep(count(name, zone, at=at), by=by)


def _unpublished(name: str, *, lock: bool = False) -> MonthlyAssessment | None:
    row = find(name, lock=lock)
    if row is not None and row.state == State.published:
        raise MonthPublished
    return row


def publish(name: str, *, by: Actor, at: datetime) -> MonthlyAssessment:
    """Freeze the numbers as they were computed. Raises NotAllowed, MonthNotComputed, MonthPublished, MonthNotOver."""
    if not by.has(Permission.evaluation_publish):
        raise NotAllowed
    row = find(name, lock=True)
    if row is None:
        raise MonthNotComputed
    if row.state == State.published:
        raise MonthPublished
    if not read(row).period.is_over:
        raise MonthNotOver
    row.state, row.published_at, row.published_by_id = State.published.value, at, by.id
    db.session.flush()
    recording.record(
        "monthly_assessment.published",
        by=by,
        at=at,
        object_kind="monthly_assessment",
        object_id=row.id,
        detail={"period": row.period, "as_of": row.as_of.isoformat()},
    )
    return row


def find(name: str, *, lock: bool = False) -> MonthlyAssessment | None:
    """The kept numbers of a month; None where nobody computed them. Raises NotAMonth."""
    periods.first_day(name)
    statement = select(MonthlyAssessment).where(MonthlyAssessment.period == name)
    return db.session.scalars(statement.with_for_update() if lock else statement).one_or_none()


def read(row: MonthlyAssessment) -> Snapshot:
    """The numbers of a kept month."""
    return Snapshot.from_json(row.numbers)


def period_of(name: str, zone: ZoneInfo, *, at: datetime) -> Period:
    """The month as its kept numbers judged it, else as it is judged now. Raises NotAMonth."""
    row = find(name)
    return read(row).period if row is not None else thresholds.month(name, zone, as_of=at)


def months(zone: ZoneInfo, *, at: datetime, count: int = 24) -> list[str]:
    """The months that can be assessed, newest first: from this one back to the first report, ``count`` at most."""
    first = snapshot.first_report()
    if first is None:
        return []
    newest, oldest = periods.month_of(at, zone), periods.month_of(first, zone)
    names = (periods.shifted(newest, -number) for number in range(count))
    return [name for name in names if name >= oldest]


def kept(names: Iterable[str]) -> dict[str, MonthlyAssessment]:
    """The kept ones among these months."""
    rows = db.session.scalars(select(MonthlyAssessment).where(MonthlyAssessment.period.in_(list(names))))
    return {row.period: row for row in rows}
