import pytest
from sqlalchemy import select

from engine.access import actors
from engine.access.errors import AdministratorsTakeNoPart, DutiesMustBeApart
from engine.access.permissions import Permission
from engine.audit.models import AuditRecord
from engine.kit.db import db, unit_of_work
from engine.kit.errors import Invalid
from engine.organization import departments, hiring, leaving
from engine.organization.errors import DepartmentClosed, NoSuchRole, OwnPosts


def hire(city, at, username="fang", posts=(), password="Correct-Horse-7"):
    return hiring.hire(username, "王芳", password, posts, by=city.system_admin, at=at("2026-03-02 09:00"))


def test_a_new_person_serves_in_her_posts(city, at):
    with unit_of_work():
        user = hire(city, at, posts=[(city.sanitation, "handling_clerk", None), (city.parks, "handler", None)])
    actor = actors.load(user.id)
    assert actor.department_name == "环卫处"
    assert actor.groups == {f"handling_clerk@dept:{city.sanitation.id}", f"handler@dept:{city.parks.id}"}


def test_hiring_and_posts_are_audited(city, at):
    with unit_of_work():
        user = hire(city, at, posts=[(city.parks, "handler", None)])
    records = db.session.scalars(select(AuditRecord).where(AuditRecord.object_id == str(user.id))).all()
    fresh = [one.action for one in records if one.at == at("2026-03-02 09:00")]
    assert fresh == ["user.hired", "user.posts_changed"]
    assert {one.user_name for one in records} == {"系统管理员"}


def test_a_user_name_is_given_once(city, at):
    with pytest.raises(Invalid) as refused, unit_of_work():
        hire(city, at, username="collector.chen")
    assert "username" in refused.value.fields


def test_a_weak_password_opens_no_account(city, at):
    with pytest.raises(Invalid) as refused, unit_of_work():
        hire(city, at, password="12345678")
    assert "at least 10" in str(refused.value.fields["password"][0])


def test_an_unknown_role_is_refused(city, at):
    with pytest.raises(NoSuchRole), unit_of_work():
        hire(city, at, posts=[(city.parks, "mayor", None)])


def test_nobody_joins_a_department_that_was_merged_away(city, at):
    with unit_of_work():
        office = departments.found("old", "旧局", "municipal", by=city.system_admin, at=at("2026-03-01 09:00"))
        departments.merge(office, city.parks, by=city.system_admin, at=at("2026-03-01 10:00"))
    with pytest.raises(DepartmentClosed), unit_of_work():
        hire(city, at, posts=[(office, "handler", None)])


def test_the_same_post_twice_is_one_post(city, at):
    with unit_of_work():
        user = hire(city, at, posts=[(city.parks, "handler", None), (city.parks, "handler", None)])
    assert len(user.posts) == 1


def test_changing_posts_keeps_those_that_stay(city, at):
    clerk = city.user("clerk")
    kept = clerk.posts[0].id
    with unit_of_work():
        posts = [(city.sanitation, "handling_clerk", None), (city.sanitation, "department_head", None)]
        hiring.give_posts(clerk, posts, by=city.security_admin, at=at("2026-03-02 09:00"))
    assert clerk.posts[0].id == kept
    assert len(clerk.posts) == 2


def test_nobody_gives_himself_a_post(city, at):
    with pytest.raises(OwnPosts), unit_of_work():
        posts = [(city.sanitation, "handler", None)]
        hiring.give_posts(city.user("security"), posts, by=city.security_admin, at=at("2026-03-02 09:00"))


@pytest.mark.parametrize("second", ["security_administrator", "audit_administrator"])
def test_one_person_is_only_one_of_the_three_administrators(city, at, second):
    center = city.department("center")
    with pytest.raises(DutiesMustBeApart), unit_of_work():
        hire(city, at, posts=[(center, "system_administrator", None), (center, second, None)])


def test_an_administrator_takes_no_part_in_cases(city, at):
    center = city.department("center")
    with pytest.raises(AdministratorsTakeNoPart), unit_of_work():
        hire(city, at, posts=[(center, "audit_administrator", None), (center, "acceptor", None)])


def test_who_left_is_no_actor_any_more_and_may_come_back(city, at):
    handler = city.user("handler")
    with unit_of_work():
        leaving.leave(handler, by=city.system_admin, at=at("2026-03-02 09:00"))
    assert handler.session_epoch == 1
    assert city.actor("handler") is None
    with unit_of_work():
        leaving.come_back(handler, by=city.system_admin, at=at("2026-03-03 09:00"))
    assert city.actor("handler").has(Permission.case_handle)
