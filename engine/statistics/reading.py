"""A statistic read by somebody: counted over what he may see, its lines named and in their order."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from engine.access.actors import Actor
from engine.cases.models import Source, Stage
from engine.evaluation import thresholds
from engine.evaluation.dimensions import NONE
from engine.statistics import counting, naming
from engine.statistics.counting import Counted
from engine.statistics.layout import Layout
from engine.statistics.measures import Counts
from engine.statistics.naming import Names
from engine.statistics.spans import Days

MOST_ROWS = 500
MOST_COLUMNS = 40
WORDS = {"source": [one.value for one in Source], "stage": [one.value for one in Stage]}
"""The order of keys that are words of the program."""


@dataclass(frozen=True)
class Reading:
    """What a table shows. ``rows`` and ``columns`` are keys in the order of the page, the first ``MOST_…`` of them.

    ``names`` are those of rows of the database, by dimension; the rest are words of the program. ``left_out`` counts
    the rows and columns that are not shown; totals count them too.
    """

    counted: Counted
    rows: list[str]
    columns: list[str]
    names: dict[str, Names]
    left_out: tuple[int, int]

    @property
    def layout(self) -> Layout:
        """What it was counted by."""
        return self.counted.layout


def read(layout: Layout, days: Days, zone: ZoneInfo, *, actor: Actor, at: datetime) -> Reading:
    """Count a statistic over these days, as things stand at ``at``. Raises Invalid for ``period`` (too many slices)."""
    period = thresholds.span(*days, zone, as_of=at)
    counted = counting.count(layout, period, zone, actor=actor)
    names = {name: naming.names(name, keys) for name, keys in _keys(counted).items()}
    rows = _ordered(layout.rows, counted.rows, counted, names)
    columns = [] if not layout.columns else _by_name(layout.columns, counted.columns, counted, names)
    left_out = (max(0, len(rows) - MOST_ROWS), max(0, len(columns) - MOST_COLUMNS))
    return Reading(counted, rows[:MOST_ROWS], columns[:MOST_COLUMNS], names, left_out)


def _keys(counted: Counted) -> dict[str, set[str]]:
    """The keys of each dimension that is shown, in the table or among what it is narrowed to."""
    layout = counted.layout
    found: dict[str, set[str]] = {name: set(keys) for name, keys in layout.filters.items()}
    for name, keys in ((layout.rows, counted.rows), (layout.columns, counted.columns)):
        found.setdefault(name, set()).update(keys)
    return found


def _ordered(dimension: str, rows: dict[str, Counts], counted: Counted, names: dict[str, Names]) -> list[str]:
    by_name = _by_name(dimension, rows, counted, names)
    if counted.layout.order != "figures" or not counted.layout.measures:
        return by_name
    leading = counted.layout.measures[0]

    def size(key: str) -> Decimal:
        figure = leading.of(rows[key])
        return Decimal(-1) if figure is None else Decimal(figure)

    return sorted(by_name, key=size, reverse=True)


def _by_name(dimension: str, keys: Iterable[str], counted: Counted, names: dict[str, Names]) -> list[str]:
    """In the order of the city's lists, of the calendar, or of a case's life; what has none comes last."""
    if dimension == counted.layout.slicing:
        return sorted(keys)
    places = {key: place for place, key in enumerate(names.get(dimension) or WORDS.get(dimension, []))}
    return sorted(keys, key=lambda key: (key == NONE, places.get(key, len(places)), key))
