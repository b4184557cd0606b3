"""What one state of a calendar has that another has not: a draft's page and the audit log tell it. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from engine.calendars.hours import Segment, shown
from engine.calendars.plans import Plan, PlannedDay


@dataclass(frozen=True)
class Difference:
    """One thing that differs. ``before`` and ``after`` are None where there is no such thing.

    Days are told by :class:`PlannedDay`, hours of a weekday by segments, a year by whether it is published.
    """

    topic: Literal["day", "week", "year"]
    before: PlannedDay | tuple[Segment, ...] | bool | None
    after: PlannedDay | tuple[Segment, ...] | bool | None
    day: date | None = None
    year: int | None = None
    weekday: int | None = None
    season: tuple[str, str] | None = None

    def plain(self) -> dict[str, Any]:
        """As the audit log keeps it."""
        named = {"day": self.day, "year": self.year, "weekday": self.weekday, "season": self.season}
        told = {name: str(value) if name == "day" else value for name, value in named.items() if value is not None}
        return told | {"before": _plain(self.before), "after": _plain(self.after)}


def between(old: Plan, new: Plan) -> list[Difference]:
    """Everything that ``new`` changes: years, weekly hours and seasons, then days in order of date."""
    return [*_years(old, new), *_weeks(old, new), *_days(old, new)]


def _years(old: Plan, new: Plan) -> Iterator[Difference]:
    for year in sorted(old.published ^ new.published):
        yield Difference("year", year in old.published, year in new.published, year=year)


def _weeks(old: Plan, new: Plan) -> Iterator[Difference]:
    before, after = ({week.season: week.days for week in plan.weeks} for plan in (old, new))
    for season in sorted({*before, *after}, key=lambda season: season or ("", "")):
        for weekday in range(7):
            was = before[season].get(weekday, ()) if season in before else None
            now = after[season].get(weekday, ()) if season in after else None
            if (was or None) != (now or None):
                yield Difference("week", was, now, weekday=weekday, season=season)


def _days(old: Plan, new: Plan) -> Iterator[Difference]:
    for day in sorted({*old.days, *new.days}):
        if old.days.get(day) != new.days.get(day):
            yield Difference("day", old.days.get(day), new.days.get(day), day=day)


def _plain(value: PlannedDay | tuple[Segment, ...] | bool | None) -> Any:
    if isinstance(value, PlannedDay):
        return " ".join(part for part in (value.kind, shown(value.segments), value.note) if part)
    return shown(value) if isinstance(value, tuple) else value
