"""Periods that move with the calendar: last month, this year … as days of the city."""

from collections.abc import Callable
from datetime import date, timedelta

from engine.kit.errors import Invalid
from engine.kit.i18n import N_

MOST_DAYS = 400
"""The longest period: a year and a month."""
DAY = timedelta(days=1)
Days = tuple[date, date]
"""The first and the last day, both included."""


def _week(today: date) -> Days:
    monday = today - today.weekday() * DAY
    return monday, monday + 6 * DAY


def _months(today: date, count: int) -> Days:
    """The part of the year of so many months that ``today`` lies in: a month, a quarter, the year."""
    first = date(today.year, (today.month - 1) // count * count + 1, 1)
    after = first.month + count
    return first, date(first.year + (after > 12), (after - 1) % 12 + 1, 1) - DAY


def _before(part: Callable[[date], Days]) -> Callable[[date], Days]:
    return lambda today: part(part(today)[0] - DAY)


def _month(today: date) -> Days:
    return _months(today, 1)


def _quarter(today: date) -> Days:
    return _months(today, 3)


def _year(today: date) -> Days:
    return _months(today, 12)


KINDS: dict[str, tuple[str, Callable[[date], Days]]] = {
    "today": (N_("Today"), lambda today: (today, today)),
    "yesterday": (N_("Yesterday"), lambda today: (today - DAY, today - DAY)),
    "this_week": (N_("This week"), _week),
    "last_week": (N_("Last week"), _before(_week)),
    "this_month": (N_("This month"), _month),
    "last_month": (N_("Last month"), _before(_month)),
    "this_quarter": (N_("This quarter"), _quarter),
    "last_quarter": (N_("Last quarter"), _before(_quarter)),
    "this_year": (N_("This year"), _year),
    "last_year": (N_("Last year"), _before(_year)),
    "last_7_days": (N_("The last 7 days"), lambda today: (today - 6 * DAY, today)),
    "last_30_days": (N_("The last 30 days"), lambda today: (today - 29 * DAY, today)),
}
"""What each is called, and how its days follow from today's."""


def days(kind: str, today: date) -> Days:
    """The days of a kind of period as of ``today``. Raises KeyError."""
    return KINDS[kind][1](today)


def chosen(first: str, last: str) -> Days:
    """The days that a reader typed. Raises Invalid for ``from`` or ``until``."""
    begun, ended = _day("from", first), _day("until", last)
    if ended < begun:
        raise Invalid.field("until", N_("The last day comes before the first."))
    if (ended - begun).days >= MOST_DAYS:
        raise Invalid.field("until", N_("At most %(days)s days at once."), days=MOST_DAYS)
    return begun, ended


def _day(name: str, text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise Invalid.field(name, N_("Please enter a date, for example 2026-03-02.")) from None
    if not 1900 <= found.year < 9000:
        raise Invalid.field(name, N_("Please enter a date, for example 2026-03-02."))
    return found
