"""Reading calendars: for reckoning (kept in memory), and for the administrator's page."""

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import extract, select

from engine.calendars.errors import NoCalendar
from engine.calendars.models import Calendar, CalendarException, CalendarYear
from engine.calendars.plans import Plan, PlannedDay, grouped
from engine.calendars.working_time import WorkingCalendar
from engine.kit.db import db
from engine.kit.i18n import N_
from engine.kit.remembering import Remembered
from engine.settings import values
from engine.settings.declarations import Setting

WARN_FROM = Setting(
    "calendars.warn_from",
    str,
    "10-01",
    N_("Day from which on the next year of a calendar is missed"),
    N_("Month and day, as 10-01. The State Council's notice comes in October or November."),
    pattern=r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])",
)


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


def plan(calendar: Calendar) -> Plan:
    """The calendar in force, apart from its rows."""
    # Hundreds of days: read as columns, since nobody changes a row here.
    columns = (CalendarException.date, CalendarException.kind, CalendarException.segments, CalendarException.note)
    rows = db.session.execute(select(*columns).where(CalendarException.calendar_id == calendar.id)).all()
    hours = ((row.weekday, row.from_minute, row.to_minute, row.season_from, row.season_to) for row in calendar.segments)
    return Plan(
        grouped(hours),
        {row.date: PlannedDay(row.kind, tuple((a, b) for a, b in row.segments), row.note) for row in rows},
        frozenset(row.year for row in published_years(calendar.id)),
    )


def warnings(at: datetime) -> list[MissingYear]:
    """What administrators must publish: this year, and from autumn on the next, of every calendar that is kept up.

    Calendars of imported history, which never had a year near this one, are not asked for; the standard one always is.
    """
    found = []
    rows = db.session.execute(
        select(Calendar, CalendarYear.year)
        .outerjoin(CalendarYear, CalendarYear.calendar_id == Calendar.id)
        .order_by(Calendar.is_standard.desc(), Calendar.name)
    ).tuples()
    have_of: dict[Calendar, set[int]] = defaultdict(set)
    for calendar, year in rows:
        have_of[calendar].add(year)
    for calendar, have in have_of.items():
        wanted = wanted_years(calendar, at)
        if calendar.is_standard or wanted[0] - 1 in have or wanted[0] in have:
            found += [MissingYear(calendar.id, calendar.name, year) for year in wanted if year not in have]
    return found


def wanted_years(calendar: Calendar, at: datetime) -> list[int]:
    """The years that ought to be published at ``at``."""
    today = at.astimezone(ZoneInfo(calendar.time_zone)).date()
    return [today.year, today.year + 1] if f"{today:%m-%d}" >= values.get(WARN_FROM) else [today.year]


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
    zone = ZoneInfo(calendar.time_zone)
    return plan(calendar).working(zone, calendar.fixed_holidays, id=calendar.id, version=calendar.version)


_kept: Remembered[int, WorkingCalendar] = Remembered(_version, _load)
_standard: Remembered[str, int] = Remembered(_standard_id, _standard_id)
