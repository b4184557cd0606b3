"""Which unit grid a point lies in: a search tree in memory, one per process and database, renewed when grids change."""

import secrets
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry import shape
from sqlalchemy import select

from engine.grids.models import GridStamp, UnitGrid
from engine.kit.db import db
from engine.kit.remembering import Remembered


@dataclass(frozen=True, slots=True)
class Location:
    """Where a point lies: its grids, the codes of its district (6), street (9) and community (12), its area class."""

    unit_grid_id: int
    unit_grid_code: str
    responsibility_grid_id: int | None
    region_code: str
    street_code: str
    community_code: str
    area_class: str = "A"


@dataclass(frozen=True)
class _Map:
    tree: shapely.STRtree
    locations: list[Location]


def locate(lng: float, lat: float) -> Location | None:
    """The grid that covers a CGCS2000 point; None outside the city.

    A point on a border belongs to the grid with the lowest id, so that it is always exactly one.
    """
    current = _map.get(None)
    found = current.tree.query(shapely.Point(lng, lat), predicate="covered_by")
    return current.locations[int(found.min())] if len(found) else None


def locate_grids(geometry: Any) -> list[Location]:
    """Every grid whose inside meets the inside of a shapely ``geometry``, lowest id first."""
    current = _map.get(None)
    found = current.tree.query(geometry, predicate="intersects")
    touching = set(current.tree.query(geometry, predicate="touches").tolist())
    return [current.locations[index] for index in sorted(found.tolist()) if index not in touching]


def stamp() -> int:
    """The stamp of the grids in the database: the same as long as nobody changed them."""
    return db.session.scalar(select(GridStamp.stamp).where(GridStamp.id == 1)) or 0


def renew_stamp() -> None:
    """Say that the grids changed: every process reads them anew within seconds, this one at once."""
    db.session.flush()
    row = db.session.get(GridStamp, 1)
    # Random, not counted up: a rolled-back change and the next one must not carry the same number.
    value = secrets.randbits(31)
    if row is None:
        db.session.add(GridStamp(id=1, stamp=value))
    else:
        row.stamp = value
    db.session.flush()
    _map.forget()


def _read_map() -> _Map:
    columns = (
        UnitGrid.id,
        UnitGrid.code,
        UnitGrid.responsibility_grid_id,
        UnitGrid.region_code,
        UnitGrid.street_code,
        UnitGrid.community_code,
        UnitGrid.area_class,
        UnitGrid.geometry,
    )
    rows = db.session.execute(select(*columns).where(UnitGrid.is_active).order_by(UnitGrid.id)).all()
    tree = shapely.STRtree([shape(row.geometry) for row in rows])
    return _Map(tree, [Location(*row[:7]) for row in rows])


_map: Remembered[None, _Map] = Remembered(lambda _: stamp(), lambda _: _read_map())
