"""Adding and measuring time in the four units of time limits (process.md §5.2 and §5.3)."""

from bisect import bisect_right
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from engine.calendars.hours import Hours
from engine.calendars.tracks import Track, WorkedDays, around_the_clock

DAY_SECONDS = 8 * 3600
"""A working day is reported as eight hours, whatever its own length (process.md §5.2)."""


class Unit(StrEnum):
    """Units of time limits."""

    urgent_hours = "urgent_hours"  # 紧急工作时: elapsed time, nights and holidays included
    working_hours = "working_hours"  # 工作时: the calendar's segments only
    working_days = "working_days"  # 工作日: each day by its own segments
    calendar_days = "calendar_days"  # 自然日: to the same moment of the nth day

    @classmethod
    def of_the_calendar(cls) -> frozenset["Unit"]:
        """Units that need the working calendar: only their dues can be provisional."""
        return frozenset({cls.working_hours, cls.working_days})


_SECONDS = {
    Unit.urgent_hours: 3600,
    Unit.working_hours: 3600,
    Unit.working_days: DAY_SECONDS,
    Unit.calendar_days: 86400,
}
"""What one unit is reported as, in seconds."""


@dataclass(frozen=True)
class Limit:
    """A time limit: more than nothing of one unit."""

    value: float
    unit: Unit

    def __post_init__(self) -> None:
        # A name that comes from a row or a file becomes a Unit here; an unknown one is a ValueError.
        object.__setattr__(self, "unit", Unit(self.unit))
        if not 0 < self.value < 100_000:
            raise ValueError(f"a time limit must be more than nothing and less than 100000, not {self.value}")

    @property
    def seconds(self) -> int:
        """The limit as ``WorkingCalendar.spent`` reports time."""
        return round(self.value * _SECONDS[self.unit])


@dataclass(frozen=True)
class Reckoned:
    """A due moment (whole seconds, UTC). Provisional: it runs through a year that has not been published."""

    due: datetime
    is_provisional: bool


class WorkingCalendar:
    """An immutable calendar with its days reckoned beforehand, so that every question is a binary search.

    Moments are aware; parts of a second are dropped. Outside ``years`` the methods raise OutsideCalendar.
    """

    def __init__(self, hours: Hours, zone: ZoneInfo, years: range, *, id: int | None = None, version: int = 0) -> None:
        self.id, self.version, self.zone, self.hours, self.years = id, version, zone, hours, years
        self._tracks, day_size = _measures(_Span(hours.facts(), zone, years, hours))
        self._sizes = _SECONDS | {Unit.working_days: day_size}
        self._published = list(_stretches(hours.published, zone))

    def add(self, start: datetime, limit: Limit) -> Reckoned:
        """When ``limit`` that starts to run at ``start`` is due. A segment that is filled exactly is due at its end."""
        due = self.moment(self.position(start, limit.unit) + self.amount(limit), limit.unit)
        return Reckoned(due, self.is_provisional(start, due, limit.unit))

    def spent(self, start: datetime, end: datetime, unit: Unit) -> int:
        """Seconds of ``unit``'s own time from ``start`` to ``end``; negative where the end comes first.

        A working day counts as 28,800 seconds, a calendar day as 86,400.
        """
        return self.seconds(self.position(end, unit) - self.position(start, unit), unit)

    def is_provisional(self, start: datetime, due: datetime, unit: Unit) -> bool:
        """Whether a due reckoned from ``start`` runs through a year that is not published."""
        if unit not in Unit.of_the_calendar():
            return False
        index = bisect_right(self._published, (int(start.timestamp()), 1 << 62)) - 1
        return index < 0 or int(due.timestamp()) > self._published[index][1]

    def position(self, moment: datetime, unit: Unit) -> int:
        """How much of ``unit`` had counted by ``moment``, on a scale of this calendar's own."""
        return self._tracks[unit].position(int(moment.timestamp()))

    def moment(self, position: int, unit: Unit) -> datetime:
        """The first moment at which ``position`` had counted (UTC)."""
        return datetime.fromtimestamp(self._tracks[unit].second(position), UTC)

    def amount(self, limit: Limit) -> int:
        """A limit on the scale of ``position``."""
        return max(1, round(limit.value * self._sizes[limit.unit]))

    def seconds(self, amount: int, unit: Unit) -> int:
        """A difference of positions in seconds, as ``spent`` reports it."""
        return amount * _SECONDS[unit] // self._sizes[unit]


@dataclass(frozen=True)
class _Span:
    """Years of a calendar; one is the other where the same hours are worked in them."""

    facts: tuple[Any, ...]
    zone: ZoneInfo
    years: range
    hours: Hours = field(compare=False)


@lru_cache(maxsize=8)
def _measures(span: _Span) -> tuple[dict[Unit, Track], int]:
    """A measure of time for each unit, and how much one working day counts.

    Some thirty years take a twentieth of a second: a calendar that is read again and says the same waits for nothing.
    """
    worked = WorkedDays(span.hours, span.zone, span.years)
    whole_days, day_size = worked.whole_days()
    return {
        Unit.urgent_hours: around_the_clock(),
        Unit.working_hours: worked.hours(),
        Unit.working_days: whole_days,
        Unit.calendar_days: worked.wall_clock(span.zone),
    }, day_size


def _stretches(published: Collection[int], zone: ZoneInfo) -> Iterator[tuple[int, int]]:
    """Runs of published years as (first second, last second), in order."""
    years = sorted(published)
    firsts = [year for year in years if year - 1 not in years]
    for first in firsts:
        last = first
        while last + 1 in years:
            last += 1
        yield _new_year(first, zone), _new_year(last + 1, zone)


def _new_year(year: int, zone: ZoneInfo) -> int:
    return int(datetime(year, 1, 1, tzinfo=zone).timestamp())
