"""Periods that cases are counted in: months or days of the city's wall clock, and the moment by which it is judged."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from engine.evaluation.errors import NotAMonth, NotAPeriod

MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
SPAN = re.compile(r"(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)")


@dataclass(frozen=True)
class Period:
    """From ``start`` (included) to ``end`` (not included), as things stood at ``as_of``; all three aware moments.

    ``name`` is the month, "2026-10", or the days, "2026-10-01..2026-10-07". ``allowance_seconds`` is the centre's own
    time between handling and closure.
    """

    name: str
    start: datetime
    end: datetime
    as_of: datetime
    allowance_seconds: int = 0

    @property
    def judged_until(self) -> datetime:
        """Dues from here on are not judged: they are after the period, or have not come yet."""
        return min(self.end, self.as_of)

    @property
    def is_over(self) -> bool:
        """Had the period ended at ``as_of``?"""
        return self.as_of >= self.end

    def days(self, zone: ZoneInfo) -> list[tuple[date, datetime, datetime]]:
        """Each calendar day of the city with its first moment and the next day's."""
        first = self.start.astimezone(zone).date()
        count = (self.end.astimezone(zone).date() - first).days
        days = [first + timedelta(days=number) for number in range(count + 1)]
        return [(day, midnight(day, zone), midnight(after, zone)) for day, after in pairwise(days)]


def month(name: str, zone: ZoneInfo, *, as_of: datetime, allowance_seconds: int = 0) -> Period:
    """The month "2026-10" of the city. Raises NotAMonth."""
    first, after = first_day(name), first_day(shifted(name, 1))
    return Period(name, midnight(first, zone), midnight(after, zone), as_of, allowance_seconds)


def span(first: date, last: date, zone: ZoneInfo, *, as_of: datetime, allowance_seconds: int = 0) -> Period:
    """From the beginning of one day to the end of another. Raises NotAPeriod where the last is before the first."""
    if last < first:
        raise NotAPeriod
    try:
        start, end = midnight(first, zone), midnight(last + timedelta(days=1), zone)
    except OverflowError:
        raise NotAPeriod from None
    return Period(f"{first.isoformat()}..{last.isoformat()}", start, end, as_of, allowance_seconds)


def days_of(name: str) -> tuple[date, date]:
    """The first and the last day of "2026-10-01..2026-10-07". Raises NotAPeriod."""
    found = SPAN.fullmatch(name)
    try:
        if found is not None:
            return date.fromisoformat(found[1]), date.fromisoformat(found[2])
    except ValueError:
        pass
    raise NotAPeriod


def first_day(name: str) -> date:
    """The first of the month "2026-10". Raises NotAMonth."""
    found = MONTH.fullmatch(name)
    if found is None or not 1900 <= int(found[1]) < 9999:
        raise NotAMonth
    return date(int(found[1]), int(found[2]), 1)


def shifted(name: str, months: int) -> str:
    """The month so many months later: -1 is the one before, -12 the same a year ago."""
    first = first_day(name)
    number = first.year * 12 + first.month - 1 + months
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def month_of(moment: datetime, zone: ZoneInfo) -> str:
    """The month that ``moment`` falls in."""
    return f"{moment.astimezone(zone):%Y-%m}"


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a day of the city begins."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
