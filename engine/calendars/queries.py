"""Reading calendars: for reckoning (kept in memory), and for the administrator's page."""

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import extract, select

from engine.calendars.errors import NoCalendar
from engine.calendars.hours import Exceptional, Hours, Segment, WeeklyHours
from engine.calendars.models import Calendar, CalendarException, CalendarSegment, CalendarYear
from engine.calendars.working_time import WorkingCalendar
from engine.kit.db import db
from engine.kit.remembering import Remembered

YEARS_AHEAD = 20
"""How far beyond the last published year provisional dues can be reckoned."""

WARN_FROM_MONTH = 10
"""From October on the next year should be published: the State Council's notice comes in October or November."""


@dataclass(frozen=True)
class MissingYear:
    """A year that a calendar in use does not have: dues that run into it are provisional."""

    calendar_id: int
    calendar_name: str
    year: int


def working(calendar_id: int | None = None) -> WorkingCalendar:
    """The calendar to reckon with; None: the standard one. Kept in memory, so an act pays no statement for it.

    Raises NoCalendar.
    """
    return _kept.get(_standard.get("standard") if calendar_id is None else calendar_id)


def forget() -> None:
    """Read calendars again at the next call: for the process that edits them."""
    _standard.forget()
    _kept.forget()


def find(calendar_id: int | None = None) -> Calendar:
    """The row of a calendar; None: the standard one. Raises NoCalendar."""
    which = Calendar.is_standard.is_(True) if calendar_id is None else Calendar.id == calendar_id
    calendar = db.session.scalar(select(Calendar).where(which))
    if calendar is None:
        raise NoCalendar
    return calendar


def calendars() -> list[Calendar]:
    """All calendars, the standard one first."""
    return list(db.session.scalars(select(Calendar).order_by(Calendar.is_standard.desc(), Calendar.name)))


def exceptions(calendar_id: int, year: int) -> list[CalendarException]:
    """The exceptions of one year, in order of date."""
    return list(
        db.session.scalars(
            select(CalendarException)
            .where(CalendarException.calendar_id == calendar_id, extract("year", CalendarException.date) == year)
            .order_by(CalendarException.date)
        )
    )


def published_years(calendar_id: int) -> list[CalendarYear]:
    """The years that are published, in order."""
    return list(
        db.session.scalars(
            select(CalendarYear).where(CalendarYear.calendar_id == calendar_id).order_by(CalendarYear.year)
        )
    )


def warnings(at: datetime) -> list[MissingYear]:
    """What administrators must publish: this year, and from October on the next, of the standard calendar.

    Other calendars belong to imported history or to special cases and are not asked for.
    """
    standard = find()
    today = at.astimezone(ZoneInfo(standard.time_zone)).date()
    wanted = [today.year] + ([today.year + 1] if today.month >= WARN_FROM_MONTH else [])
    have = {row.year for row in published_years(standard.id)}
    return [MissingYear(standard.id, standard.name, year) for year in wanted if year not in have]


def _standard_id(_: str) -> int:
    found = db.session.scalar(select(Calendar.id).where(Calendar.is_standard.is_(True)))
    if found is None:
        raise NoCalendar
    return found


def _version(calendar_id: int) -> Hashable:
    found = db.session.execute(
        select(Calendar.version, Calendar.changed_at).where(Calendar.id == calendar_id)
    ).one_or_none()
    return tuple(found) if found else None


def _load(calendar_id: int) -> WorkingCalendar:
    calendar = find(calendar_id)
    published = [row.year for row in published_years(calendar.id)]
    hours = Hours(
        weeks=_weeks(calendar.segments),
        exceptions=_exceptions(calendar.id),
        fixed_holidays=frozenset(calendar.fixed_holidays),
        published=frozenset(published),
    )
    years = range(min(published) - 1, max(published) + YEARS_AHEAD) if published else range(2000, 2060)
    return WorkingCalendar(hours, ZoneInfo(calendar.time_zone), years, id=calendar.id, version=calendar.version)


def _weeks(rows: list[CalendarSegment]) -> tuple[WeeklyHours, ...]:
    weeks: dict[tuple[str, str] | None, dict[int, list[Segment]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        season = (row.season_from, row.season_to) if row.season_from and row.season_to else None
        weeks[season][row.weekday].append((row.from_minute, row.to_minute))
    return tuple(
        WeeklyHours({weekday: tuple(sorted(segments)) for weekday, segments in days.items()}, season)
        for season, days in weeks.items()
    )


def _exceptions(calendar_id: int) -> dict[date, Exceptional]:
    rows = db.session.scalars(select(CalendarException).where(CalendarException.calendar_id == calendar_id))
    return {row.date: Exceptional(row.kind == "work", tuple((a, b) for a, b in row.segments)) for row in rows}


_kept: Remembered[int, WorkingCalendar] = Remembered(_version, _load)
_standard: Remembered[str, int] = Remembered(_standard_id, _standard_id)
