"""Every page of administration answers, in both languages, and only to those whose door it is."""

import pytest

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
        "/admin/authority",
        "/admin/authority/new",
        "/admin/authority/rehearsal",
        "/admin/authority/import",
        "/admin/processes",
        "/admin/processes/new",
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


@pytest.mark.parametrize("username", [*PAGES, "zhao", "wang", "chen"])
def test_and_to_nobody_else(visit, username):
    visitor = visit(username)
    for owner, pages in PAGES.items():
        for page in pages:
            if owner != username:
                assert visitor.get(page).status_code == 403, page
