"""Every page of administration answers, in both languages, and only to those whose door it is."""

import pytest

from web import guards

PAGES = {
    "system_admin": (
        "/admin/people",
        "/admin/people/new",
        "/admin/departments",
        "/admin/departments/new",
        "/admin/settings",
        "/admin/catalogue",
        "/admin/catalogue/import",
        "/admin/calendars/1",
        "/admin/calendars/new",
        "/admin/calendars/1/days/2026-05-01",
        "/admin/calendars/1/hours",
        "/admin/calendars/1/seasons/new",
        "/admin/calendars/1/import",
        "/admin/authority",
        "/admin/authority/new",
        "/admin/authority/rehearsal",
        "/admin/authority/import",
        "/admin/incidents",
    ),
    "security_admin": ("/admin/posts", "/admin/roles", "/admin/roles/1", "/admin/roles/permissions/case.close"),
    "audit_admin": ("/admin/audit",),
}


@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
@pytest.mark.parametrize("username", PAGES)
def test_a_page_answers_to_its_administrator(visit, username, language):
    visitor = visit(username, language=language)
    for page in PAGES[username]:
        answer = visitor.get(page)
        assert answer.status_code == 200, (page, answer.text)


def test_processes_lead_into_the_studio(visit):
    admin = visit("system_admin")
    assert admin.get("/admin/processes").location == "/studio/"
    assert admin.get("/admin/processes/new").location == "/studio/drafts/new"


@pytest.mark.parametrize("username", [*PAGES, "zhao", "wang", "chen"])
def test_and_to_nobody_else(visit, username):
    visitor = visit(username)
    for owner, pages in PAGES.items():
        for page in pages:
            if owner != username:
                assert visitor.get(page).status_code == 403, page


def test_each_door_asks_for_exactly_one_permission(app):
    views = {name: view for name, view in app.view_functions.items() if name.startswith("admin.")}
    views.pop("admin.index")
    assert {name for name, view in views.items() if len(getattr(view, guards.PERMISSIONS, ())) != 1} == set()


def test_the_list_of_people_costs_the_same_for_fifty_as_for_five(visit, statements):
    admin = visit("system_admin")
    admin.get("/admin/people")
    with statements() as few:
        admin.get("/admin/people?q=clerk.g")
    with statements() as many:
        admin.get("/admin/people")
    assert len(few) == len(many)
