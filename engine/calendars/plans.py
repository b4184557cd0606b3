"""A calendar as a whole, apart from its rows: what a draft holds, and what two states of it are compared by. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from engine.calendars.hours import Exceptional, Hours, Segment, WeeklyHours
from engine.calendars.working_time import WorkingCalendar

YEARS_AHEAD = 20
"""How far beyond the last published year provisional dues can be reckoned."""


@dataclass(frozen=True)
class PlannedDay:
    """A dated exception: "off" or "work", its own hours (none: ordinary ones), and a note."""

    kind: str
    segments: tuple[Segment, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Plan:
    """Weekly hours and seasons, dated exceptions, and the years whose exceptions are complete."""

    weeks: tuple[WeeklyHours, ...] = ()
    days: Mapping[date, PlannedDay] = field(default_factory=dict)
    published: frozenset[int] = frozenset()

    def with_day(self, day: date, planned: PlannedDay | None) -> "Plan":
        """The same with another exception on ``day``; None: the day follows its weekday."""
        days = {each: one for each, one in self.days.items() if each != day}
        return replace(self, days=days if planned is None else days | {day: planned})

    def with_year(self, year: int, days: Mapping[date, PlannedDay]) -> "Plan":
        """The same with all exceptions of one year replaced."""
        kept = {day: one for day, one in self.days.items() if day.year != year}
        return replace(self, days=kept | dict(days))

    def of_year(self, year: int) -> dict[date, PlannedDay]:
        """The exceptions of one year, in order."""
        return {day: self.days[day] for day in sorted(self.days) if day.year == year}

    def hours(self, fixed_holidays: Iterable[str] = ()) -> Hours:
        """What decides the hours of any date, if this plan is in force."""
        exceptions = {day: Exceptional(one.kind == "work", one.segments) for day, one in self.days.items()}
        return Hours(self.weeks, exceptions, frozenset(fixed_holidays), self.published)

    def working(self, zone: ZoneInfo, fixed_holidays: Iterable[str], *, id: int, version: int) -> WorkingCalendar:
        """The calendar to reckon with, if this plan is in force."""
        # A year that was taken back keeps its days, and the clocks that ran through it.
        known = self.published | {day.year for day in self.days}
        years = range(min(known) - 1, max(known) + YEARS_AHEAD) if self.published else range(2000, 2060)
        return WorkingCalendar(self.hours(fixed_holidays), zone, years, id=id, version=version)

    def as_json(self) -> dict[str, Any]:
        """The plan as a draft keeps it."""
        return {
            "weeks": [
                {"season": week.season, "days": {str(number): list(week.days[number]) for number in sorted(week.days)}}
                for week in self.weeks
            ],
            "days": {str(day): [one.kind, list(one.segments), one.note] for day, one in sorted(self.days.items())},
            "published": sorted(self.published),
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "Plan":
        """The plan that ``as_json`` gave."""
        return cls(
            tuple(_week(one) for one in content["weeks"]),
            {
                date.fromisoformat(day): PlannedDay(kind, _segments(segments), note)
                for day, (kind, segments, note) in content["days"].items()
            },
            frozenset(content["published"]),
        )


def grouped(rows: Iterable[tuple[int, int, int, str | None, str | None]]) -> tuple[WeeklyHours, ...]:
    """Weekly hours from rows of (weekday, from, to, season's first, season's last); the whole year's come first."""
    weeks: dict[tuple[str, str] | None, dict[int, list[Segment]]] = defaultdict(lambda: defaultdict(list))
    for weekday, start, end, first, last in rows:
        weeks[(first, last) if first and last else None][weekday].append((start, end))
    return tuple(
        WeeklyHours({weekday: tuple(sorted(weeks[season][weekday])) for weekday in sorted(weeks[season])}, season)
        for season in sorted(weeks, key=lambda season: season or ("", ""))
    )


def _week(one: Mapping[str, Any]) -> WeeklyHours:
    season = (one["season"][0], one["season"][1]) if one["season"] else None
    return WeeklyHours({int(number): _segments(segments) for number, segments in one["days"].items()}, season)


def _segments(rows: Iterable[Iterable[int]]) -> tuple[Segment, ...]:
    return tuple((start, end) for start, end in rows)
