from sqlalchemy import select

from engine.access import actors, granting
from engine.access.models import Role
from engine.access.permissions import Permission
from engine.kit.db import db, unit_of_work
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


def test_loading_an_actor_is_one_statement_and_one_more_where_a_department_tree_is_seen(city, statements):
    took = {}
    for who in ("wang", "clerk"):
        user_id = city.user(who).id
        db.session.rollback()
        with statements() as seen:
            actors.load(user_id)
        took[who] = len(seen)
    assert took == {"wang": 1, "clerk": 2}


def test_somebody_without_a_post_may_nothing(city, at):
    with unit_of_work():
        hiring.give_posts(city.user("handler"), [], by=city.security_admin, at=at("2026-03-02 09:00"))
    idle = city.actor("handler")
    assert idle.permissions == idle.roles == idle.groups == frozenset()
    assert idle.department_id is None
    assert actors.load(10**9) is None


def test_what_a_role_is_given_holds_at_the_next_look(city, at):
    assert not city.actor("wang").has(Permission.case_close)
    with unit_of_work():
        role = db.session.scalars(select(Role).where(Role.code == "dispatcher")).one()
        granting.grant(role, [Permission.case_close], by=city.security_admin, at=at("2026-03-02 09:00"))
    assert city.actor("wang").permissions == {"case.close"}
