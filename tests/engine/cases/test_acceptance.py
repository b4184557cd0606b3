"""Acceptance leaves a trace of what it changed."""

from sqlalchemy import select

from engine.cases.models import TimelineEntry
from engine.kit.db import db
from tests.stories import GARBAGE, Story, category, condition


def detail(story, act):
    found = select(TimelineEntry.detail).where(TimelineEntry.case_id == story.case_id, TimelineEntry.act == act)
    return db.session.scalars(found).one()


def propose(story, chosen, area="A"):
    answers = {"category_id": chosen.id, "filing_condition_id": condition(chosen).id, "area_class": area}
    return story.do("li", "filing_proposal", is_urgent=False, note="", **answers)


def test_another_category_and_area_class_keep_what_was_before(city):
    story = Story(city).report()
    story.case.area_class = "A"
    db.session.commit()
    other = category(code="0101")
    propose(story, other, "C")
    told = detail(story, "acceptance")
    assert (told["category"], told["category_before"]) == (other.name, category(code=GARBAGE).name)
    assert told["area_before"] == "A"


def test_what_stays_is_not_told_as_a_change(city):
    story = Story(city).report()
    propose(story, category(), story.case.area_class)
    assert set(detail(story, "acceptance")) == {"category"}


def test_a_first_category_has_none_before(city):
    story = Story(city).report(category_id=None)
    propose(story, category(), story.case.area_class)
    assert set(detail(story, "acceptance")) == {"category"}
