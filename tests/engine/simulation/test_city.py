import pytest
import shapely
from shapely.geometry import shape
from sqlalchemy import select

from engine.access import actors
from engine.catalog import queries as catalog
from engine.catalog.models import CodeSystem
from engine.components.models import Component
from engine.dispatch_rules import matching
from engine.grids import codes, drawing, locating, queries
from engine.grids.models import UnitGrid
from engine.kit.db import db
from engine.organization import passwords
from engine.organization.models import User
from engine.simulation import city
from engine.simulation.geography import PLANS, Geography

PASSWORD = "Correct-Horse-7"


@pytest.fixture
def small(database, at):
    return city.build("small", at=at("2026-01-05 08:00"), password=PASSWORD)


def test_the_demo_city_has_what_a_month_needs(database, at):
    built = city.build("demo", at=at("2026-01-05 08:00"), password=PASSWORD)
    assert built.unit_grids > 700
    assert built.responsibility_grids == 36
    assert built.users > 100
    assert built.components > 300
    assert [region.name for region in queries.regions("district")] == ["江北区", "江南区", "高新区"]


def test_a_city_is_built_once(small, at):
    with pytest.raises(city.CityExists):
        city.build("small", at=at("2026-01-05 08:00"), password=PASSWORD)


@pytest.mark.parametrize("size", PLANS)
def test_grids_leave_no_gap_and_do_not_overlap(size):
    cells = Geography(PLANS[size]).cells
    whole = shapely.union_all([cell.outline for cell in cells])
    assert whole.geom_type == "Polygon"
    assert not whole.interiors
    assert whole.area == pytest.approx(sum(cell.outline.area for cell in cells), rel=1e-9)
    assert all(cell.outline.is_valid and codes.read_unit_grid(cell.code) for cell in cells)


def test_the_same_size_is_always_the_same_city():
    one, other = (Geography(PLANS["demo"]) for _ in range(2))
    assert [cell.outline.wkt for cell in one.cells] == [cell.outline.wkt for cell in other.cells]


def test_each_region_is_what_its_grids_are_together(small):
    outlines = {
        region.code: shape(region.outline)
        for level in ("district", "street", "community")
        for region in queries.regions(level)
    }
    for grid in db.session.scalars(select(UnitGrid)):
        for code in (grid.region_code, grid.street_code, grid.community_code):
            assert outlines[code].buffer(1e-9).covers(shape(grid.geometry))


def test_everybody_can_sign_in_and_every_role_has_somebody(small):
    found = {user.username: user for user in db.session.scalars(select(User))}
    known = {
        "collector.chen",
        "caller.sun",
        "acceptor.li",
        "duty.zhao",
        "dispatcher.wang",
        "director.qian",
        "clerk.sanitation",
        "handler.sanitation",
        "head.sanitation",
        "supervisor.zhou",
        "leader.wu",
        "evaluator.zheng",
        "admin",
        "security",
        "audit",
    }
    assert known <= set(found)
    assert passwords.fits(PASSWORD, found["collector.chen"].password_hash)
    roles = {role for user in found.values() for role in actors.load(user.id).roles}
    assert len(roles) == 15
    assert "clerk.street_640902001" in found
    assert "clerk.enforcement_640902" in found


def test_each_beat_has_two_collectors_so_that_one_can_verify(small):
    groups = [actors.load(user.id).groups for user in db.session.scalars(select(User))]
    for grid in queries.responsibility_grids():
        assert sum(actors.group("collector", grid_id=grid.id) in each for each in groups) == 2


def test_every_component_stands_in_its_grid(small):
    components = list(db.session.scalars(select(Component)))
    assert len(components) > 15
    for component in components:
        assert locating.locate(component.lng, component.lat).unit_grid_id == component.unit_grid_id
        assert codes.read_component(component.code).region == component.unit_grid.region_code


@pytest.mark.parametrize("code_system", list(CodeSystem))
def test_three_fifths_of_the_catalogue_are_dispatched_automatically(small, at, code_system):
    categories = catalog.listing(code_system=code_system)
    questions = [
        matching.question_about(
            category, at=at("2026-03-02 09:00"), region_code=street.code[:6], street_code=street.code
        )
        for category in categories
        for street in queries.regions("street")[:1]
    ]
    answers = [matching.explain(question) for question in questions]
    assert sum(answer.is_automatic for answer in answers) / len(answers) > 0.6
    assert any(len(answer.department_ids) > 1 for answer in answers)


def test_the_map_is_drawn_without_tiles(small):
    for level in drawing.LEVELS:
        assert drawing.geojson(level)["features"]
    kinds = {line["properties"]["kind"] for line in drawing.geojson("line")["features"]}
    assert kinds == {"road", "river"}
