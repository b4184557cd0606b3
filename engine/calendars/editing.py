"""Single edits of a calendar that count at once, for commands and tests; pages go through ``drafting``."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select

from engine.audit import recording
from engine.calendars import queries
from engine.calendars.hours import Segment, WeeklyHours, check_segments
from engine.calendars.models import Calendar, CalendarException, CalendarSegment, CalendarYear
from engine.kit.db import db
from engine.kit.errors import Invalid
from engine.kit.i18n import N_
from engine.kit.signals import Doer

KINDS = ("off", "work")


def set_exception(
    calendar: Calendar,
    day: date,
    kind: str,
    *,
    by: Doer,
    at: datetime,
    segments: Sequence[Segment] = (),
    note: str = "",
) -> CalendarException:
    """Make ``day`` a day off or a working day, whatever its weekday. Without segments a working day has ordinary hours.

    Raises Invalid for ``kind`` or ``segments``. Clocks that are not due yet are reckoned again by a job.
    """
    if kind not in KINDS:
        raise Invalid.field("kind", N_("Please choose a day off or a working day."))
    check_segments(segments)
    row = _exception(calendar, day) or CalendarException(calendar_id=calendar.id, date=day)
    row.kind, row.segments, row.note = kind, [list(segment) for segment in segments], note
    db.session.add(row)
    _changed(calendar, "calendar.exception_set", by=by, at=at, detail={"date": str(day), "kind": kind, "note": note})
    return row


def remove_exception(calendar: Calendar, day: date, *, by: Doer, at: datetime) -> None:
    """Let ``day`` follow its weekday again. Nothing happens where it already does."""
    row = _exception(calendar, day)
    if row is not None:
        db.session.delete(row)
        _changed(calendar, "calendar.exception_removed", by=by, at=at, detail={"date": str(day), "kind": row.kind})


def set_hours(calendar: Calendar, weeks: Sequence[WeeklyHours], *, by: Doer, at: datetime) -> None:
    """Replace the weekly hours, seasons included. Raises Invalid for ``segments``."""
    for week in weeks:
        for segments in week.days.values():
            check_segments(segments)
    if not any(segments for week in weeks for segments in week.days.values()):
        raise Invalid.field("segments", N_("A calendar needs some working hours."))
    calendar.segments = [row for week in weeks for row in segment_rows(week)]
    _changed(calendar, "calendar.hours_set", by=by, at=at, detail={"segments": len(calendar.segments)})


def publish_year(calendar: Calendar, year: int, *, by: Doer, at: datetime) -> None:
    """Declare a year's exceptions complete. Provisional dues that run into it are reckoned again by a job."""
    if db.session.get(CalendarYear, (calendar.id, year)) is None:
        db.session.add(CalendarYear(calendar_id=calendar.id, year=year, published_at=at, published_by_id=by.id))
        _changed(calendar, "calendar.year_published", by=by, at=at, detail={"year": year})


def segment_rows(week: WeeklyHours) -> list[CalendarSegment]:
    """Weekly hours as rows of a calendar that is yet to own them."""
    first, last = week.season or (None, None)
    return [
        CalendarSegment(weekday=weekday, from_minute=start, to_minute=end, season_from=first, season_to=last)
        for weekday, segments in week.days.items()
        for start, end in segments
    ]


def _exception(calendar: Calendar, day: date) -> CalendarException | None:
    return db.session.scalar(
        select(CalendarException).where(CalendarException.calendar_id == calendar.id, CalendarException.date == day)
    )


def _changed(calendar: Calendar, action: str, *, by: Doer, at: datetime, detail: dict[str, object]) -> None:
    calendar.version += 1
    calendar.changed_at = at
    recording.record(action, by=by, at=at, object_kind="calendar", object_id=calendar.id, detail=detail)
    queries.forget()
