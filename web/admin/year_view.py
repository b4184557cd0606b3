"""What the page of a calendar shows of its plan: the days of twelve months, hours in words, what a draft changes."""

from calendar import Calendar as MonthGrid
from dataclasses import dataclass
from datetime import date

from babel.dates import get_day_names
from flask_babel import get_locale
from flask_babel import gettext as _

from engine.calendars.differences import Difference
from engine.calendars.hours import Segment, WeeklyHours, shown
from engine.calendars.models import Calendar
from engine.calendars.plans import Plan, PlannedDay


@dataclass(frozen=True)
class Day:
    """One day as the year shows it: its hours, and why it has them."""

    date: date
    hours: str
    planned: PlannedDay | None
    is_drafted: bool
    is_season: bool

    @property
    def kind(self) -> str:
        """Class of its cell: worked or off, each by its weekday or by an exception."""
        return ("is-work" if self.hours else "is-off") + (" is-exception" if self.planned else "")


Month = list[list[Day]]


def months(calendar: Calendar, year: int, plan: Plan, in_force: Plan) -> list[Month]:
    """Twelve months of weeks of days."""
    now, was = plan.hours(calendar.fixed_holidays), in_force.hours(calendar.fixed_holidays)

    def day(one: date) -> Day:
        segments = now.on(one)
        planned = plan.days.get(one)
        drafted = planned != in_force.days.get(one) or segments != was.on(one)
        seasonal = any(week.season is not None and week.covers(one) for week in plan.weeks)
        return Day(one, shown(segments), planned, drafted, seasonal)

    weeks = MonthGrid().monthdatescalendar
    return [[[day(one) for one in week] for week in weeks(year, month)] for month in range(1, 13)]


def weekdays(width: str = "wide") -> list[str]:
    """The names of the weekdays, Monday first: "narrow", "abbreviated" or "wide"."""
    names = get_day_names(width, locale=get_locale())  # type: ignore[arg-type]
    return [names[number] for number in range(7)]


def week_words(week: WeeklyHours) -> list[tuple[str, str]]:
    """Weekly hours as (weekdays, hours), weekdays that have the same hours together."""
    names, lines = weekdays("abbreviated"), list[tuple[list[int], str]]()
    for number in range(7):
        hours = shown(week.days.get(number, ()))
        if lines and lines[-1][1] == hours:
            lines[-1][0].append(number)
        else:
            lines.append(([number], hours))
    return [(_span([names[number] for number in numbers]), hours) for numbers, hours in lines]


@dataclass(frozen=True)
class Told:
    """One thing that a draft changes, in words."""

    what: str
    before: str
    after: str
    day: date | None = None


def told(differences: list[Difference]) -> list[Told]:
    """What a draft changes, in words."""
    return [Told(_what(one), _words(one, one.before), _words(one, one.after), one.day) for one in differences]


def _what(one: Difference) -> str:
    if one.topic == "year":
        return _("Year %(year)s", year=one.year)
    if one.topic == "day":
        return str(one.day)
    weekday = weekdays()[one.weekday or 0]
    if one.season is None:
        return weekday
    return _("%(weekday)s, %(first)s to %(last)s", weekday=weekday, first=one.season[0], last=one.season[1])


def _words(one: Difference, value: PlannedDay | tuple[Segment, ...] | bool | None) -> str:
    if isinstance(value, bool):
        return _("published") if value else _("not published")
    if one.topic == "day":
        return day_words(value if isinstance(value, PlannedDay) else None)
    return _hours(value if isinstance(value, tuple) else None)


def day_words(planned: PlannedDay | None) -> str:
    """An exception in words: what the day is, its own hours, its note."""
    if planned is None:
        return _("as its weekday is")
    kind = _("worked in exchange") if planned.kind == "work" else _("day off")
    return " · ".join(part for part in (kind, shown(planned.segments), planned.note) if part)


def _hours(segments: tuple[Segment, ...] | None) -> str:
    if segments is None:
        return _("as all year")
    return shown(segments) or _("day off")


def _span(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]}–{names[-1]}"
