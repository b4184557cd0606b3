"""From a citizen's call to the call back: everybody at the own screen, the collector with a phone in one hand."""

import pytest
from sqlalchemy import select

from engine.cases import steps
from engine.cases.models import Case, Stage
from engine.kit.db import db
from tests import city as cities
from tests.journeys.people import picture
from tests.stories import category, condition
from tests.web.conftest import PHONE

pytestmark = pytest.mark.browser


def the_case() -> Case:
    db.session.rollback()
    return db.session.scalars(select(Case)).one()


def waiting() -> set[str]:
    return {task.node for task in steps.open_steps(the_case())}


def spot(city) -> str:
    return "{:.6f},{:.6f}".format(*city.spot)


def call_in(street) -> str:
    """Sun takes down a call; returns the number that she tells the citizen."""
    with street.person("sun") as sun:
        sun.open("/desk/calls/new")
        sun.fill(
            description="小区门口垃圾无人清运，气味很大",
            place="望江路 12 号门口",
            reporter_phone="13800001234",
            reporter_name="刘女士",
            point=spot(street.city),
            category_id=str(category().id),
        )
        sun.send()
        number = the_case().number
        assert number in sun.told
    return number


def confirmed(street, number: str) -> None:
    with street.person("li") as li:
        li.take(number).choose("confirmation_request").send()
    with street.person("chen", size=PHONE) as chen:
        chen.take(number).choose("confirmation").fill(result="true", photos=[picture()], note="现场属实").send()


def filed(street, number: str) -> None:
    chosen = category()
    with street.person("li") as li:
        li.take(number).choose("filing_proposal")
        li.page.wait_for_selector("[name=filing_condition_id]")
        li.fill(category_id=str(chosen.id), filing_condition_id=str(condition(chosen).id), area_class="A").send()
    with street.person("zhao") as zhao:
        zhao.take(number).choose("filing").fill(note="同意立案").send()
    if "dispatch" in waiting():
        with street.person("wang") as wang:
            wang.take(number).choose("dispatch").fill(department_id=str(street.city.sanitation.id)).send()


def handled(street, number: str) -> None:
    office = the_case().department.code
    with street.person(f"clerk.{office}") as clerk:
        clerk.take(number).choose("signing").send()
        clerk.choose("assignment").fill(handler_id={"index": 1}).send()
    street.work()
    with street.person(the_case().handler.username, size=PHONE) as handler:
        handler.take(number).choose("handling").fill(photos=[picture(colour="green")], note="已清理").send()
    with street.person(f"clerk.{office}") as clerk:
        clerk.take(number).choose("feedback").fill(note="已清运垃圾并冲洗地面").send()


def closed(street, number: str) -> None:
    with street.person("wang") as wang:
        wang.take(number).choose("feedback_acceptance").send()
    with street.person("chen", size=PHONE) as chen:
        chen.take(number).choose("verification").fill(result="passed", photos=[picture(colour="blue")]).send()
    with street.person("zhao") as zhao:
        zhao.take(number).choose("closure").fill(result="resolved").send()


def assessed(street, number: str) -> None:
    """A month later: the leader has the month counted, opens a number, and takes the document away."""
    street.wall.now = cities.at("2026-04-02 09:30")
    with street.person("wu") as wu:
        wu.open("/assessment/").page.click("a.list-title[href$='2026-03']")
        wu.page.click("form[action$='/computation'] button")
        wu.page.wait_for_selector(".headline")
        wu.page.wait_for_selector(".chart canvas, .chart svg")
        wu.look()
        document = wu.page.request.get("/assessment/2026-03/document.pdf")
        assert document.headers["content-type"] == "application/pdf"
        assert document.body().startswith(b"%PDF")
        wu.page.click(".tabled td.num a >> nth=0")
        wu.page.wait_for_selector("tr a.list-title")
        assert number in wu.look().text


def test_a_citizens_call_goes_all_the_way(street):
    number = call_in(street)
    confirmed(street, number)
    filed(street, number)
    handled(street, number)
    closed(street, number)
    with street.person("sun") as sun:
        sun.take(number).choose("call_back").fill(answer="satisfied").send()
        assert "刘女士" not in sun.text
    assert the_case().stage == Stage.closed
    assert the_case().photo_count == 3
    assessed(street, number)
