import shapely
from sqlalchemy import func, select, update

from engine.grids import locating
from engine.grids.importing import grid_fields
from engine.grids.models import UnitGrid
from engine.kit.db import db
from engine.simulation.geography import PLANS, Geography


def test_a_point_inside_a_grid_finds_it(city):
    lng, lat = city.spot
    first = db.session.scalars(select(UnitGrid).order_by(UnitGrid.code)).first()
    location = locating.locate(lng, lat)
    assert location.unit_grid_code == first.code
    assert (location.region_code, location.street_code) == (first.code[:6], first.code[:9])
    assert location.responsibility_grid_id == first.responsibility_grid_id


def test_a_point_outside_the_city_has_no_grid(city):
    assert locating.locate(2.35, 48.85) is None


def neighbours():
    """The first two grids that share a border, and a corner that they share."""
    first, *others = db.session.scalars(select(UnitGrid).order_by(UnitGrid.id))
    for other in others:
        shared = corners(first) & corners(other)
        if len(shared) > 1:
            return first, other, min(shared)
    raise AssertionError


def corners(grid):
    return {tuple(point) for point in grid.geometry["coordinates"][0]}


def test_a_point_on_a_border_belongs_to_the_older_grid_always(city):
    first, _, corner = neighbours()
    for _ in range(3):
        assert locating.locate(*corner).unit_grid_id == first.id


def test_a_grid_given_up_is_forgotten_at_once_by_the_process_that_says_so(city):
    lng, lat = city.spot
    found = locating.locate(lng, lat)
    db.session.execute(update(UnitGrid).where(UnitGrid.id == found.unit_grid_id).values(is_active=False))
    locating.renew_stamp()
    assert locating.locate(lng, lat) is None


def test_looking_up_costs_no_statement_and_microseconds(database, statements):
    geography = Geography(PLANS["demo"])
    db.session.add_all(UnitGrid(code=cell.code, **grid_fields(cell.code, cell.outline)) for cell in geography.cells)
    locating.renew_stamp()
    db.session.commit()
    assert db.session.scalar(select(func.count(UnitGrid.id))) == len(geography.cells)
    centre = geography.cells[300].outline.representative_point()
    locating.locate(centre.x, centre.y)
    with statements() as seen:
        codes = {locating.locate(centre.x, centre.y).unit_grid_code for _ in range(1000)}
    assert seen == []
    assert codes == {geography.cells[300].code}


def test_grids_beside_a_border_are_found_around_a_point(city):
    first, second, corner = neighbours()
    found = [location.unit_grid_id for location in locating.locate_grids(shapely.Point(corner).buffer(0.0001))]
    assert {first.id, second.id} <= set(found)
    assert found == sorted(found)
