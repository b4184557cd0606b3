"""Applying a draft: the calendar becomes what the draft is, in one step, under a new version."""

from datetime import datetime

from sqlalchemy import delete, select

from engine.audit import recording
from engine.calendars import drafting, queries
from engine.calendars.differences import Difference, between
from engine.calendars.editing import segment_rows
from engine.calendars.errors import CalendarMoved, NoDraft, NothingChanged
from engine.calendars.models import Calendar, CalendarException, CalendarYear
from engine.calendars.plans import Plan
from engine.kit.db import db
from engine.kit.signals import Doer


def apply(calendar: Calendar, *, revision: int, by: Doer, at: datetime) -> int:
    """Put the draft in force; returns the calendar's new version, with which open clocks are to be reckoned.

    Raises StaleDraft, NoDraft, NothingChanged, CalendarMoved.
    """
    draft = drafting.locked(calendar, revision)
    if draft is None or draft.content is None:
        raise NoDraft
    _lock(calendar)
    if draft.base_version != calendar.version:
        raise CalendarMoved
    _put(calendar, Plan.from_json(draft.content), by, at)
    drafting.write(draft, None, by=by, at=at)
    return calendar.version


def replace(calendar: Calendar, plan: Plan, *, by: Doer, at: datetime) -> int:
    """Put ``plan`` in force without a draft, as an archive has it; a draft that is open finds its calendar moved.

    Raises NothingChanged.
    """
    _lock(calendar)
    _put(calendar, plan, by, at)
    return calendar.version


def _put(calendar: Calendar, new: Plan, by: Doer, at: datetime) -> None:
    changes = between(queries.plan(calendar), new)
    if not changes:
        raise NothingChanged
    for change in changes:
        if change.topic != "week":
            _write_day(calendar, change, new) if change.topic == "day" else _write_year(calendar, change, by, at)
    if any(change.topic == "week" for change in changes):
        calendar.segments = [row for week in new.weeks for row in segment_rows(week)]
    calendar.version, calendar.changed_at = calendar.version + 1, at
    detail = {"version": calendar.version, "changes": [change.plain() for change in changes]}
    recording.record("calendar.applied", by=by, at=at, object_kind="calendar", object_id=calendar.id, detail=detail)
    queries.forget()


def _lock(calendar: Calendar) -> None:
    db.session.refresh(calendar, with_for_update=True)


def _write_day(calendar: Calendar, change: Difference, new: Plan) -> None:
    where = CalendarException.calendar_id == calendar.id, CalendarException.date == change.day
    planned = new.days.get(change.day) if change.day else None
    if planned is None:
        db.session.execute(delete(CalendarException).where(*where))
        return
    row = db.session.scalar(select(CalendarException).where(*where)) or CalendarException(
        calendar_id=calendar.id, date=change.day
    )
    row.kind, row.note = planned.kind, planned.note
    row.segments = [list(segment) for segment in planned.segments]
    db.session.add(row)


def _write_year(calendar: Calendar, change: Difference, by: Doer, at: datetime) -> None:
    if change.after:
        db.session.add(CalendarYear(calendar_id=calendar.id, year=change.year, published_at=at, published_by_id=by.id))
    else:
        where = CalendarYear.calendar_id == calendar.id, CalendarYear.year == change.year
        db.session.execute(delete(CalendarYear).where(*where))
