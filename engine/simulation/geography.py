"""The outlines of the fictional city: a bent, uneven net of cells with a river through it. No gaps, no overlaps.

Every outline is built from the same nodes, and neighbours share their edges point by point, so that communities are
exactly what their unit grids are together, and so on up to the city.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import cos, pi, radians, sin
from random import Random
from typing import Any

import shapely

from engine.grids.coordinates import METRES_PER_DEGREE
from engine.simulation import names

CENTRE = (106.42, 37.63)
CELL_M = 105.0
Index = tuple[int, int]
Point = tuple[float, float]


@dataclass(frozen=True)
class Plan:
    """How large the city is: communities across and down, streets as blocks of them, cells across and down in each."""

    across: int
    down: int
    street_across: int
    street_down: int
    cells_across: int
    cells_down: int
    districts: tuple[int, ...]
    """District (index into ``names.DISTRICTS``) of each street, from north-west, row by row."""


PLANS = {
    "small": Plan(2, 2, 2, 1, 3, 2, (0, 1)),
    "demo": Plan(6, 6, 2, 3, 6, 4, (0, 0, 0, 1, 1, 2)),
}


@dataclass(frozen=True)
class Cell:
    """One unit grid: its 15-digit code, its name, its polygon."""

    code: str
    name: str
    outline: shapely.Polygon


@dataclass(frozen=True)
class Line:
    """A road or the river: kind, name, rank, points."""

    kind: str
    name: str
    rank: int
    points: list[Point]


class Geography:
    """Everything that can be drawn of a city of one ``Plan``; the same seed always draws the same city."""

    def __init__(self, plan: Plan, seed: int = 20260302) -> None:
        self.plan = plan
        self._random = Random(seed)
        self._columns = plan.across * plan.cells_across
        self._rows = plan.down * plan.cells_down
        self._nodes = {(i, j): self._node(i, j) for i in range(self._columns + 1) for j in range(self._rows + 1)}
        self._bends = {edge: self._bend(edge) for edge in self._edges()}

    @cached_property
    def cells(self) -> list[Cell]:
        """Every unit grid, numbered within its community from west to east and north to south (codes.md §2)."""
        return [cell for community in self.communities for cell in self._cells_of(community)]

    @cached_property
    def communities(self) -> dict[str, Index]:
        """Code of each community → its place in the plan (column, row from the north)."""
        found: dict[str, Index] = {}
        counts: dict[str, int] = {}
        for row in range(self.plan.down):
            for column in range(self.plan.across):
                street = self.street_at(column, row)
                counts[street] = counts.get(street, 0) + 1
                found[f"{street}{counts[street]:03}"] = (column, row)
        return dict(sorted(found.items()))

    def street_at(self, column: int, row: int) -> str:
        """Code of the street that a community lies in: numbered within its district."""
        index = self._street_index(column, row)
        district = self.plan.districts[index]
        number = self.plan.districts[: index + 1].count(district)
        return f"{names.DISTRICTS[district][0]}{number:03}"

    def street_names(self) -> dict[str, str]:
        """Names of the streets by code."""
        places = {self.street_at(*place): self._street_index(*place) for place in self.communities.values()}
        return {code: names.STREETS[index] for code, index in sorted(places.items())}

    def lines(self) -> Iterator[Line]:
        """The river through the middle, main roads between streets, and roads between communities."""
        middle = self.plan.down // 2 * self.plan.cells_down
        yield Line("river", names.RIVER, 1, self._along(middle))
        for row in range(self.plan.down + 1):
            if row * self.plan.cells_down != middle:
                rank = 1 if row % self.plan.street_down == 0 else 2
                name = names.ROADS_ALONG[row % len(names.ROADS_ALONG)]
                yield Line("road", name, rank, self._along(row * self.plan.cells_down))
        for column in range(self.plan.across + 1):
            rank = 1 if column % self.plan.street_across == 0 else 2
            name = names.ROADS_ACROSS[column % len(names.ROADS_ACROSS)]
            yield Line("road", name, rank, self._across(column * self.plan.cells_across))

    def _street_index(self, column: int, row: int) -> int:
        per_row = self.plan.across // self.plan.street_across
        return row // self.plan.street_down * per_row + column // self.plan.street_across

    def _cells_of(self, community: str) -> Iterator[Cell]:
        """Cells of a community; a few neighbours are one grid, as a park or a school is."""
        column, row = self.communities[community]
        left, top = column * self.plan.cells_across, row * self.plan.cells_down
        name = names.COMMUNITIES[list(self.communities).index(community) % len(names.COMMUNITIES)]
        number = 0
        for j in range(top, top + self.plan.cells_down):
            i = left
            while i < left + self.plan.cells_across:
                wide = 2 if self._random.random() < 0.12 and i + 1 < left + self.plan.cells_across else 1
                number += 1
                outline = shapely.union_all([self._quad(i + step, j) for step in range(wide)])
                yield Cell(f"{community}{number:03}", f"{name}{number:02}", outline)
                i += wide

    def _quad(self, i: int, j: int) -> shapely.Polygon:
        corners = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1), (i, j)]
        ring: list[Point] = []
        for start, end in pairwise(corners):
            ring += [self._nodes[start], self._bends[min(start, end), max(start, end)]]
        return shapely.Polygon(ring)

    def _along(self, row: int) -> list[Point]:
        return self._chain([(i, row) for i in range(self._columns + 1)])

    def _across(self, column: int) -> list[Point]:
        return self._chain([(column, j) for j in range(self._rows + 1)])

    def _chain(self, indices: list[Index]) -> list[Point]:
        points = [self._nodes[indices[0]]]
        for start, end in pairwise(indices):
            points += [self._bends[start, end], self._nodes[end]]
        return points

    def _edges(self) -> Iterator[tuple[Index, Index]]:
        for i, j in self._nodes:
            yield from (((i, j), end) for end in ((i + 1, j), (i, j + 1)) if end in self._nodes)

    def _node(self, i: int, j: int) -> Point:
        """Where a corner lies: the whole net is bent along the river, and every corner is a little off."""
        x = (i - self._columns / 2) * CELL_M + self._random.uniform(-18, 18)
        y = (self._rows / 2 - j) * CELL_M + self._random.uniform(-18, 18)
        y += 4.5 * self._columns * sin(2 * pi * i / self._columns * 0.8)
        x += 3 * self._rows * sin(2 * pi * j / self._rows * 0.6 + 1)
        return self._degrees(x, y)

    def _bend(self, edge: tuple[Index, Index]) -> Point:
        """A point near the middle of an edge: real borders are not straight."""
        (x1, y1), (x2, y2) = (self._nodes[index] for index in edge)
        off = 7 / METRES_PER_DEGREE
        return (
            round((x1 + x2) / 2 + self._random.uniform(-off, off), 7),
            round((y1 + y2) / 2 + self._random.uniform(-off, off), 7),
        )

    def _degrees(self, x: float, y: float) -> Point:
        lng, lat = CENTRE
        return (
            round(lng + x / (METRES_PER_DEGREE * cos(radians(lat))), 7),
            round(lat + y / METRES_PER_DEGREE, 7),
        )


def outline_of(cells: list[Cell]) -> dict[str, Any]:
    """GeoJSON of what ``cells`` are together."""
    return dict(shapely.geometry.mapping(shapely.union_all([cell.outline for cell in cells])))
