from datetime import date

import pytest

from engine.access.actors import SYSTEM
from engine.components import queries, registration
from engine.components.models import ComponentState
from engine.kit.errors import Invalid


@pytest.fixture
def register(place, at):
    def register_(code, lng=None, lat=None, **more):
        x, y = place
        return registration.register(code, lng=lng or x, lat=lat or y, by=SYSTEM, at=at("2026-03-02 09:00"), **more)

    return register_


def test_category_name_and_grid_follow_from_code_and_place(register):
    cover = register("6401040102000001")
    assert (cover.name, cover.category.code, cover.code_system) == ("污水井盖", "0102", "GBT30428.2-2013")
    assert cover.unit_grid.code == "640104001001001"
    assert register("64010401002000001").code_system == "GBT47678.5-2026"


@pytest.mark.parametrize("code", ["640104010200000", "6401040102000000", "6401040177000001", "6401060102000001"])
def test_a_code_that_cannot_be_right_is_refused(register, code):
    with pytest.raises(Invalid) as refused:
        register(code)
    assert set(refused.value.fields) == {"code"}


def test_a_place_outside_the_city_is_refused(register):
    with pytest.raises(Invalid) as refused:
        register("6401040102000001", lng=100.0)
    assert set(refused.value.fields) == {"lng"}


def test_twenty_metres_over_the_border_are_forgiven(register, place):
    west, lat = place[0] - 0.0005, place[1]
    assert register("6401040102000001", lng=west - 0.0001, lat=lat).unit_grid.code == "640104001001001"
    with pytest.raises(Invalid):
        register("6401040102000002", lng=west - 0.001, lat=lat)


def test_a_code_is_given_once(register):
    register("6401040102000001")
    with pytest.raises(Invalid):
        register("6401040102000001")


def test_what_was_removed_does_not_come_back(register, at):
    cover = register("6401040102000001")
    registration.change_state(cover, ComponentState.removed, by=SYSTEM, at=at("2026-03-03 09:00"), on=date(2026, 3, 3))
    assert (cover.state, cover.change_date) == ("removed", date(2026, 3, 3))
    with pytest.raises(registration.CodeGivenUp):
        registration.change_state(
            cover, ComponentState.intact, by=SYSTEM, at=at("2026-03-04 09:00"), on=date(2026, 3, 4)
        )


def test_the_nearest_components_come_first(register, place, at):
    lng, lat = place
    far, near = register("6401040102000001", lng=lng + 0.0004), register("6401040102000002", lng=lng + 0.0001)
    lamp = register("6401040106000001", lng=lng + 0.0002)
    gone = register("6401040102000003")
    registration.change_state(gone, ComponentState.removed, by=SYSTEM, at=at("2026-03-03 09:00"), on=date(2026, 3, 3))
    assert [item.component for item in queries.nearby(lng, lat)] == [near, lamp, far]
    assert [item.component for item in queries.nearby(lng, lat, 20)] == [near, lamp]
    assert [item.component for item in queries.nearby(lng, lat, category_id=near.category_id)] == [near, far]
    assert queries.nearby(lng, lat)[0].metres == pytest.approx(8.7, abs=0.2)


def test_an_old_plate_still_finds_its_component(register):
    cover = register("64010401002000001", old_code="6401040102000009")
    assert queries.by_code("6401040102000009") is cover
    assert queries.by_code("64010401002000001") is cover
    assert queries.by_code("x") is None
    assert queries.search("6401040100") == [cover]
    assert queries.search("污水") == [cover]
    with pytest.raises(queries.ComponentNotFound):
        queries.get(-1)
