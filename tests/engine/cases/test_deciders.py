"""A department without a head: what it asks for goes to the next above, and waits for nobody in vain."""

from datetime import date

import pytest

from engine.cases import acts, adjusting, deciders, steps
from engine.cases.models import Stage
from engine.kit.db import db, unit_of_work
from engine.kit.errors import NotAllowed
from engine.notifications import jobs as notifications
from engine.organization import hiring
from tests.letters import messages
from tests.stories import Story

WORDS = {"reason": "materials", "value": None, "note": "等待配件到货"}


@pytest.fixture
def story(city):
    return Story(city).filed().signed()


def give(story, who, *posts):
    with unit_of_work():
        hiring.give_posts(story.city.user(who), list(posts), by=story.city.security_admin, at=story.now)


def without_a_head(story):
    give(story, "head", (story.city.sanitation, "handling_clerk", None))


def review(story):
    return next(task for task in steps.open_steps(story.case) if task.act == "extension_review")


def test_a_department_with_a_head_asks_him(city, story):
    story.do("clerk", "extension", **WORDS)
    assert review(story).group_name == f"department_head@dept:{city.sanitation.id}"


def test_without_one_the_head_of_the_department_above_is_asked(city, story):
    without_a_head(story)
    give(story, "parks_clerk", (city.department("city"), "department_head", None))
    above = city.actor("parks_clerk")
    story.do("clerk", "extension", **WORDS)
    assert review(story).group_name == f"department_head@dept:{city.department('city').id}"
    story.do(above, "extension_approval", note="情况属实").do("wang", "extension_approval", note="")
    assert story.case.extension_count == 1


def test_with_nobody_above_the_supervisors_are_asked_and_the_drawing_goes_on(city, story):
    without_a_head(story)
    story.do("clerk", "extension", **WORDS)
    assert review(story).group_name == deciders.NEXT_RUNG
    notifications.address_due(story.now)
    told = [one.user_id for one in messages() if one.kind == "adjustment_requested"]
    assert told == [city.zhou.id]
    offered = {offer.act.name for offer in acts.offers(story.case, steps.open_steps(story.case), city.zhou)}
    assert {"extension_approval", "extension_refusal"} <= offered
    story.do("zhou", "extension_approval", note="情况属实")
    assert story.waiting == {"handle", "review_by_dispatcher"}
    # One dispatcher is enough: nobody was asked twice.
    story.do("wang", "extension_approval", note="")
    assert story.case.extension_count == 1


def test_a_suspension_goes_the_same_way_to_its_end(city, story):
    without_a_head(story)
    resting = {"reason": "season", "until": date(2026, 4, 30), "safety_measure": "已设置围挡", "note": "待春季补植"}
    story.do("clerk", "suspension", **resting).do("zhou", "suspension_approval", note="情况属实")
    story.do("wang", "suspension_approval", note="").do("qian", "suspension_approval", note="")
    assert story.case.stage == Stage.suspended


def test_a_supervisor_may_refuse_in_the_heads_place(city, story):
    without_a_head(story)
    story.do("clerk", "extension", **WORDS).do("zhou", "extension_refusal", note="理由不充分")
    assert adjusting.pending(story.case) is None
    assert story.case.extension_count == 0


def test_a_supervisor_decides_on_nothing_that_has_its_own_reviewer(city, story):
    story.do("clerk", "extension", **WORDS)
    with pytest.raises(NotAllowed):
        story.do("zhou", "extension_approval", note="")
    db.session.rollback()
    story.do("head", "extension_approval", note="")
    with pytest.raises(NotAllowed):
        story.do("zhou", "extension_approval", note="")


def test_who_is_clerk_and_only_head_at_once_does_not_wait_for_himself(city, story):
    without_a_head(story)
    give(story, "clerk", (city.sanitation, "handling_clerk", None), (city.sanitation, "department_head", None))
    story.do(city.actor("clerk"), "extension", **WORDS)
    assert review(story).group_name == deciders.NEXT_RUNG
