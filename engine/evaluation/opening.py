"""Opening a number: the address of a list (``set=handled_late&month=2026-10&department=3``) as a predicate.

A number of a city's own statistic names days instead of a month (``span=2026-10-01..2026-10-07``), the moment by which
it was judged (``judged``), and may keep to a day, week or month among them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, true

from engine.evaluation import dimensions, periods, publishing, sets, slices, thresholds
from engine.evaluation.errors import NoSuchSet
from engine.evaluation.periods import Period
from engine.evaluation.slices import Slice

Query = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True)
class Opened:
    """What a number counted. ``predicate`` is over ``Case``; ``values`` are the dimensions' keys by name."""

    set_name: str
    period: Period
    values: dict[str, list[str]]
    parts: dict[str, Slice] = field(default_factory=dict)
    """The part of the period that it keeps to, by its kind."""

    @property
    def label(self) -> str:
        """What the set is called, an English msgid."""
        return sets.SETS[self.set_name].label

    @property
    def predicate(self) -> ColumnElement[bool]:
        """The very predicate that was counted with."""
        within = (slices.narrowing(self.set_name, part, self.period) for part in self.parts.values())
        return and_(predicate(self.set_name, self.period, self.values), true(), *within)


def predicate(set_name: str, period: Period, values: Query) -> ColumnElement[bool]:
    """The cases of a set in a period within the given dimensions. Raises NoSuchSet."""
    if set_name not in sets.SETS:
        raise NoSuchSet
    return and_(sets.predicate(set_name, period), dimensions.narrowing(values))


def read(query: Query, zone: ZoneInfo, *, at: datetime) -> Opened | None:
    """What the address asks for; None where it names no set. Raises NoSuchSet, NotAMonth, NotAPeriod.

    A computed month is judged by the moment of its computation, days by what the address says, any other by ``at``.
    """
    name = _last(query, "set")
    if not name:
        return None
    if name not in sets.SETS:
        raise NoSuchSet
    values = {each: _all(query, each) for each in dimensions.ALL if _all(query, each)}
    parts = {kind: slices.read(kind, _last(query, kind), zone) for kind in slices.KINDS if _last(query, kind)}
    return Opened(name, _period(query, zone, at), values, parts)


def address(set_name: str, month: str, **values: str) -> dict[str, str]:
    """The query parameters that open a number of a month."""
    return {"set": set_name, "month": month, **values}


def address_in_span(set_name: str, period: Period, values: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """The query parameters that open a number counted in days; ``values`` by dimension and by kind of slice."""
    judged = period.as_of.astimezone(UTC).isoformat()
    return {"set": [set_name], "span": [period.name], "judged": [judged], **values}


def _period(query: Query, zone: ZoneInfo, at: datetime) -> Period:
    name = _last(query, "span")
    if not name:
        return publishing.period_of(_last(query, "month"), zone, at=at)
    first, last = periods.days_of(name)
    return thresholds.span(first, last, zone, as_of=min(at, _moment(_last(query, "judged")) or at))


def _moment(text: str) -> datetime | None:
    """The moment of an address; None for what is none: it may have been typed."""
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _all(query: Query, name: str) -> list[str]:
    given = query.get(name) or ()
    return [one for one in ([given] if isinstance(given, str) else given) if one]


def _last(query: Query, name: str) -> str:
    return (_all(query, name) or [""])[-1]
