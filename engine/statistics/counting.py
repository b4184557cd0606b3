"""Counting a statistic for one reader: one statement over the cases that he may see, by its rows and columns."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import CompoundSelect, Float, Select, and_, cast, func, literal, literal_column, null, select, union_all

from engine.access.actors import Actor
from engine.cases import queries as cases
from engine.cases.models import Case
from engine.catalog.models import Category
from engine.evaluation import dimensions, sets, slices
from engine.evaluation.dimensions import NONE, key_of, major_key
from engine.evaluation.durations import Duration
from engine.evaluation.periods import Period
from engine.evaluation.slices import Slice
from engine.kit.db import db
from engine.kit.errors import Invalid
from engine.kit.i18n import N_
from engine.statistics.layout import MOST_SLICES, Layout
from engine.statistics.measures import Counts

WHOLE = ""
"""The column of a statistic without columns."""


@dataclass
class Counted:
    """The counts of a statistic: by row and column, and summed along both. Keys are those of dimensions and slices.

    Slices are all there, in their order, with or without cases; keys of dimensions are those that have cases.
    """

    layout: Layout
    period: Period
    cells: dict[tuple[str, str], Counts] = field(default_factory=lambda: defaultdict(Counts))
    rows: dict[str, Counts] = field(default_factory=lambda: defaultdict(Counts))
    columns: dict[str, Counts] = field(default_factory=lambda: defaultdict(Counts))
    total: Counts = field(default_factory=Counts)

    def add(self, row: str, column: str, numbers: Mapping[str, float]) -> None:
        """Count a group in its cell, its row, its column, and the total."""
        for counts in (self.cells[row, column], self.rows[row], self.columns[column], self.total):
            for name, number in numbers.items():
                counts[name] = counts.get(name, 0) + number


def count(layout: Layout, period: Period, zone: ZoneInfo, *, actor: Actor) -> Counted:
    """Count the cases that ``actor`` may see. Raises Invalid for ``period`` with too many days, weeks or months."""
    parts = slices.of(layout.slicing, period, zone) if layout.slicing else []
    if len(parts) > MOST_SLICES:
        raise Invalid.field("period", N_("At most %(most)s days, weeks or months can be shown."), most=MOST_SLICES)
    counted, names, read = _begun(layout, period, parts), _names(layout), _reader(layout)
    for row in db.session.execute(_statement(layout, period, parts, names, actor)):
        numbers = {name: number for name, number in zip(names, row[2:], strict=True) if number}
        if numbers:
            counted.add(read(layout.rows, row[0]), read(layout.columns, row[1]), numbers)
    return counted


def _begun(layout: Layout, period: Period, parts: list[Slice]) -> Counted:
    counted = Counted(layout, period)
    lines = counted.rows if layout.rows == layout.slicing else counted.columns
    for part in parts:
        lines[part.key] = Counts()
    return counted


def _names(layout: Layout) -> list[str]:
    """Every set that is counted, each once, and the sums of average times."""
    found = [name for one in layout.measures for name in one.sets]
    return list(dict.fromkeys([*found, *(one.total for one in _durations(layout))]))


def _durations(layout: Layout) -> list[Duration]:
    return [one.source for one in layout.measures if isinstance(one.source, Duration)]


def _statement(
    layout: Layout, period: Period, parts: list[Slice], names: list[str], actor: Actor
) -> Select[Any] | CompoundSelect[Any]:
    """One select for each way of attributing cases to the period, joined: every index serves its own."""
    within = and_(cases.visible_to(actor, among_many=True), dimensions.narrowing(layout.filters))
    durations = {one.total: one for one in _durations(layout)}
    anchors = dict.fromkeys(sets.SETS[name].anchor for name in names if name not in durations)
    selects = [_grouped(anchor, layout, period, parts, names, durations).where(within) for anchor in anchors]
    return union_all(*selects) if len(selects) > 1 else selects[0]


def _grouped(
    anchor: str, layout: Layout, period: Period, parts: list[Slice], names: list[str], durations: dict[str, Duration]
) -> Select[Any]:
    def number(name: str) -> Any:
        """What is counted here; nothing of what another select counts."""
        duration = durations.get(name)
        one = sets.SETS[duration.set_name if duration else name]
        if one.anchor != anchor:
            return literal(0.0, Float)
        return duration.seconds(period) if duration else cast(func.count().filter(one.narrowing(period)), Float)

    keys = [
        _key(name, anchor, period, parts).label(label)
        for name, label in ((layout.rows, "row_key"), (layout.columns, "column_key"))
    ]
    # By their names: expressions with parameters would not be known again as the same by PostgreSQL.
    grouping: list[Any] = [literal_column(name) for name in ("row_key", "column_key")]
    return select(*keys, *map(number, names)).select_from(Case).where(sets.ANCHORS[anchor](period)).group_by(*grouping)


def _key(name: str, anchor: str, period: Period, parts: list[Slice]) -> Any:
    if name == WHOLE:
        return literal(WHOLE)
    if name in slices.KINDS:
        return slices.key_of(anchor, parts, period)
    # An expression instead of the plain column: else SQLite walks its index instead of the period's (counting.KEYS).
    return func.coalesce(dimensions.column(name), null())


def _reader(layout: Layout) -> Callable[[str, Any], str]:
    """How a key of the statement becomes one of the table: subcategories are gathered in their major category."""
    majors = dict(_majors()) if "category" in (layout.rows, layout.columns) else {}

    def read(name: str, value: Any) -> str:
        if name == WHOLE or name in slices.KINDS:
            return str(value)
        return majors.get(value, NONE) if name == "category" else key_of(value)

    return read


def _majors() -> Iterator[tuple[int, str]]:
    rows = db.session.execute(select(Category.id, Category.code_system, Category.kind, Category.major_code))
    return ((row.id, major_key(row.code_system, row.kind, row.major_code)) for row in rows)
