"""Steps that a drawing gives to another department than the one that has the case."""

import pytest
from sqlalchemy import select

from engine.access.models import Role
from engine.cases import queries, reassigning, stages, step_departments, steps, succession, vocabulary
from engine.cases.errors import NotYourStep
from engine.cases.models import Case
from engine.kit.db import db, unit_of_work
from engine.organization import queries as queries_of_departments
from engine.organization.models import Department, Post
from engine.process import definitions, linting
from engine.process.subjects import Step
from tests.engine.studio.redrawn import Redrawn
from tests.stories import Story


def opinion(department, lane="handling_clerk_lane", **said):
    """What has been fed back is looked at by another department before the centre reviews it."""
    drawn = Redrawn().step(
        "opinion", lane, form="step", act="step", stage="feedback_review", department=department, **said
    )
    return drawn.lead("feedback_result_to_review_feedback", "opinion").flow("opinion", "review_feedback").xml


@pytest.fixture
def asked(city):
    """``asked("above")`` is a case whose opinion step was just opened, and that step."""

    def ask(department):
        with unit_of_work():
            definitions.publish("standard_case", opinion(department), by_id=None, at=Story(city).now)
        story = Story(city).filed().handled()
        return story, steps.open_steps(story.case)[0]

    return ask


def clerks(department):
    return f"handling_clerk@dept:{department.id}"


def test_one_department_by_its_code_gets_the_step_and_sees_the_case(city, asked):
    story, task = asked("code:landscaping")
    assert (task.node, task.group_name) == ("opinion", clerks(city.parks))
    assert story.case.department_id == city.sanitation.id
    assert queries.get(story.case_id, city.parks_clerk).id == story.case_id
    story.do("parks_clerk", "step", outcome="done", note="同意")
    assert "review_feedback" in [one.node for one in steps.open_steps(story.case)]


def test_only_that_department_does_it_and_gives_it_on(city, asked):
    story, task = asked("code:landscaping")
    with pytest.raises(NotYourStep):
        story.do(story.clerk, "step", outcome="done")
    assert reassigning.is_within_reach(story.case, task, city.parks_clerk)
    assert not reassigning.is_within_reach(story.case, task, story.clerk)
    named = {one.username for one in reassigning.candidates(story.case, task)}
    assert any(name.endswith(".landscaping") for name in named)
    assert not any(name.endswith(".sanitation") for name in named)


def test_the_department_above_or_the_nearest_that_has_such_people(city, asked):
    with unit_of_work():
        above, clerk = city.sanitation.parent, db.session.scalar(select(Role.id).where(Role.code == "handling_clerk"))
        db.session.add(Post(user_id=city.user("li").id, department_id=above.id, role_id=clerk))
    _, task = asked("above")
    assert task.group_name == clerks(above)


def test_a_rule_that_comes_to_nobody_leaves_it_with_the_department_that_has_the_case(city, asked):
    story, task = asked("owner")
    assert story.case.component_id is None
    assert task.group_name == clerks(city.sanitation)


def test_the_authority_list_may_be_asked(city, asked):
    _, task = asked("authority")
    assert task.group_name == clerks(city.sanitation)


def test_a_merged_department_hands_what_it_is_asked_to_its_successor(city, asked):
    story, task = asked("code:landscaping")
    other = next(one for one in queries_of_departments.departments() if one.code not in {"landscaping", "sanitation"})
    with unit_of_work():
        succession.pass_on(city.parks, other, by=city.system_admin, at=story.now)
    db.session.expire_all()
    assert (task.group_name, story.case.department_id) == (clerks(other), city.sanitation.id)


def test_a_case_that_goes_to_a_successor_leaves_what_others_are_asked_with_them(city, asked):
    story, task = asked("code:landscaping")
    other = next(one for one in queries_of_departments.departments() if one.code not in {"landscaping", "sanitation"})
    with unit_of_work():
        story.case.stage = "handling"
        succession.pass_on(city.sanitation, other, by=city.system_admin, at=story.now)
    db.session.expire_all()
    assert (task.group_name, story.case.department_id) == (clerks(city.parks), other.id)


def test_a_closed_department_is_asked_by_its_successors_name(city):
    step = Step("x", "x", "x", "handling_clerk", None, None, None, None, {"department": "code:landscaping"})
    with unit_of_work():
        parks = db.session.get(Department, city.parks.id)
        parks.is_active, parks.successor_id = False, city.sanitation.id
    assert step_departments.drawn(Case(), step, Story(city).now).id == city.sanitation.id


def told(drawing):
    return {one.element_id: one.text for one in linting.check(drawing)}


def test_the_check_knows_rules_and_departments(city):
    for name in vocabulary.department_names():
        assert told(opinion(name)) == {}, name
    assert {"above", "authority", "owner", "code:landscaping"} <= set(vocabulary.department_names())
    assert "There is no department" in told(opinion("code:nowhere"))["opinion"]
    assert "serve the whole city" in told(opinion("above", lane="director_lane"))["opinion"]


def test_the_check_knows_whom_a_step_may_have_told(city):
    for said in ("", "yes", "role", "role department_head supervisor"):
        assert told(opinion("above", notify=said)) == {}, said
    assert "no list of people to tell" in told(opinion("above", notify="role mayor"))["opinion"]


def test_whoever_asks_does_not_decide_in_another_departments_name_either(city):
    """The request for an extension goes to the parks bureau, whose only clerk is the one who asks."""
    story = Story(city).filed().signed()
    step = Step("x", "x", "x", "handling_clerk", None, "extension_review", None, "adjustment_review",
                {"department": "code:landscaping"})  # fmt: skip
    with unit_of_work(), stages.acting(city.parks_clerk):
        placed = stages.CaseFollower().place(story.case_id, step, {}, story.now)
    assert placed.group != clerks(city.parks)
    with unit_of_work(), stages.acting(city.clerk):
        placed = stages.CaseFollower().place(story.case_id, step, {}, story.now)
    assert placed.group == clerks(city.parks)
