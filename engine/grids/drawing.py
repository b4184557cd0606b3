"""GeoJSON of the city's own outlines, from which the map is drawn without tiles from elsewhere."""

from typing import Any

import shapely
from shapely.geometry import mapping, shape
from sqlalchemy import select

from engine.grids.models import MapLine, Region, ResponsibilityGrid, UnitGrid
from engine.kit.db import db

REGION_LEVELS = ("city", "district", "street", "community")
LEVELS = (*REGION_LEVELS, "responsibility_grid", "unit_grid", "line")

Box = tuple[float, float, float, float]
Feature = dict[str, Any]


def geojson(level: str, *, box: Box | None = None) -> dict[str, Any]:
    """A FeatureCollection of one of ``LEVELS``; unit grids only within ``box`` (west, south, east, north) if given.

    Properties: code and name; of unit grids also responsibility_grid_id, of lines kind and rank.
    Raises ValueError for a level that does not exist.
    """
    if level in REGION_LEVELS:
        features = _regions(level)
    elif level == "unit_grid":
        features = _unit_grids(box)
    elif level == "responsibility_grid":
        features = _responsibility_grids()
    elif level == "line":
        features = _lines()
    else:
        raise ValueError(f"no level of the map is called {level!r}")
    return {"type": "FeatureCollection", "features": features}


def extent() -> Box | None:
    """West, south, east, north of all active unit grids; None where there are none."""
    columns = (UnitGrid.min_lng, UnitGrid.min_lat, UnitGrid.max_lng, UnitGrid.max_lat)
    rows = db.session.execute(select(*columns).where(UnitGrid.is_active)).all()
    if not rows:
        return None
    west, south, east, north = zip(*rows, strict=True)
    return (min(west), min(south), max(east), max(north))


def _feature(geometry: dict[str, Any], **properties: Any) -> Feature:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _regions(level: str) -> list[Feature]:
    found = db.session.scalars(select(Region).where(Region.level == level, Region.is_active).order_by(Region.code))
    return [_feature(region.outline, code=region.code, name=region.name) for region in found if region.outline]


def _unit_grids(box: Box | None) -> list[Feature]:
    statement = select(UnitGrid).where(UnitGrid.is_active).order_by(UnitGrid.id)
    if box:
        west, south, east, north = box
        statement = statement.where(
            UnitGrid.max_lng >= west, UnitGrid.min_lng <= east, UnitGrid.max_lat >= south, UnitGrid.min_lat <= north
        )
    return [
        _feature(grid.geometry, code=grid.code, name=grid.name, responsibility_grid_id=grid.responsibility_grid_id)
        for grid in db.session.scalars(statement)
    ]


def _responsibility_grids() -> list[Feature]:
    """A responsibility grid has no outline of its own: it is what its unit grids are together."""
    statement = (
        select(ResponsibilityGrid.id, ResponsibilityGrid.code, ResponsibilityGrid.name, UnitGrid.geometry)
        .join(UnitGrid, UnitGrid.responsibility_grid_id == ResponsibilityGrid.id)
        .where(ResponsibilityGrid.is_active, UnitGrid.is_active)
        .order_by(ResponsibilityGrid.id)
    )
    parts: dict[tuple[int, str, str], list[Any]] = {}
    for id, code, name, geometry in db.session.execute(statement):
        parts.setdefault((id, code, name), []).append(shape(geometry))
    return [
        _feature(mapping(shapely.union_all(shapes)), id=id, code=code, name=name)
        for (id, code, name), shapes in parts.items()
    ]


def _lines() -> list[Feature]:
    found = db.session.scalars(select(MapLine).order_by(MapLine.rank, MapLine.id))
    return [_feature(line.geometry, kind=line.kind, name=line.name, rank=line.rank) for line in found]
