"""Drafts of calendars: administrators change them together, and nobody's clock moves until one is applied.

Every change names the revision of the draft that its page showed, so that nobody overwrites what he has not seen.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from engine.audit import recording
from engine.calendars import queries, seasons
from engine.calendars.differences import Difference, between
from engine.calendars.errors import StaleDraft, YearEmpty, YearTooFar
from engine.calendars.hours import Segment, WeeklyHours, check_segments, shown
from engine.calendars.models import Calendar, CalendarDraft
from engine.calendars.plans import Plan, PlannedDay
from engine.kit.db import db
from engine.kit.errors import Conflict, Invalid
from engine.kit.i18n import N_
from engine.kit.signals import Doer

KINDS = ("off", "work")
FIRST_YEAR, AHEAD = 2000, 10
"""Years of a calendar: from the first to so many ahead. With one that is far away, all between would be reckoned."""


def find(calendar: Calendar) -> CalendarDraft | None:
    """The draft of a calendar, if there is one at present."""
    row = db.session.get(CalendarDraft, calendar.id)
    return row if row is not None and row.content is not None else None


def revision_of(calendar: Calendar) -> int:
    """What a page that shows the draft must send along with its change; 0 before there was any draft."""
    row = db.session.get(CalendarDraft, calendar.id)
    return row.revision if row is not None else 0


def plan(calendar: Calendar) -> Plan:
    """The calendar as the draft has it; as it is in force where there is no draft."""
    draft = find(calendar)
    return Plan.from_json(draft.content) if draft is not None and draft.content else queries.plan(calendar)


def differences(calendar: Calendar) -> list[Difference]:
    """What the draft would change; nothing where there is none."""
    return between(queries.plan(calendar), plan(calendar)) if find(calendar) is not None else []


def set_day(
    calendar: Calendar,
    day: date,
    kind: str,
    *,
    revision: int,
    by: Doer,
    at: datetime,
    segments: tuple[Segment, ...] = (),
    note: str = "",
) -> None:
    """Make ``day`` a day off or a working day in the draft; without segments a working day has ordinary hours.

    Raises Invalid for ``kind`` or ``segments``, also for a working day that is one already; YearTooFar; StaleDraft.
    """
    check_year(day.year, at)
    if kind not in KINDS:
        raise Invalid.field("kind", N_("Please choose a day off or a working day."))
    check_segments(segments)
    planned = PlannedDay(kind, segments if kind == "work" else (), note)

    def change(old: Plan) -> Plan:
        refuse_needless(old, day, planned)
        return old.with_day(day, planned)

    _edit(calendar, change, revision, "day", {"date": str(day), "kind": kind, "note": note}, by=by, at=at)


def clear_day(calendar: Calendar, day: date, *, revision: int, by: Doer, at: datetime) -> None:
    """Let ``day`` follow its weekday again in the draft. Raises StaleDraft."""
    detail = {"date": str(day), "kind": "weekday"}
    _edit(calendar, lambda old: old.with_day(day, None), revision, "day", detail, by=by, at=at)


def set_week(
    calendar: Calendar,
    week: WeeklyHours,
    *,
    revision: int,
    by: Doer,
    at: datetime,
    replaces: tuple[str, str] | None = None,
) -> None:
    """Set the hours of the whole year, or those of a season; ``replaces`` is the season that it was before.

    Raises Invalid for ``segments``, ``season_from`` or ``season_to``; StaleDraft.
    """
    seasons.check(week)

    def change(old: Plan) -> Plan:
        kept = [one for one in old.weeks if one.season not in {week.season, replaces or week.season}]
        seasons.check_apart(week, kept)
        return replace(old, weeks=tuple(sorted([*kept, week], key=lambda one: one.season or ("", ""))))

    hours = {str(number): shown(segments) for number, segments in week.days.items()}
    _edit(calendar, change, revision, "hours", {"season": week.season, "hours": hours}, by=by, at=at)


def remove_season(calendar: Calendar, season: tuple[str, str], *, revision: int, by: Doer, at: datetime) -> None:
    """Let the days of a season have the hours of the whole year. Raises StaleDraft."""

    def change(old: Plan) -> Plan:
        return replace(old, weeks=tuple(one for one in old.weeks if one.season != season))

    _edit(calendar, change, revision, "season_removed", {"season": season}, by=by, at=at)


def check_year(year: int, at: datetime) -> None:
    """Has a calendar this year? Raises YearTooFar."""
    last = at.year + AHEAD
    if not FIRST_YEAR <= year <= last:
        raise YearTooFar(first=FIRST_YEAR, last=last)


def publish_year(calendar: Calendar, year: int, *, revision: int, by: Doer, at: datetime) -> None:
    """Declare a year's exceptions complete in the draft.

    Raises YearEmpty where it has no day off; YearTooFar; StaleDraft.
    """
    check_year(year, at)

    def change(old: Plan) -> Plan:
        if not any(one.kind == "off" for one in old.of_year(year).values()):
            raise YearEmpty(year=year)
        return replace(old, published=old.published | {year})

    _edit(calendar, change, revision, "year_published", {"year": year}, by=by, at=at)


def remove_year(calendar: Calendar, year: int, *, revision: int, by: Doer, at: datetime) -> None:
    """Take a published year back in the draft; its exceptions stay. Raises StaleDraft."""

    def change(old: Plan) -> Plan:
        return replace(old, published=old.published - {year})

    _edit(calendar, change, revision, "year_removed", {"year": year}, by=by, at=at)


def replace_year(
    calendar: Calendar, year: int, days: Mapping[date, PlannedDay], *, revision: int, by: Doer, at: datetime
) -> None:
    """Replace all exceptions of a year in the draft, as a file has them. Raises StaleDraft."""
    detail = {"year": year, "days": len(days)}
    _edit(calendar, lambda old: old.with_year(year, days), revision, "year_imported", detail, by=by, at=at)


def discard(calendar: Calendar, *, revision: int, by: Doer, at: datetime) -> None:
    """Give the draft up; the calendar in force stays as it is. Raises StaleDraft."""
    draft = locked(calendar, revision)
    if draft is not None and draft.content is not None:
        write(draft, None, by=by, at=at)
        recording.record("calendar.draft_discarded", by=by, at=at, object_kind="calendar", object_id=calendar.id)


def locked(calendar: Calendar, revision: int) -> CalendarDraft | None:
    """The row of the draft, which nobody else changes meanwhile; None before the first. Raises StaleDraft."""
    row = db.session.scalar(
        select(CalendarDraft)
        .where(CalendarDraft.calendar_id == calendar.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if (row.revision if row is not None else 0) != revision:
        raise StaleDraft(name=row.changed_by_name if row is not None else "")
    return row


def write(draft: CalendarDraft, content: dict[str, Any] | None, *, by: Doer, at: datetime) -> None:
    """Put ``content`` into a locked draft; its revision counts on."""
    draft.content, draft.revision = content, draft.revision + 1
    draft.changed_at, draft.changed_by_id, draft.changed_by_name = at, by.id, by.name
    db.session.flush()


def refuse_needless(plan: Plan, day: date, planned: PlannedDay) -> None:
    """Raises Invalid for ``kind`` where a day is to be worked in exchange that is a working day already."""
    usual = plan.with_day(day, None).hours().on(day)
    if planned.kind == "work" and usual and planned.segments in ((), usual):
        raise Invalid.field("kind", N_("%(date)s is a working day already, with these hours."), date=str(day))


def _edit(
    calendar: Calendar,
    change: Callable[[Plan], Plan],
    revision: int,
    what: str,
    detail: dict[str, Any],
    *,
    by: Doer,
    at: datetime,
) -> None:
    draft = locked(calendar, revision) or _first(calendar, by, at)
    if draft.content is None:
        draft.base_version = calendar.version
    old = Plan.from_json(draft.content) if draft.content is not None else queries.plan(calendar)
    write(draft, change(old).as_json(), by=by, at=at)
    recording.record(
        f"calendar.draft_{what}", by=by, at=at, object_kind="calendar", object_id=calendar.id, detail=detail
    )


def _first(calendar: Calendar, by: Doer, at: datetime) -> CalendarDraft:
    """The row that every later draft of this calendar uses. Two who begin at once: one of them is told so."""
    draft = CalendarDraft(
        calendar_id=calendar.id,
        base_version=calendar.version,
        revision=0,
        changed_at=at,
        changed_by_id=by.id,
        changed_by_name=by.name,
    )
    db.session.add(draft)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Conflict from error
    return draft
