"""The home of application maintenance: what each part holds, and what should be looked after."""

import re

import pytest
from sqlalchemy import delete, select

from engine.access.models import Role
from engine.kit.db import db
from engine.organization.models import Post, User


def lines(page):
    """The lines of the home: address and count of each."""
    found = re.findall(r'<li[^>]*>\s*<a href="([^"]*)">.*?</a>\s*<span class="figures">([\d,]+)</span>', page, re.S)
    return {address.replace("&amp;", "&"): int(number.replace(",", "")) for address, number in found}


def test_an_administrator_finds_the_parts_of_his_own(visit, city):
    system = visit("system_admin", language="en").get("/admin/").text
    for part in ("Departments", "People", "Processes", "Configuration"):
        assert f"{part}</a></h2>" in system
    assert "Rights</a></h2>" not in system
    security = visit("security_admin", language="en").get("/admin/").text
    assert "Rights</a></h2>" in security
    assert "Processes</a></h2>" not in security
    evaluator = visit("zheng", language="en").get("/admin/").text
    assert "Statistics</a></h2>" in evaluator
    assert "People</a></h2>" not in evaluator
    audit = visit("audit_admin", language="en").get("/admin/").text
    assert "Audit log" in audit
    assert lines(audit) == {}


@pytest.mark.parametrize("name", ["chen", "zhao", "wu", "head"])
def test_nobody_else_enters(visit, city, name):
    assert visit(name).get("/admin/").status_code == 403


def test_a_person_without_a_post_is_to_be_looked_after_and_the_line_opens_him(visit, city):
    assert "/admin/people?lacking=post" not in lines(visit("system_admin").get("/admin/").text)
    handler = db.session.scalars(select(User).where(User.username == "handler.landscaping")).one()
    name, user_id = handler.name, handler.id
    db.session.execute(delete(Post).where(Post.user_id == user_id))
    db.session.commit()
    admin = visit("system_admin")
    assert lines(admin.get("/admin/").text)["/admin/people?lacking=post"] == 1
    listed = admin.get("/admin/people?lacking=post").text
    assert name in listed
    assert listed.count('<th scope="row">') == 1
    assert lines(visit("security_admin").get("/admin/").text)["/admin/posts?lacking=post"] == 1


def test_a_department_whose_head_has_gone_is_to_be_looked_after(visit, city):
    head = select(Role.id).where(Role.code == "department_head")
    db.session.execute(delete(Post).where(Post.department_id == city.parks.id, Post.role_id.in_(head)))
    db.session.commit()
    admin = visit("system_admin", language="en")
    assert lines(admin.get("/admin/").text)["/admin/departments?without=head"] == 1
    listed = admin.get("/admin/departments?without=head").text
    assert city.parks.name in listed
    assert city.sanitation.name not in listed


def test_a_role_in_which_nobody_serves_is_told_to_who_gives_rights(visit, city):
    before = visit("security_admin", language="en").get("/admin/").text
    assert "Roles in which nobody serves" not in before
    supervisor = select(Role.id).where(Role.code == "supervisor")
    db.session.execute(delete(Post).where(Post.role_id.in_(supervisor)))
    db.session.commit()
    after = visit("security_admin", language="en").get("/admin/").text
    assert "Roles in which nobody serves" in after
    assert "Permissions that nobody has" in after, "nobody else supervises"


@pytest.mark.parametrize("name", ["system_admin", "security_admin", "audit_admin"])
def test_every_line_opens_its_page(visit, city, name):
    admin = visit(name)
    page = admin.get("/admin/").text
    main = page[page.index("home-parts") :]
    for address in set(re.findall(r'href="(/[^"#]*)"', main[: main.index("</main>")])):
        assert admin.get(address.replace("&amp;", "&"), follow_redirects=True).status_code == 200, address


def test_the_home_takes_at_most_twelve_statements(visit, statements, city):
    admin = visit("system_admin")
    admin.get("/admin/")
    with statements() as asked:
        admin.get("/admin/")
    assert len(asked) <= 12, "\n".join(asked)
