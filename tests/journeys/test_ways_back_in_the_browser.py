"""A patrol report with a place picked on the map, wrong input, returns and arbitration."""

import pytest
from sqlalchemy import select

from engine.cases.models import Case, Stage
from engine.kit.db import db
from tests.journeys.people import picture
from tests.stories import Story, category, condition
from tests.web.conftest import PHONE

pytestmark = pytest.mark.browser


def test_a_collector_reports_with_the_phone_what_stands_before_her(street):
    with street.person("chen", size=PHONE) as chen:
        chen.open("/desk/work").open("/desk/reports/new")
        assert chen.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        chen.page.wait_for_selector(".map-picker canvas")
        chen.page.locator(".map-picker").scroll_into_view_if_needed()
        chen.page.click(".map-picker", position={"x": 160, "y": 120})
        chen.page.wait_for_function("document.getElementById('field-point').value")
        picked = chen.typed("point")
        chen.fill(
            photos=[picture("one.jpg"), picture("two.jpg", "brown")],
            category_id=str(category().id),
            description="人行道旁堆放生活垃圾",
        ).send()
    case = db.session.scalars(select(Case)).one()
    assert picked == f"{case.lng:.6f},{case.lat:.6f}"
    assert (case.stage, case.photo_count) == (Stage.reported, 2)
    assert case.unit_grid is not None
    with street.person("li") as li:
        assert li.take(case.number).offered("filing_proposal")
        li.page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
        assert li.page.evaluate("scrollY") > 400
        assert li.page.evaluate("document.querySelector('.top').getBoundingClientRect().top") == 0
        assert li.page.evaluate("document.querySelector('.rail').getBoundingClientRect().bottom") > 700


def test_what_was_typed_stays_when_something_is_wrong(street):
    story = Story(street.city, street.wall.now).report()
    with street.person("li") as li:
        li.take(story.case.number).choose("filing_proposal").fill(category_id="", note="属实，请尽快立案")
        li.send(refused=True)
        assert li.typed("note") == "属实，请尽快立案"
        chosen = category()
        li.fill(category_id=str(chosen.id))
        li.page.wait_for_selector(f"[name=filing_condition_id][value='{condition(chosen).id}']")
        li.fill(filing_condition_id=str(condition(chosen).id)).send()
    assert story.case.stage == Stage.pending_filing
    story.now = street.wall.now
    story.do("zhao", "filing").signed()
    street.wall.now = story.now
    with street.person(story.case.handler.username, size=PHONE) as handler:
        handler.take(story.case.number).choose("handling").fill(note="已清理完毕").send(refused=True)
        assert handler.typed("note") == "已清理完毕"
        handler.fill(photos=[picture(colour="green")]).send()
    assert story.case.photo_count == 2


def test_two_departments_that_return_a_case_lead_to_the_director(street):
    city = street.city
    story = Story(city, street.wall.now).filed()
    street.wall.now, number = story.now, story.case.number
    for clerk in (f"clerk.{story.case.department.code}", "parks_clerk"):
        with street.person(clerk) as one:
            one.take(number).choose("return_request").fill(reason="not_our_duty", note="权责清单列为他部门职责").send()
        with street.person("wang") as wang:
            wang.take(number).choose("return_grant").fill(note="情况属实").send()
            if story.case.stage == Stage.pending_dispatch:
                wang.choose("dispatch").fill(department_id=str(city.parks.id)).send()
    with street.person("qian") as qian:
        qian.take(number).choose("arbitration")
        qian.fill(department_id=str(city.sanitation.id), authorised_by="市政府办公室", minutes_number="2026-07").send()
    with street.person("clerk") as clerk:
        clerk.take(number)
        assert clerk.offered("signing")
        assert not clerk.offered("return_request")
    with street.person("parks_clerk") as stranger:
        stranger.page.goto("/desk/work")
        assert number not in stranger.text
