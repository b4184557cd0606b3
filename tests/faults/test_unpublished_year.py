"""A clock that runs into a year whose holidays nobody knows yet: said on the page, and nobody is late by it."""

from engine.kit import clock
from tests import city as cities
from tests.stories import Story

PROVISIONAL = "暂定"


def test_the_page_says_that_the_due_is_provisional_and_nobody_is_late(city, visit):
    story = Story(city, now=cities.at("2026-12-31 17:00")).filed()
    assert story.case.due_is_provisional
    story.wait(days=60)
    with clock.fixed(story.now):
        page = visit("wang").get(f"/desk/cases/{story.case_id}").text
        late = visit("wang").get("/desk/cases?lamp=red").text
    assert PROVISIONAL in page
    assert story.case.number not in late
    assert "overdue" not in story.told
