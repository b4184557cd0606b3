"""Parts of a period by the calendar: its days, ISO weeks and months. What happened lies in the part of its moment."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, case

from engine.evaluation import periods, sets
from engine.evaluation.errors import NotAPeriod
from engine.evaluation.periods import Period


@dataclass(frozen=True)
class Slice:
    """A day "2026-10-05", a week "2026-W41" or a month "2026-10": from ``start`` (included) to ``end`` (not)."""

    key: str
    start: datetime
    end: datetime


def of(kind: str, period: Period, zone: ZoneInfo) -> list[Slice]:
    """The parts of one kind that a period touches, the earliest first. Raises KeyError for an unknown kind."""
    keys = dict.fromkeys(KINDS[kind].key(day) for day, _, _ in period.days(zone))
    return [_slice(kind, KINDS[kind].first_of(key), zone) for key in keys]


def read(kind: str, key: str, zone: ZoneInfo) -> Slice:
    """The slice of a key. Raises NotAPeriod for what is no key of this kind."""
    try:
        found = _slice(kind, KINDS[kind].first_of(key), zone)
    except (ValueError, OverflowError):
        raise NotAPeriod from None
    if found.key != key:
        raise NotAPeriod
    return found


def key_of(set_anchor: str, parts: list[Slice], period: Period) -> ColumnElement[str]:
    """The key of the part that a case of an anchor lies in, of parts that cover the period. Raises KeyError (stock)."""
    column, shift = sets.moment_of(set_anchor, period)
    return case(*((column < part.end - shift, part.key) for part in parts))


def narrowing(set_name: str, part: Slice, period: Period) -> ColumnElement[bool]:
    """Keeps the cases of a set to those of one part. Raises NotAPeriod for what is open now: it lies in no part."""
    try:
        column, shift = sets.moment_of(sets.SETS[set_name].anchor, period)
    except KeyError:
        raise NotAPeriod from None
    return and_(column >= part.start - shift, column < part.end - shift)


@dataclass(frozen=True)
class Kind:
    """How days make parts: the key of a day's part, the first day of a key's part, and of the part after it."""

    key: Callable[[date], str]
    first_of: Callable[[str], date]
    next: Callable[[date], date]


def _slice(kind: str, day: date, zone: ZoneInfo) -> Slice:
    one = KINDS[kind]
    key = one.key(day)
    first = one.first_of(key)
    return Slice(key, periods.midnight(first, zone), periods.midnight(one.next(first), zone))


def _week_of(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year:04d}-W{week:02d}"


def _monday_of(key: str) -> date:
    year, _, week = key.partition("-W")
    return date.fromisocalendar(int(year), int(week), 1)


def _month_after(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


KINDS: dict[str, Kind] = {
    "day": Kind(date.isoformat, date.fromisoformat, lambda first: first + timedelta(days=1)),
    "week": Kind(_week_of, _monday_of, lambda first: first + timedelta(days=7)),
    "calendar_month": Kind(lambda day: f"{day:%Y-%m}", lambda key: date.fromisoformat(f"{key}-01"), _month_after),
}
"""By the name that each has in addresses."""
