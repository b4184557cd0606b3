from engine.access import actors
from engine.access.permissions import Permission
from engine.kit.db import unit_of_work
from engine.organization import departments, hiring


def test_a_department_role_sees_its_department_and_those_below(city, at):
    with unit_of_work():
        below = departments.found(
            "team", "东城环卫所", "enterprise", parent=city.sanitation, by=city.system_admin, at=at("2026-03-02 09:00")
        )
    assert city.actor("clerk").reach.department_ids == {city.sanitation.id, below.id}
    assert not city.clerk.reach.city


def test_a_collector_sees_her_grid_and_may_take_from_the_pool(city):
    assert city.grid.id in city.chen.reach.grid_ids
    assert {f"collector@grid:{city.grid.id}", "collector"} <= city.chen.groups


def test_a_city_role_sees_the_whole_city(city):
    assert city.wang.reach.city
    assert city.wang.has(Permission.case_dispatch)
    assert not city.wang.has(Permission.case_close)


def test_two_posts_add_up(city, at):
    with unit_of_work():
        posts = [(city.sanitation, "handler", None), (city.parks, "handling_clerk", None)]
        hiring.give_posts(city.user("handler"), posts, by=city.security_admin, at=at("2026-03-02 09:00"))
    handler = city.actor("handler")
    assert handler.reach.department_ids == {city.sanitation.id, city.parks.id}
    assert handler.has(Permission.case_sign) and handler.has(Permission.case_handle)


def test_loading_an_actor_is_two_or_three_statements(city, statements):
    user_id = city.clerk.id
    with statements() as seen:
        actors.load(user_id)
    assert len(seen) <= 4
