"""A place with straight borders: one district of two unit grids of about 100 m, side by side, and one department."""

import pytest

from engine.access.actors import SYSTEM
from engine.catalog import importing as catalog
from engine.grids import importing
from engine.organization import departments

WEST, SOUTH, SIDE = 106.2, 38.4, 0.001


def feature(code, **more):
    return {"type": "Feature", "geometry": None, "properties": {"code": code, "name": code}, **more}


def cell(code, west):
    east, north = west + SIDE, SOUTH + SIDE
    ring = [[west, SOUTH], [east, SOUTH], [east, north], [west, north], [west, SOUTH]]
    return feature(code, geometry={"type": "Polygon", "coordinates": [ring]})


@pytest.fixture
def place(database, at):
    founding = {"by": SYSTEM, "at": at("2026-01-05 08:00")}
    regions = [feature(code) for code in ("640104", "640104001", "640104001001")]
    importing.import_regions({"features": regions}, **founding)
    grids = [cell("640104001001001", WEST), cell("640104001001002", WEST + SIDE)]
    assert importing.import_unit_grids({"features": grids}, **founding).bad == []
    catalog.load_builtin(founding["at"])
    departments.found("sanitation", "环境卫生管理局", "municipal", **founding)
    return WEST + SIDE / 2, SOUTH + SIDE / 2
