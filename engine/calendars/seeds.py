"""The calendar that every city starts with, and the State Council's holidays of the years that are known."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

import chinese_calendar
from chinese_calendar.constants import Holiday
from sqlalchemy import select

from engine.calendars import queries
from engine.calendars.editing import segment_rows
from engine.calendars.hours import ORDINARY, WeeklyHours
from engine.calendars.models import Calendar, CalendarException, CalendarYear
from engine.kit.db import db

FIRST_YEAR = 2015
STANDARD_NAME = "标准工作日历"

STATUTORY_DAYS = ("01-01", "05-01", "05-02", "10-01", "10-02", "10-03")
"""New Year, Labour Day and National Day fall on the same dates every year (全国年节及纪念日放假办法, 2025). The lunar
feasts and 清明 are known only when the year's notice is out."""

WORKWEEK = WeeklyHours(dict.fromkeys(range(5), ORDINARY))
"""Monday to Friday, 8–12 and 14–18."""

SUMMER = WeeklyHours(dict.fromkeys(range(5), ((8 * 60, 12 * 60), (14 * 60 + 30, 18 * 60 + 30))), ("06-01", "09-30"))
"""Hours of many cities in summer: later afternoons, the same length (process.md §5.2)."""

_NAMES = {holiday.value: holiday.chinese for holiday in Holiday}


def ensure_standard(time_zone: str, *, at: datetime, with_summer: bool = False) -> Calendar:
    """The standard calendar; created with all known years from 2015 on where it is missing, else left as it is."""
    found = db.session.scalar(select(Calendar).where(Calendar.is_standard))
    if found is not None:
        return found
    weeks = (WORKWEEK, SUMMER) if with_summer else (WORKWEEK,)
    calendar = create(STANDARD_NAME, time_zone, at=at, weeks=weeks, fixed_holidays=STATUTORY_DAYS, is_standard=True)
    add_known_years(calendar, FIRST_YEAR, at=at)
    return calendar


def create(
    name: str,
    time_zone: str,
    *,
    at: datetime,
    weeks: Sequence[WeeklyHours] = (WORKWEEK,),
    fixed_holidays: Sequence[str] = (),
    published: Iterable[int] = (),
    is_standard: bool = False,
) -> Calendar:
    """A new calendar; ``published`` years are complete as they are (an imported city whose holidays do not matter)."""
    calendar = Calendar(
        name=name,
        time_zone=time_zone,
        is_standard=is_standard,
        fixed_holidays=list(fixed_holidays),
        changed_at=at,
        segments=[row for week in weeks for row in segment_rows(week)],
    )
    db.session.add(calendar)
    db.session.flush()
    db.session.add_all(CalendarYear(calendar_id=calendar.id, year=year, published_at=at) for year in published)
    db.session.flush()
    queries.forget()
    return calendar


def add_known_years(calendar: Calendar, first: int, *, at: datetime) -> list[int]:
    """Add and publish every year from ``first`` on whose notice the installed tables know. Returns these years."""
    added: list[int] = []
    while (days := known_exceptions(first + len(added))) is not None:
        year = first + len(added)
        for row in days:
            row.calendar_id = calendar.id
        db.session.add_all([*days, CalendarYear(calendar_id=calendar.id, year=year, published_at=at)])
        added.append(year)
    db.session.flush()
    queries.forget()
    return added


def known_exceptions(year: int) -> list[CalendarException] | None:
    """Holidays and weekend days worked in exchange of one year; None where its notice is not known yet."""
    try:
        return [row for day in _days(year) if (row := _exception(day))]
    except NotImplementedError:
        return None


def _exception(day: date) -> CalendarException | None:
    is_off, name = chinese_calendar.get_holiday_detail(day)
    if name is None:
        return None
    kind = "off" if is_off else "work"
    note = _NAMES.get(name, name)
    return CalendarException(date=day, kind=kind, segments=[], note=note if is_off else f"{note}调休上班")


def _days(year: int) -> Iterable[date]:
    first = date(year, 1, 1)
    return (first + timedelta(days=number) for number in range((date(year + 1, 1, 1) - first).days))
