"""What a table leaves open or says twice: rows that apply to the same facts, rows that never apply, gaps.

All of it is exact, and bounded: a table so wild that its gaps cannot be found within ``BUDGET`` says so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from engine.decisions import samples
from engine.decisions.cells import Test
from engine.decisions.deciding import Table
from engine.decisions.samples import Mask
from engine.decisions.vocabulary import Decision, Input, Value

BUDGET = 500_000
MOST_GAPS = 5
MOST_OVERLAPS = 10

Gap = dict[str, str]
"""By the name of an input, the cell that describes where no row applies; inputs that do not matter are left out."""


@dataclass(frozen=True)
class _Column:
    asked: Input
    values: list[Value]
    masks: list[Mask]

    @cached_property
    def groups(self) -> dict[Mask, list[Value]]:
        """Samples that the same rows take."""
        found: dict[Mask, list[Value]] = {}
        for mask, value in zip(self.masks, self.values, strict=True):
            found.setdefault(mask, []).append(value)
        return found

    def meeting(self, count: int) -> list[Mask]:
        """For each row, the rows that some sample takes together with it."""
        found = [0] * count
        for mask in self.groups:
            for place in range(count):
                if mask >> place & 1:
                    found[place] |= mask
        return found

    def told(self, values: Sequence[Value]) -> str:
        """What these samples stand for, as the text of a cell."""
        return samples.told(values, self.values, self.asked)


class TooWild(Exception):
    """The search was given up."""


class Coverage:
    """Which facts the rows of a table cover."""

    def __init__(self, table: Table, decision: Decision) -> None:
        self._rules = table.rules
        self._columns = [
            _column([rule.tests[place] for rule in table.rules], asked)
            for place, name in enumerate(table.inputs)
            if (asked := decision.input(name)) is not None
        ]
        self._steps = 0

    def overlaps(self) -> Iterator[tuple[int, int]]:
        """Numbers of rows, two and two, that apply to the same facts."""
        meeting = [column.meeting(len(self._rules)) for column in self._columns]
        for second in range(1, len(self._rules)):
            for first in range(second):
                if all(others[second] >> first & 1 for others in meeting):
                    yield first + 1, second + 1

    def never(self) -> list[int]:
        """Numbers of rows that never apply, because the rows above them take all. Raises TooWild."""
        self._steps = 0
        return [place + 1 for place in range(len(self._rules)) if self._is_hidden(place)]

    def gaps(self) -> list[Gap]:
        """Where no row applies: the first few. Raises TooWild."""
        self._steps = 0
        whole = (1 << len(self._rules)) - 1
        return [
            {column.asked.name: column.told(values) for column, values in found if len(values) < len(column.values)}
            for found in self._open(whole, 0, set())
        ]

    def _is_hidden(self, place: int) -> bool:
        """Look only at what this row takes: is there a value left to it by the rows above?"""
        above = (1 << place) - 1
        return not self._has_rest(above, 1 << place, 0, {})

    def _has_rest(self, active: Mask, own: Mask, depth: int, seen: dict[tuple[int, Mask], bool]) -> bool:
        if depth == len(self._columns):
            return active == 0
        key = (depth, active)
        if key not in seen:
            self._count(len(self._columns[depth].groups))
            masks = {mask for mask in self._columns[depth].groups if mask & own}
            seen[key] = any(self._has_rest(active & mask, own, depth + 1, seen) for mask in masks)
        return seen[key]

    def _open(
        self, active: Mask, depth: int, covered: set[tuple[int, Mask]]
    ) -> list[list[tuple["_Column", list[Value]]]]:
        if active == 0:
            return [[]]
        if depth == len(self._columns) or (depth, active) in covered:
            return []
        self._count(len(self._columns[depth].values))
        found: list[list[tuple[_Column, list[Value]]]] = []
        column = self._columns[depth]
        for mask, values in _joined(column.groups, active).items():
            found += [[(column, values), *rest] for rest in self._open(mask, depth + 1, covered)]
            if len(found) >= MOST_GAPS:
                return found[:MOST_GAPS]
        if not found:
            covered.add((depth, active))
        return found

    def _count(self, steps: int) -> None:
        self._steps += steps
        if self._steps > BUDGET:
            raise TooWild


def _column(tests: Sequence[Test], asked: Input) -> _Column:
    values = samples.of(tests, asked)
    return _Column(asked, values, samples.masks(tests, values))


def _joined(groups: dict[Mask, list[Value]], active: Mask) -> dict[Mask, list[Value]]:
    """Groups that leave the same of the rows that are still in question."""
    found: dict[Mask, list[Value]] = {}
    for mask, values in groups.items():
        found.setdefault(mask & active, []).extend(values)
    return found
