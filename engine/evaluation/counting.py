"""Counting the sets of a period: one statement for each anchor, grouped by every dimension at once, rolled up here."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, func, select, true

from engine.cases.models import Case
from engine.catalog.models import Category
from engine.evaluation import dimensions, sets
from engine.evaluation.dimensions import key_of, major_key
from engine.evaluation.periods import Period
from engine.kit.db import db

Counts = dict[str, int]
"""How many cases each set holds, by the set's name."""
# An expression instead of the plain first column: else SQLite walks its index in the order of the groups, which takes
# ten times as long as reading the rows once.
KEYS = (func.coalesce(Case.department_id, 0), Case.region_code, Case.street_code, Case.category_id, Case.source)


@dataclass
class Tally:
    """The counts of everything, and by dimension and key: ``tally.by["department"]["3"]["filed"]``."""

    total: Counts = field(default_factory=lambda: dict.fromkeys(sets.SETS, 0))
    by: dict[str, dict[str, Counts]] = field(default_factory=lambda: {name: {} for name in dimensions.NAMES})

    def row(self, dimension: str, key: str) -> Counts:
        """The counts of one row, zeros where nothing was counted."""
        return self.by[dimension].setdefault(key, dict.fromkeys(sets.SETS, 0))


def tally(period: Period, *, within: ColumnElement[bool] | None = None) -> Tally:
    """Count every set of the period by every dimension; ``within`` keeps to some cases only (what a reader may see)."""
    counted, majors = Tally(), _majors()
    for anchor in sets.ANCHORS:
        names = [one.name for one in sets.of_anchor(anchor)]
        for row in _grouped(anchor, period, true() if within is None else within):
            _add(counted, _keys(row, majors), dict(zip(names, row[len(KEYS) :], strict=True)))
    return counted


def totals(period: Period, anchors: Iterable[str] = tuple(sets.ANCHORS)) -> Counts:
    """Count the sets of these anchors without telling anything apart: the period compared with."""
    counted: Counts = {}
    for anchor in anchors:
        chosen = sets.of_anchor(anchor)
        row = db.session.execute(select(*_measures(chosen, period)).where(sets.ANCHORS[anchor](period))).one()
        counted |= dict(zip((one.name for one in chosen), row, strict=True))
    return counted


def daily(names: Iterable[str], period: Period, zone: ZoneInfo) -> dict[str, list[int]]:
    """How many of each set happened on each day; for sets that are attributed by the moment of something done."""
    return {name: _each_day(sets.SETS[name], period, zone) for name in names}


def _each_day(one: sets.CaseSet, period: Period, zone: ZoneInfo) -> list[int]:
    column = getattr(Case, one.anchor)
    days = [func.count().filter(column >= start, column < end) for _, start, end in period.days(zone)]
    return [int(number) for number in db.session.execute(select(*days).where(sets.predicate(one.name, period))).one()]


def _measures(chosen: Iterable[sets.CaseSet], period: Period) -> list[ColumnElement[int]]:
    return [func.count().filter(one.narrowing(period)) for one in chosen]


def _grouped(anchor: str, period: Period, within: ColumnElement[bool]) -> Iterable[Row[Any]]:
    measures = _measures(sets.of_anchor(anchor), period)
    return db.session.execute(select(*KEYS, *measures).where(sets.ANCHORS[anchor](period), within).group_by(*KEYS))


def _keys(row: Row[Any], majors: Mapping[int, str]) -> dict[str, str]:
    department, region, street, category, source = row[: len(KEYS)]
    return {
        "department": key_of(department or None),
        "region": key_of(region),
        "street": key_of(street),
        "category": majors.get(category, dimensions.NONE),
        "subcategory": key_of(category),
        "source": key_of(source),
    }


def _add(counted: Tally, keys: Mapping[str, str], numbers: Counts) -> None:
    present = {name: number for name, number in numbers.items() if number}
    rows = [counted.total, *(counted.row(dimension, key) for dimension, key in keys.items())]
    for row in rows:
        for name, number in present.items():
            row[name] += number


def _majors() -> dict[int, str]:
    rows = db.session.execute(select(Category.id, Category.code_system, Category.kind, Category.major_code))
    majors: dict[int, str] = defaultdict(lambda: dimensions.NONE)
    majors.update({row.id: major_key(row.code_system, row.kind, row.major_code) for row in rows})
    return majors
