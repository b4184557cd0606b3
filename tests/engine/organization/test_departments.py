import pytest

from engine.kit.db import unit_of_work
from engine.kit.errors import Invalid
from engine.organization import departments, queries
from engine.organization.errors import DepartmentClosed, DepartmentLoop, StillServing
from engine.organization.models import Department


@pytest.fixture
def branch(city, at):
    """A team below the sanitation bureau, and a squad below the team."""
    by, when = city.system_admin, at("2026-03-02 09:00")
    with unit_of_work():
        team = departments.found("team", "东城环卫所", "enterprise", parent=city.sanitation, by=by, at=when)
        squad = departments.found("squad", "一班", "enterprise", parent=team, by=by, at=when)
    return team, squad


def test_a_path_names_every_department_above(city, branch):
    team, squad = branch
    assert squad.path == f"{city.sanitation.path}{team.id}/{squad.id}/"


def test_moving_takes_everything_below_along(city, branch, at):
    team, squad = branch
    with unit_of_work():
        departments.move(team, city.parks, by=city.system_admin, at=at("2026-03-02 10:00"))
    assert squad.path == f"{city.parks.path}{team.id}/{squad.id}/"


def test_a_department_cannot_lie_below_itself(city, branch, at):
    team, squad = branch
    with pytest.raises(DepartmentLoop), unit_of_work():
        departments.move(team, squad, by=city.system_admin, at=at("2026-03-02 10:00"))


def test_a_merged_department_names_its_successor(city, branch, at):
    _, squad = branch
    heard = []

    def listen(merged: Department, into: Department, **_) -> None:
        heard.append((merged, into))

    with departments.department_merged.connected_to(listen), unit_of_work():
        departments.merge(squad, city.parks, by=city.system_admin, at=at("2026-03-02 10:00"))
    assert (squad.is_active, squad.successor_id) == (False, city.parks.id)
    assert heard == [(squad, city.parks)]
    with pytest.raises(DepartmentClosed), unit_of_work():
        departments.merge(squad, city.parks, by=city.system_admin, at=at("2026-03-02 10:00"))


def test_people_move_before_their_department_is_merged(city, at):
    with pytest.raises(StillServing) as refused, unit_of_work():
        departments.merge(city.parks, city.sanitation, by=city.system_admin, at=at("2026-03-02 10:00"))
    assert refused.value.params["count"] == 3


def test_a_code_is_given_once(city, at):
    with pytest.raises(Invalid), unit_of_work():
        departments.found("sanitation", "又一个", "municipal", by=city.system_admin, at=at("2026-03-02 10:00"))


def test_the_tree_lists_parents_before_children(city, branch):
    codes = [one.code for one in queries.departments()]
    place = codes.index("sanitation")
    assert codes[place : place + 3] == ["sanitation", "team", "squad"]
    assert codes[0] == "city"
