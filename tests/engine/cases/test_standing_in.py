"""Acts in the name of somebody who is away: offered, told with both names, and kept apart for both persons."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.access import actors, delegating
from engine.cases import acts, policy, steps, timeline, worklist
from engine.cases.errors import AskedForIt, HandledIt, NotYourStep
from engine.cases.models import TimelineEntry
from engine.cases.worklist import WorkFilter
from engine.kit.db import db, unit_of_work
from engine.kit.errors import NotAllowed
from engine.organization import hiring
from tests.stories import Story, category, condition


@pytest.fixture
def story(city):
    return Story(city).filed()


def away(city, giver, to, moment):
    """``giver`` is away for two days, ``to`` stands in; returns the latter as he is then."""
    with unit_of_work():
        delegating.delegate(
            city.user(giver), city.user(to).id, moment, moment + timedelta(days=2), "年休假", by=city.actor(giver),
            at=moment,
        )  # fmt: skip
    return actors.load(city.user(to).id, at=moment)


def entries(story, act):
    told = select(TimelineEntry).where(TimelineEntry.case_id == story.case_id, TimelineEntry.act == act)
    return db.session.scalars(told.order_by(TimelineEntry.id)).all()


def names(story, actor):
    return [offer.act.name for offer in acts.offers(story.case, steps.open_steps(story.case), actor)]


def work(actor, story):
    return [row.case.id for row in worklist.find(WorkFilter(), actor, at=story.now).rows]


def test_the_stand_in_finds_the_work_and_does_it_in_both_names(city, story):
    assert work(city.handler, story) == []
    handler = away(city, "clerk", "handler", story.now)
    assert work(handler, story) == [story.case_id]
    assert "signing" in names(story, handler)
    story.do(handler, "signing")
    entry = entries(story, "signing")[0]
    assert entry.by_name == city.handler.name
    assert entry.detail["on_behalf_of"] == city.clerk.name


def test_what_he_may_do_himself_he_does_in_his_own_name(city, story):
    story.signed()
    handler = away(city, "clerk", "handler", story.now)
    story.do(handler, "handling", note="已清理")
    assert "on_behalf_of" not in entries(story, "handling")[0].detail
    assert not timeline.took_part(story.case_id, {city.clerk.id}, "handled")


def test_what_was_given_to_the_absent_by_name_is_the_stand_ins_too(city, story):
    story.signed()
    clerk = away(city, "handler", "clerk", story.now)
    assert work(clerk, story) == [story.case_id]
    story.do(clerk, "handling", note="已清理")
    assert entries(story, "handling")[0].detail["on_behalf_of"] == city.handler.name
    # Both handled it now, whoever it was with his own hands.
    for person in (city.clerk, city.handler):
        with pytest.raises(HandledIt):
            policy.check_apart(story.case, person)


def test_an_act_is_offered_once_where_both_may_do_it(city, story):
    clerk = away(city, "handler", "clerk", story.now)
    assert names(story, clerk).count("comment") == 1
    assert names(story, clerk).count("signing") == 1


def test_nobody_verifies_what_the_absent_handled(city, story):
    story.handled().do("wang", "feedback_acceptance")
    with unit_of_work():
        timeline.involve(story.case_id, city.lin.id, "handled")
        # The step is offered to the whole pool: to Sun only in the name of Lin.
        hiring.give_posts(
            city.user("sun"), [(city.department("center"), "call_taker", None)], by=city.security_admin, at=story.now
        )
    sun = away(city, "lin", "sun", story.now)
    assert work(sun, story) == []
    with pytest.raises((HandledIt, NotYourStep)):
        story.do(sun, "verification", result="passed", note="已整改")


def test_nobody_verifies_for_another_what_he_handled_himself(city, story):
    story.handled().do("wang", "feedback_acceptance")
    with unit_of_work():
        timeline.involve(story.case_id, city.sun.id, "handled")
    sun = away(city, "chen", "sun", story.now)
    assert work(sun, story) == []
    with pytest.raises(HandledIt):
        story.do(sun, "verification", result="passed", note="已整改")


def test_two_persons_file_even_where_one_stands_in(city):
    story = Story(city).report()
    zhao = away(city, "li", "zhao", story.now)
    chosen = {"area_class": "A", "is_urgent": False, "note": ""}
    # The story's own Li is away: Zhao proposes in his name.
    story.do(zhao, "filing_proposal", category_id=category().id, filing_condition_id=condition(category()).id, **chosen)
    assert "filing" not in names(story, zhao)
    for person in (city.zhao, zhao):
        with pytest.raises(NotAllowed):
            story.do(person, "filing")


def test_who_asked_through_a_stand_in_does_not_decide(city, story):
    story.signed()
    handler = away(city, "clerk", "handler", story.now)
    story.do(handler, "extension", reason="weather", note="连续降雨，无法施工", value=1.0, unit="working_days")
    task = next(task for task in steps.open_steps(story.case) if task.act == "extension_review")
    with unit_of_work():
        hiring.give_posts(
            city.user("clerk"),
            [(city.sanitation, "handling_clerk", None), (city.sanitation, "department_head", None)],
            by=city.security_admin,
            at=story.now,
        )
    clerk = city.actor("clerk")
    assert policy.is_offered(task, clerk)
    with pytest.raises(AskedForIt):
        policy.check_hands(story.case, task, clerk)
    assert [row.task.act for row in worklist.find(WorkFilter(), clerk, at=story.now).rows] == []


def test_after_it_ended_nothing_is_offered(city, story):
    away(city, "clerk", "handler", story.now)
    later = actors.load(city.handler.id, at=story.now + timedelta(days=2))
    assert names(story, later) in ([], ["comment"])
    with pytest.raises(NotAllowed):
        story.do(later, "signing")
