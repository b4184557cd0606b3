from sqlalchemy import select

from engine.access.models import Role
from engine.kit.db import db


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
