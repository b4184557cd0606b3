"""Every door and every role: who is let in where, and that nobody finds a case that is not for his eyes."""

from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from engine.attachments.models import Attachment
from engine.calendars.models import Calendar
from engine.catalog.models import FilingCondition
from engine.dispatch_rules.models import DispatchRule
from engine.kit.db import db, unit_of_work
from engine.organization.models import Post
from engine.process.models import ProcessDefinition
from engine.statistics import defining
from engine.statistics.defining import Content
from engine.statistics.layout import Layout
from engine.studio import archives, archiving, designing, drafting
from tests.city import FOUNDED
from tests.stories import Story, category
from web import guards
from web.numbers import RowNumber

pytestmark = pytest.mark.long

ROLES = {
    "collector": "chen",
    "call_taker": "sun",
    "acceptor": "li",
    "duty_officer": "zhao",
    "dispatcher": "wang",
    "director": "qian",
    "handling_clerk": "clerk",
    "handler": "handler",
    "department_head": "head",
    "supervisor": "zhou",
    "evaluator": "zheng",
    "leader": "wu",
    "system_administrator": "system_admin",
    "security_administrator": "security_admin",
    "audit_administrator": "audit_admin",
}
ADMINISTRATORS = ("system_admin", "security_admin", "audit_admin")
# Behind these the case itself has its say, or one's own self: a refusal may come from there.
POLICY_INSIDE = {
    "desk.act",
    "desk.disclose_reporter",
    "admin.posts_of",
    "admin.end_post",
    "supervision.order_act",
}
# The walk would lose its own session here.
LAST = {"signin.sign_out", "signin.choose_language", "static"}


def first(model, *conditions):
    return db.session.scalars(select(model).where(*conditions).order_by(model.id)).first()


@pytest.fixture
def story(city):
    """A filed case with a photo, in the hands of one department."""
    return Story(city).filed()


@pytest.fixture
def samples(city, story):
    """What stands for each argument of an address."""
    leaver = city.user("lin")
    found = category()
    return {
        "case_id": story.case_id,
        "archive_id": archive(city),
        "attachment_id": first(Attachment).id,
        "calendar_id": first(Calendar).id,
        "category_id": found.id,
        "condition_id": first(FilingCondition, FilingCondition.category_id == found.id).id,
        "department_id": city.parks.id,
        "definition_id": first(ProcessDefinition).id,
        "draft_id": studio_draft(city).id,
        "form_draft_id": form_draft(city).id,
        "key": "comment",
        "rule_id": first(DispatchRule).id,
        "instance_id": story.case.instance_id,
        "user_id": leaver.id,
        "post_id": first(Post, Post.user_id == leaver.id).id,
        "role_id": first(Post).role_id,
        "name": "comment",
        "year": 2026,
        "day": "2026-05-01",
        "month": "2026-03",
        "statistic_id": statistic(city),
        "number": 1,
    }


def address_of(app, rule, samples):
    """The rule's address with samples; 1 or "x" for an argument that none stands for."""
    converters = {name: type(rule._converters[name]).__name__ for name in rule.arguments}
    given = {name: samples.get(name, 1 if kind == "RowNumber" else "x") for name, kind in converters.items()}
    with app.test_request_context():
        return app.url_map.bind("").build(rule.endpoint, given)


def doors(app, samples):
    """(endpoint, method, address) of everything, what can be read before what changes something."""
    found = [
        (rule.endpoint, method, address_of(app, rule, samples))
        for rule in app.url_map.iter_rules()
        for method in sorted(rule.methods & {"GET", "POST"})
        if rule.endpoint not in LAST
    ]
    return sorted(found, key=lambda one: one[1])


TOO_LARGE = ("9223372036854775807", "99999999999999999999")
ASKED_BY_NUMBER = ("page", "category", "department", "draft", "year", "hours", "person", "grid", "case")


def addresses_of(app, rule, samples, number):
    """The rule's address with the number in each of its whole-numbered places; none where it has no such place."""
    places = [name for name in rule.arguments if isinstance(rule._converters[name], RowNumber)]
    address = address_of(app, rule, samples)
    for name in places:
        marked = address_of(app, rule, samples | {name: 7777777})
        yield marked.replace("7777777", number)
    if not places:
        yield f"{address}?" + "&".join(f"{name}={number}" for name in ASKED_BY_NUMBER)


@pytest.mark.parametrize("number", TOO_LARGE)
def test_no_number_in_an_address_is_too_large(app, city, visit, samples, number):
    broken = []
    for name in ("zhou", "zheng", "system_admin", "head"):
        browser = visit(name)
        for rule in app.url_map.iter_rules():
            if rule.endpoint in LAST:
                continue
            method = "GET" if "GET" in rule.methods else "POST"
            for address in addresses_of(app, rule, samples, number):
                status = browser.open(address, method=method).status_code
                if status >= 500 or ("?" not in address and status not in {403, 404}):
                    broken.append(f"{name} {method} {address}: {status}")
    assert not broken, "\n".join(broken)


def test_a_page_number_that_cannot_be_is_the_first_page(app, city, visit, samples):
    browser = visit("zhou")
    first_page = browser.get("/desk/cases").text
    for number in TOO_LARGE:
        assert browser.get(f"/desk/cases?page={number}").text.count("list-title") == first_page.count("list-title") > 0


def form_draft(city):
    with unit_of_work():
        return designing.begin("dispatch", by=city.system_admin, at=FOUNDED)


def studio_draft(city):
    version = first(ProcessDefinition, ProcessDefinition.key == "appeal")
    with unit_of_work():
        return drafting.from_version(version.id, by=city.system_admin, at=FOUNDED)


def archive(city):
    with unit_of_work():
        content = archiving.export(["ladder"], name="x", version="", issuer="", by=city.system_admin, at=FOUNDED)
        return archives.bring(content, by=city.system_admin, at=FOUNDED).id


def statistic(city):
    content = Content("部门立案", "Filed by department", "", Layout("department", ("filed",)))
    with unit_of_work():
        return defining.define(content, by=city.zheng, at=FOUNDED).id


def is_open(app, endpoint):
    return getattr(app.view_functions[endpoint], guards.OPEN, False)


def test_each_role_is_let_in_exactly_where_its_permissions_say(app, city, visit, samples):
    wrong = []
    for role, name in ROLES.items():
        browser, actor = visit(name), getattr(city, name)
        assert role in actor.roles
        for endpoint, method, address in doors(app, samples):
            status = browser.open(address, method=method).status_code
            with app.app_context():
                may = is_open(app, endpoint) or guards.may_enter(actor, endpoint)
            refused = status in {401, 403}
            if status >= 500 or (not may and status != 403) or (may and refused and endpoint not in POLICY_INSIDE):
                wrong.append(f"{role} {method} {address}: {status}, may enter: {may}")
    assert not wrong, "\n".join(wrong)


def test_who_has_not_signed_in_is_sent_to_the_sign_in_page(app, samples):
    wrong = []
    for endpoint, method, address in doors(app, samples):
        answer = app.test_client().open(address, method=method)
        if is_open(app, endpoint):
            let_in = answer.status_code < 500
        else:
            let_in = answer.status_code in {302, 303} and "/sign-in" in answer.headers["Location"]
        if not let_in:
            wrong.append(f"{method} {address}: {answer.status_code} {answer.headers.get('Location')}")
    assert not wrong, "\n".join(wrong)


def test_a_program_that_has_not_signed_in_is_told_so(app, samples):
    for endpoint, method, address in doors(app, samples):
        if not is_open(app, endpoint):
            answer = app.test_client().open(address, method=method, headers={"Accept": "application/json"})
            assert answer.status_code == 401, address


def test_every_view_says_whom_it_is_for(app):
    unmarked = [
        endpoint
        for endpoint, view in app.view_functions.items()
        if endpoint != "static" and not hasattr(view, guards.OPEN) and not hasattr(view, guards.PERMISSIONS)
    ]
    assert unmarked == []


def exported(browser):
    answer = browser.get("/desk/cases.xlsx")
    if answer.status_code == 403:
        return []
    return [row[0].value for row in load_workbook(BytesIO(answer.data)).active.iter_rows(min_row=2)]


def strangers(story):
    """Who must not see the case: another department's people, and the three administrators."""
    others = (
        ["parks_clerk", "parks_handler"]
        if story.case.department.code != "landscaping"
        else ["clerk", "handler", "head"]
    )
    return [*others, *ADMINISTRATORS]


def test_a_case_of_another_department_is_nowhere(city, visit, story):
    number, case_id, photo_id = story.case.number, story.case_id, first(Attachment).id
    everywhere = [
        f"/desk/cases/{case_id}",
        f"/desk/cases/{case_id}/comment",
        f"/desk/cases/{case_id}/signing",
        f"/desk/attachments/{photo_id}",
        f"/desk/attachments/{photo_id}/thumbnail",
    ]
    for name in strangers(story):
        browser = visit(name)
        for address in everywhere:
            assert browser.get(address).status_code == 404, (name, address)
        for path in (f"/desk/cases/{case_id}/signing", f"/desk/cases/{case_id}/comment"):
            assert browser.post(path, data={"note": "让我看看"}).status_code == 404, (name, path)
        assert browser.post(f"/desk/cases/{case_id}/reporter-disclosures").status_code in {403, 404}
        for path in ("/desk/cases", f"/desk/cases?q={number}", "/desk/work"):
            assert 'class="list-title"' not in browser.get(path).text, (name, path)
        assert browser.get("/desk/cases.geojson").json["features"] == [], name
        assert exported(browser) == [], name
    assert "comment" not in story.told


def test_who_has_the_case_finds_it_everywhere(city, visit, story):
    number, photo_id = story.case.number, first(Attachment).id
    for name in (f"clerk.{story.case.department.code}", "wang", "zhou", "chen"):
        browser = visit(name)
        assert number in browser.get("/desk/cases").text, name
        assert browser.get(f"/desk/attachments/{photo_id}/thumbnail").status_code == 200, name
        assert [one["properties"]["name"] for one in browser.get("/desk/cases.geojson").json["features"]] == [number]


def test_administrators_are_led_to_administration_and_not_to_cases(city, visit):
    for name in ADMINISTRATORS:
        browser = visit(name)
        assert browser.get("/").headers["Location"] == "/admin/"
        page = browser.get("/me").text
        assert 'href="/desk/' not in page
        assert 'action="/desk/' not in page
