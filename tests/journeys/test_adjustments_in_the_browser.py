"""An extension and a suspension: asked for in the department, decided step by step, seen by everybody afterwards."""

import pytest

from engine.cases.models import Stage
from tests import city as cities
from tests.journeys.people import picture
from tests.stories import Story
from tests.web.conftest import PHONE

pytestmark = pytest.mark.browser


@pytest.fixture
def story(street):
    """A case that the sanitation bureau's handler has had since a minute ago."""
    story = Story(street.city, now=street.wall.now).filed().signed()
    street.wall.now = story.now
    return story


def page_of(story) -> str:
    return f"/desk/cases/{story.case_id}"


def approved(street, story, act, *people) -> None:
    for who in people:
        with street.person(who) as person:
            person.take(story.case.number).choose(act).fill(note="情况属实，同意").send()


def test_a_department_gets_more_time(street, story):
    before = story.case.due_at
    with street.person("clerk") as clerk:
        clerk.open(page_of(story)).choose("extension")
        whole = clerk.page.inner_text("#preview")
        clerk.fill(reason="materials", value=str(story.case.limit_value / 2), note="等待配件到货，预计周五完成")
        clerk.page.locator("[name=note]").focus()
        clerk.page.wait_for_function("before => document.querySelector('#preview').innerText !== before", arg=whole)
        clerk.look().send()
        assert story.case.due_at == before
    approved(street, story, "extension_approval", "head", "wang")
    with street.person("handler", size=PHONE) as handler:
        handler.take(story.case.number).look()
        assert "延期 1 次" in handler.text
    assert story.case.due_at > before


def test_an_extension_asked_for_too_late_says_so_and_keeps_what_was_typed(street, story):
    street.wall.now = story.case.due_at
    with street.person("clerk") as clerk:
        clerk.open(page_of(story)).choose("extension")
        clerk.fill(reason="materials", note="等待配件到货").send(refused=True)
        assert "超期案件不得延期" in clerk.text
        assert clerk.typed("note") == "等待配件到货"


def test_a_case_rests_and_goes_on_by_itself(street, story):
    number = story.case.number
    with street.person("clerk") as clerk:
        clerk.open(page_of(story)).choose("suspension")
        clerk.fill(reason="season", until="2026-03-31", safety_measure="已设置围挡和警示标志", note="苗木须春季补植")
        clerk.fill(photos=[picture(colour="orange")]).send()
    approved(street, story, "suspension_approval", "head", "wang", "qian")
    assert story.case.stage == Stage.suspended
    with street.person("handler", size=PHONE) as handler:
        assert number not in handler.open("/desk/work").text
        assert not handler.open(page_of(story)).offered("handling")
    with street.person("clerk") as clerk:
        assert "挂账中" in clerk.take(number).look().text
    street.wall.now = cities.at("2026-04-01 08:30")
    street.work()
    # A month later, at another screen: the session at the first one is over.
    with street.person("handler") as handler:
        assert handler.take(number).offered("handling")
        assert "挂账到期，自动恢复" in handler.text


def test_a_suspension_is_lifted_early(street, story):
    with street.person("clerk") as clerk:
        clerk.open(page_of(story)).choose("suspension")
        clerk.fill(reason="works", until="2026-05-31", safety_measure="已设置围挡和警示标志", note="待工程立项")
        clerk.fill(photos=[picture(colour="orange")]).send()
    approved(street, story, "suspension_approval", "head", "wang", "qian")
    with street.person("wang") as wang:
        wang.open(page_of(story)).choose("suspension_lift").fill(note="工程已批复").send()
    assert story.case.stage == Stage.handling
