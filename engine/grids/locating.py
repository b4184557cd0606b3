"""Which unit grid a point lies in: a search tree in memory, one per process and database, renewed when grids change."""

import secrets
import time
from dataclasses import dataclass
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import shapely
from shapely.geometry import shape
from sqlalchemy import Engine, select

from engine.grids.models import GridStamp, UnitGrid
from engine.kit.db import db

CHECK_SECONDS = 5.0
"""How long a process may go on with a map that another process has changed."""


@dataclass(frozen=True, slots=True)
class Location:
    """Where a point lies: its grids and the codes of its district (6), street (9) and community (12)."""

    unit_grid_id: int
    unit_grid_code: str
    responsibility_grid_id: int | None
    region_code: str
    street_code: str
    community_code: str


@dataclass
class _Map:
    stamp: int
    tree: shapely.STRtree
    locations: list[Location]
    checked_at: float


_maps: WeakKeyDictionary[Engine, _Map] = WeakKeyDictionary()
_lock = Lock()


def locate(lng: float, lat: float) -> Location | None:
    """The grid that covers a CGCS2000 point; None outside the city.

    A point on a border belongs to the grid with the lowest id, so that it is always exactly one.
    """
    current = _current_map()
    found = current.tree.query(shapely.Point(lng, lat), predicate="covered_by")
    return current.locations[int(found.min())] if len(found) else None


def locate_grids(geometry: Any) -> list[Location]:
    """Every grid whose inside meets the inside of a shapely ``geometry``, lowest id first."""
    current = _current_map()
    found = current.tree.query(geometry, predicate="intersects")
    touching = set(current.tree.query(geometry, predicate="touches").tolist())
    return [current.locations[index] for index in sorted(found.tolist()) if index not in touching]


def stamp() -> int:
    """The stamp of the grids in the database: the same as long as nobody changed them."""
    return db.session.scalar(select(GridStamp.stamp).where(GridStamp.id == 1)) or 0


def renew_stamp() -> None:
    """Say that the grids changed: every process reads them anew within ``CHECK_SECONDS``, this one at once."""
    db.session.flush()
    row = db.session.get(GridStamp, 1)
    # Random, not counted up: a rolled-back change and the next one must not carry the same number.
    value = secrets.randbits(31)
    if row is None:
        db.session.add(GridStamp(id=1, stamp=value))
    else:
        row.stamp = value
    db.session.flush()
    with _lock:
        _maps.pop(db.engine, None)


def _current_map() -> _Map:
    engine = db.engine
    current = _maps.get(engine)
    now = time.monotonic()
    if current is not None and now - current.checked_at < CHECK_SECONDS:
        return current
    in_database = stamp()
    if current is None or current.stamp != in_database:
        current = _read_map(in_database)
    current.checked_at = now
    with _lock:
        _maps[engine] = current
    return current


def _read_map(in_database: int) -> _Map:
    columns = (
        UnitGrid.id, UnitGrid.code, UnitGrid.responsibility_grid_id, UnitGrid.region_code, UnitGrid.street_code,
        UnitGrid.community_code, UnitGrid.geometry,
    )
    rows = db.session.execute(select(*columns).where(UnitGrid.is_active).order_by(UnitGrid.id)).all()
    tree = shapely.STRtree([shape(row.geometry) for row in rows])
    return _Map(in_database, tree, [Location(*row[:6]) for row in rows], time.monotonic())
