"""Opening a number: the address of a list (``set=handled_late&month=2026-10&department=3``) as a predicate."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_

from engine.evaluation import dimensions, publishing, sets
from engine.evaluation.errors import NoSuchSet
from engine.evaluation.periods import Period


@dataclass(frozen=True)
class Opened:
    """What a number counted. ``predicate`` is over ``Case``; ``values`` are the dimensions' keys by name."""

    set_name: str
    period: Period
    values: dict[str, str]

    @property
    def label(self) -> str:
        """What the set is called, an English msgid."""
        return sets.SETS[self.set_name].label

    @property
    def predicate(self) -> ColumnElement[bool]:
        """The very predicate that was counted with."""
        return predicate(self.set_name, self.period, self.values)


def predicate(set_name: str, period: Period, values: Mapping[str, str]) -> ColumnElement[bool]:
    """The cases of a set in a period within the given dimensions. Raises NoSuchSet."""
    if set_name not in sets.SETS:
        raise NoSuchSet
    return and_(sets.predicate(set_name, period), dimensions.narrowing(values))


def read(query: Mapping[str, str], zone: ZoneInfo, *, at: datetime) -> Opened | None:
    """What the address asks for; None where it names no set. Raises NoSuchSet, NotAMonth.

    A computed month is judged by the moment of its computation, any other by ``at``.
    """
    if not query.get("set"):
        return None
    if query["set"] not in sets.SETS:
        raise NoSuchSet
    period = publishing.period_of(query.get("month", ""), zone, at=at)
    values = {name: query[name] for name in dimensions.NAMES if query.get(name)}
    return Opened(query["set"], period, values)


def address(set_name: str, month: str, **values: str) -> dict[str, str]:
    """The query parameters that open a number."""
    return {"set": set_name, "month": month, **values}
