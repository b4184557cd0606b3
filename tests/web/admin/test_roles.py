import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.access import delegating
from engine.access.models import Role
from engine.kit import clock
from engine.kit.db import db, unit_of_work


def role(code):
    return db.session.scalars(select(Role).where(Role.code == code)).one()


def test_a_post_is_given_and_ended(visit, city):
    security, user = visit("security_admin"), city.user("clerk")
    page = f"/admin/posts/{user.id}"
    answer = security.post(page, data={"department_id": city.sanitation.id, "role": "department_head"})
    assert answer.status_code == 303
    assert city.actor("clerk").roles == {"handling_clerk", "department_head"}
    last = max(post.id for post in city.user("clerk").posts)
    asked = security.post(f"{page}/{last}/end")
    assert asked.status_code == 422
    assert 'name="is_sure"' in asked.text
    assert "department_head" in city.actor("clerk").roles, "without the tick nothing is done"
    security.post(f"{page}/{last}/end", data={"is_sure": "1"})
    assert city.actor("clerk").roles == {"handling_clerk"}


def test_a_collector_gets_a_grid(visit, city):
    values = {"department_id": city.department("collection").id, "role": "collector", "grid_id": city.grid.id}
    visit("security_admin").post(f"/admin/posts/{city.sun.id}", data=values)
    assert city.grid.id in city.actor("sun").reach.grid_ids


def test_posts_that_must_be_apart_are_refused_beside_the_field(visit, city):
    values = {"department_id": city.department("center").id, "role": "audit_administrator"}
    answer = visit("security_admin").post(f"/admin/posts/{city.system_admin.id}", data=values)
    assert answer.status_code == 422
    assert 'id="error-role"' in answer.text
    assert city.actor("system_admin").roles == {"system_administrator"}


def test_a_role_does_exactly_what_is_ticked(visit, city):
    ticked = ["evaluation.read", "case.export"]
    answer = visit("security_admin").post(f"/admin/roles/{role('leader').id}", data={"permission": ticked})
    assert answer.status_code == 303
    assert city.actor("wu").permissions == set(ticked)


def test_a_role_that_would_unite_duties_is_shown_again_as_it_was_ticked(visit, city):
    page = f"/admin/roles/{role('audit_administrator').id}"
    answer = visit("security_admin").post(page, data={"permission": ["audit.read", "settings.manage"]})
    assert answer.status_code == 422
    assert 'value="settings.manage" checked' in answer.text
    assert city.actor("audit_admin").permissions == {"audit.read"}


def test_who_may_close_cases(visit, city):
    page = visit("security_admin").get("/admin/roles/permissions/case.close").text
    assert "赵值班" in page
    assert "王派遣" not in page


def test_an_unknown_permission_is_not_found(visit, city):
    assert visit("security_admin").get("/admin/roles/permissions/no.such").status_code == 404


def test_the_matrix_says_how_many_hold_each_permission(visit, city):
    page = visit("security_admin", language="en").get("/admin/roles").text
    assert 'href="/admin/roles/permissions/case.close">1</a>' in page
    assert "nobody" not in page


def test_a_role_is_made_like_another_one_and_named_anew(visit, city):
    security = visit("security_admin", language="en")
    asked = security.get("/admin/roles/new?like=leader").text
    assert re.search(r'<option value="leader" selected', asked)
    values = {"code": "deputy_leader", "name": "副职领导", "name_en": "Deputy", "scope": "city", "like": "leader"}
    answer = security.post("/admin/roles/new", data=values)
    assert answer.status_code == 303
    made = role("deputy_leader")
    assert answer.headers["Location"] == f"/admin/roles/{made.id}"
    assert {one.permission for one in made.grants} == {one.permission for one in role("leader").grants}
    security.post(f"/admin/roles/{made.id}/names", data={"name": "分管领导", "name_en": "Deputy leader"})
    assert role("deputy_leader").name_en == "Deputy leader"


@pytest.mark.parametrize("code", ["leader", "Leiter", "a b", "x@y", "领导", "9a", "a"])
def test_a_code_that_cannot_be_is_told_beside_its_field(visit, city, code):
    values = {"code": code, "name": "甲", "name_en": "A", "scope": "city"}
    answer = visit("security_admin", language="en").post("/admin/roles/new", data=values)
    assert answer.status_code == 422
    assert 'id="error-code"' in answer.text
    assert 'value="A"' in answer.text


def test_nobody_renames_his_own_role(visit, city):
    page = f"/admin/roles/{role('security_administrator').id}/names"
    answer = visit("security_admin").post(page, data={"name": "王", "name_en": "King"})
    assert answer.status_code == 422
    assert role("security_administrator").name_en != "King"


def test_two_roles_are_compared(visit, city):
    ids = f"role={role('acceptor').id}&other={role('duty_officer').id}"
    page = visit("security_admin", language="en").get(f"/admin/roles/comparison?{ids}").text
    assert re.search(r"Close cases\s*<span[^>]*>differs", page)
    assert re.search(r"Report problems\s*</th>", page)
    assert "Arbitrate responsibility" not in page, "neither may"
    assert "Choose two roles" in visit("security_admin", language="en").get("/admin/roles/comparison?role=99").text


def test_a_person_s_rights_are_told_with_the_posts_that_give_them(visit, city):
    page = visit("security_admin", language="en").get(f"/admin/posts/{city.clerk.id}").text
    told = page[page.index("What this person may do") :]
    assert re.search(r"Sign for cases</a></th>\s*<td[^>]*>环卫处 · Handling clerk</td>", told)
    assert "Close cases" not in told


def test_for_whom_a_person_stands_in_is_told(visit, city):
    now = clock.now()
    with unit_of_work():
        delegating.delegate(city.user("zhao"), city.li.id, now, now + timedelta(days=2), "休假", by=city.zhao, at=now)
    page = visit("security_admin", language="en").get(f"/admin/posts/{city.li.id}").text
    assert f"Stands in for {city.zhao.name}" in page


@pytest.mark.parametrize("page", ["/admin/roles", "/admin/roles/new", "/admin/roles/comparison?role=1&other=2"])
def test_pages_of_rights_take_at_most_twelve_statements(visit, city, statements, page):
    security = visit("security_admin")
    for address in (page, f"/admin/posts/{city.clerk.id}"):
        security.get(address)
        with statements() as asked:
            security.get(address)
        assert len(asked) <= 12, "\n".join(asked)
