"""Recalculations: what becomes of open clocks when a calendar changes, looked at beforehand or done, with progress.

A draft is applied, and the recalculation that follows from it begun, in one transaction; workers do the rest (jobs).
"""

from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select

from engine.audit import recording
from engine.calendars import drafting, publishing
from engine.calendars.errors import NoDraft
from engine.calendars.models import Calendar
from engine.calendars.plans import Plan
from engine.calendars.working_time import Unit
from engine.deadlines.errors import NoRecalculation, RecalculationEnded
from engine.deadlines.models import OPEN, PROVISIONAL, Clock, Recalculation
from engine.deadlines.reckoning import concerned, is_old
from engine.kit.db import db
from engine.kit.signals import Doer


class RunState(StrEnum):
    """Where a recalculation stands."""

    running = "running"
    done = "done"
    cancelled = "cancelled"


def preview(calendar: Calendar, *, by: Doer, at: datetime) -> Recalculation:
    """Look at what the draft would do to open clocks; nothing of it is written. One that runs already is ended.

    Raises NoDraft.
    """
    draft = drafting.find(calendar)
    if draft is None:
        raise NoDraft
    for older in _running(calendar, is_preview=True):
        _end(older, RunState.cancelled, at)
    run = _begin(calendar, draft.base_version, by, at, total=_count(*concerned(calendar)), is_preview=True)
    run.draft_revision, run.content = draft.revision, draft.content
    db.session.flush()
    return run


def apply(calendar: Calendar, *, revision: int, by: Doer, at: datetime) -> Recalculation:
    """Put the draft in force and begin to reckon open clocks with it; an older recalculation is ended by it.

    Raises StaleDraft, NoDraft, NothingChanged, CalendarMoved.
    """
    return _reckon(calendar, publishing.apply(calendar, revision=revision, by=by, at=at), by, at)


def replace(calendar: Calendar, plan: Plan, *, by: Doer, at: datetime) -> Recalculation:
    """The same for a plan that comes without a draft, from an archive. Raises NothingChanged."""
    return _reckon(calendar, publishing.replace(calendar, plan, by=by, at=at), by, at)


def _reckon(calendar: Calendar, version: int, by: Doer, at: datetime) -> Recalculation:
    for older in [*_running(calendar, is_preview=True), *_running(calendar, is_preview=False)]:
        _end(older, RunState.cancelled, at)
    total = _count(*is_old(calendar), or_(OPEN, PROVISIONAL))
    run = _begin(calendar, version, by, at, total=total, is_preview=False)
    db.session.flush()
    return run


def cancel(run: Recalculation, *, by: Doer, at: datetime) -> None:
    """Leave the remaining clocks as they are; those that were reckoned stay so. Raises RecalculationEnded."""
    db.session.refresh(run, with_for_update=True)
    if run.state != RunState.running:
        raise RecalculationEnded
    _end(run, RunState.cancelled, at)
    _record("calendar.recalculation_cancelled", run, by, at)


def go_on(run: Recalculation, *, by: Doer, at: datetime) -> None:
    """Take a cancelled recalculation up again where it stopped.

    Raises RecalculationEnded where it is done, or where the calendar has changed once more.
    """
    db.session.refresh(run, with_for_update=True)
    calendar = db.session.get_one(Calendar, run.calendar_id)
    if run.state != RunState.cancelled or run.is_preview or run.version != calendar.version:
        raise RecalculationEnded
    run.state, run.ended_at, run.last_clock_id, run.failed = RunState.running.value, None, 0, []
    _record("calendar.recalculation_continued", run, by, at)


def get(run_id: int) -> Recalculation:
    """One recalculation or preview. Raises NoRecalculation."""
    run = db.session.get(Recalculation, run_id)
    if run is None:
        raise NoRecalculation
    return run


def latest(calendar: Calendar, *, is_preview: bool) -> Recalculation | None:
    """The one of a calendar that was begun last."""
    return db.session.scalar(
        select(Recalculation)
        .where(Recalculation.calendar_id == calendar.id, Recalculation.is_preview.is_(is_preview))
        .order_by(Recalculation.id.desc())
        .limit(1)
    )


def latest_of(calendar: Calendar) -> dict[bool, Recalculation]:
    """The newest preview (True) and the newest recalculation (False) of a calendar, where there are any."""
    newest = (
        select(func.max(Recalculation.id))
        .where(Recalculation.calendar_id == calendar.id)
        .group_by(Recalculation.is_preview)
    )
    found = db.session.scalars(select(Recalculation).where(Recalculation.id.in_(newest)))
    return {run.is_preview: run for run in found}


def in_hand(calendar: Calendar) -> bool:
    """Whether somebody decides about the clocks of this version: a recalculation runs, or was cancelled on purpose."""
    run = latest(calendar, is_preview=False)
    return run is not None and run.version == calendar.version and run.state != RunState.done


def running_into(calendar: Calendar, year: int) -> int:
    """How many open clocks count working time beyond the first day of ``year``: its removal makes them provisional."""
    new_year = datetime(year, 1, 1, tzinfo=ZoneInfo(calendar.time_zone))
    units = [unit.value for unit in Unit.of_the_calendar()]
    return _count(Clock.calendar_id == calendar.id, OPEN, Clock.due_at > new_year, Clock.limit_unit.in_(units))


def _running(calendar: Calendar, *, is_preview: bool) -> list[Recalculation]:
    chosen = select(Recalculation).where(
        Recalculation.calendar_id == calendar.id,
        Recalculation.is_preview.is_(is_preview),
        Recalculation.state == RunState.running.value,
    )
    return list(db.session.scalars(chosen.order_by(Recalculation.id).with_for_update()))


def _begin(calendar: Calendar, version: int, by: Doer, at: datetime, *, total: int, is_preview: bool) -> Recalculation:
    run = Recalculation(
        calendar_id=calendar.id,
        version=version,
        is_preview=is_preview,
        state=RunState.running.value,
        total=total,
        started_at=at,
        by_id=by.id,
        by_name=by.name,
    )
    db.session.add(run)
    return run


def _end(run: Recalculation, state: RunState, at: datetime) -> None:
    run.state, run.ended_at = state.value, at


def _record(action: str, run: Recalculation, by: Doer, at: datetime) -> None:
    detail = {"recalculation": run.id, "version": run.version, "done": run.done, "total": run.total}
    recording.record(action, by=by, at=at, object_kind="calendar", object_id=run.calendar_id, detail=detail)


def _count(*where: object) -> int:
    return db.session.scalar(select(func.count()).select_from(Clock).where(*where)) or 0  # type: ignore[arg-type]
