"""Steps change hands: a head within his departments, a supervisor anywhere, and whoever takes a step over."""

import pytest
from sqlalchemy import select

from engine.access.models import Role
from engine.access.permissions import Permission, Scope
from engine.cases import acts, policy, reassigning, steps, timeline
from engine.cases.errors import CaseEnded, HandledIt, HasItAlready, StepNotOpen
from engine.cases.models import TimelineEntry
from engine.kit.db import db, unit_of_work
from engine.kit.errors import Invalid, NotAllowed
from engine.organization import hiring
from tests.stories import Story


@pytest.fixture
def story(city):
    return Story(city).filed()


@pytest.fixture
def second(city, story):
    """Another handler of the sanitation bureau."""
    return hired(city, story, "second", "handler")


def hired(city, story, username, role):
    with unit_of_work():
        hiring.hire(
            username, "新来的", "Correct-Horse-7", [(city.sanitation, role, None)], by=city.system_admin, at=story.now
        )
    return city.actor(username)


def step(story):
    return steps.open_steps(story.case)[0]


def last(story):
    return db.session.scalars(
        select(TimelineEntry).where(TimelineEntry.case_id == story.case_id).order_by(TimelineEntry.id.desc())
    ).first()


def names(story, who):
    return {offer.act.name for offer in acts.offers(story.case, steps.open_steps(story.case), getattr(story.city, who))}


def give(story, who, person, **values):
    return story.do(who, "reassignment", person_id=person.id, reason="原处置人员请假", **values)


def test_the_head_gives_a_step_to_another_handler_and_nothing_else_changes(city, story, second):
    due = step(story.signed()).due_at
    give(story, "head", second)
    assert (step(story).assignee_id, step(story).due_at, story.case.handler_id) == (second.id, due, second.id)
    told = last(story)
    assert (told.act, told.note) == ("reassignment", "原处置人员请假")
    assert (told.detail["person_before"], told.detail["person"]) == (city.handler.name, second.name)
    with pytest.raises(NotAllowed):
        story.do("handler", "handling", note="已清理")
    story.do(second, "handling", note="已清理")


def test_a_supervisor_gives_steps_of_the_centre_and_of_any_department(city, story):
    story.handled()
    assert "reassignment" in names(story, "zhou")
    task = step(story)
    assert city.wang.id in {one.id for one in reassigning.candidates(story.case, task)}
    give(story, "zhou", city.wang)
    assert step(story).assignee_id == city.wang.id
    assert "reassignment" not in names(story, "head"), "the centre's step is not the head's to give"


def test_others_give_nothing(city, story, second):
    story.signed()
    for who in ("clerk", "handler", "parks_clerk", "wang", "wu"):
        if who != "parks_clerk":
            assert "reassignment" not in names(story, who)
            with pytest.raises(NotAllowed):
                give(story, who, second)


def test_only_somebody_who_may_do_the_step_is_accepted(city, story):
    story.signed()
    for person in (city.parks_handler, city.wang, city.head):
        with pytest.raises(Invalid) as refused:
            give(story, "head", person)
        assert list(refused.value.fields) == ["person_id"]
    with pytest.raises(HasItAlready):
        give(story, "head", city.handler)


def test_nobody_is_given_the_verification_of_what_he_handled(city, story):
    story.handled().do("wang", "feedback_acceptance")
    with unit_of_work():
        timeline.involve(story.case_id, city.lin.id, "handled")
    offered = {one.id for one in reassigning.candidates(story.case, step(story))}
    assert city.chen.id in offered and city.lin.id not in offered
    with pytest.raises(Invalid):
        give(story, "zhou", city.lin)


def test_giving_the_step_of_assigning_to_a_handler_assigns_the_case(city, story, second):
    story.do("clerk", "signing")
    give(story, "head", second)
    assert story.case.handler_id == second.id
    assert story.waiting == {"handle"}
    assert story.told[-1] == "assignment"


def test_a_colleague_takes_over_what_was_given_to_another(city, story, second):
    story.signed()
    story.do(second, "takeover", note="就近处理")
    assert step(story).assignee_id == second.id
    assert last(story).detail["person_before"] == city.handler.name
    with pytest.raises(NotAllowed):
        story.do(second, "takeover")


def test_a_head_who_takes_a_step_over_does_it_himself(city, story):
    story.signed()
    with pytest.raises(NotAllowed):
        story.do("head", "handling", note="已清理")
    story.do("head", "takeover", note="我来处理")
    assert "handling" in names(story, "head")
    story.do("head", "handling", note="已清理")
    with pytest.raises(HandledIt):
        policy.check_apart(story.case, city.head)


def test_who_handled_takes_no_verification_over(city, story):
    story.handled().do("wang", "feedback_acceptance")
    with unit_of_work():
        timeline.involve(story.case_id, city.lin.id, "handled")
    assert "takeover" not in names(story, "lin")
    with pytest.raises(NotAllowed):
        story.do("lin", "takeover")


def test_a_head_of_a_higher_department_reaches_those_below(city, story):
    role = db.session.scalars(select(Role).where(Role.code == "department_head")).one()
    assert role.scope == Scope.department
    with unit_of_work():
        hiring.give_posts(
            city.user("parks_clerk"),
            [(city.department("city"), "department_head", None)],
            by=city.security_admin,
            at=story.now,
        )
    above = city.actor("parks_clerk")
    assert above.has(Permission.department_lead)
    assert story.case.department_id in above.reach.department_ids
    assert reassigning.movable(story.case, steps.open_steps(story.case), above)


def test_a_step_that_is_done_is_given_to_nobody(city, story, second):
    task = step(story.signed()).id
    story.do("handler", "handling", note="已清理")
    values = {"task_id": task, "person_id": second.id, "reason": "请假"}
    with pytest.raises(StepNotOpen):
        reassigning.reassign(story.case, values, by=city.head, at=story.now)


def test_nothing_is_given_in_a_case_that_has_ended(city, story, second):
    story.handled().verified().do("zhao", "closure", result="resolved")
    with pytest.raises(CaseEnded):
        give(story, "zhou", second)
