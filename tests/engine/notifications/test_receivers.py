"""What the rooms below announce reaches those whom it concerns: the ladder, orders, adjustments, calendars."""

from datetime import date, timedelta

import pytest

from engine.calendars import jobs as calendars
from engine.cases import queries, stages, step_notices, steps
from engine.cases.models import Case
from engine.kit.db import db, unit_of_work
from engine.notifications import jobs
from engine.process import definitions
from engine.process.subjects import Placement, Step
from engine.studio import drafting, reviewing
from engine.supervision import jobs as supervision
from engine.supervision import orders
from engine.supervision.models import SupervisionOrder
from tests.engine.studio.redrawing import renamed
from tests.letters import messages
from tests.stories import Story


@pytest.fixture
def story(city):
    return Story(city).filed().signed()


def told(city, at, kind):
    """User names of those who were told of ``kind``."""
    jobs.address_due(at)
    return sorted(one.user.username for one in messages() if one.kind == kind)


def people(story, *roles):
    return sorted(f"{role}.{story.case.department.code}" for role in roles)


def test_amber_urges_whoever_has_the_case_and_red_tells_its_head(city, story):
    supervision.run_due(story.case.amber_at)
    assert told(city, story.case.amber_at, "urged") == people(story, "handler")
    supervision.run_due(story.case.due_at)
    assert told(city, story.case.due_at, "escalated") == people(story, "head")
    assert told(city, story.case.due_at, "order_issued") == people(story, "clerk", "head")


def test_an_order_its_answer_and_what_becomes_of_it(city, story):
    with unit_of_work():
        orders.issue(queries.lock(story.case_id, city.zhou), "请今日内处置", by=city.zhou, at=story.now)
    assert told(city, story.now, "order_issued") == people(story, "clerk", "head")
    with unit_of_work():
        order = db.session.query(SupervisionOrder).one()
        orders.reply(order, "今日十八时前处置完毕", by=story.clerk, at=story.now)
    assert told(city, story.now, "order_replied") == ["supervisor.zhou"]
    with unit_of_work():
        orders.send_back(db.session.query(SupervisionOrder).one(), "请写明措施", by=city.zhou, at=story.now)
    assert told(city, story.now, "order_reviewed") == people(story, "clerk")
    (message,) = [one for one in messages() if one.kind == "order_reviewed"]
    assert message.params["outcome"] == "the answer is sent back; another is needed"


def test_whoever_decides_is_asked_and_whoever_asked_is_told(city, story):
    story.do(story.clerk, "extension", reason="materials", value=4, note="等待配件到货")
    asked = told(city, story.now, "adjustment_requested")
    assert asked
    decider = next(name for name in asked if name in {"dispatcher.wang", f"head.{story.case.department.code}"})
    assert told(city, story.now, "adjustment_decided") == []
    story.do(city.actor(decider), "extension_refusal", note="材料不足")
    assert told(city, story.now, "adjustment_decided") == people(story, "clerk")
    (message,) = [one for one in messages() if one.kind == "adjustment_decided"]
    assert (message.params["adjustment"], message.params["outcome"]) == ("Extension", "refused")


def test_of_a_granted_suspension_hears_whoever_asked_for_it_and_it_is_work_for_nobody(city, story):
    story.do(
        story.clerk, "suspension", reason="season", until=date(2026, 4, 30), safety_measure="围挡封闭", note="春季补植"
    )
    before = told(city, story.now, "step_given")
    for decider in ("head", "wang", "qian"):
        assert story.case.stage == "handling"
        story.do(city.actor(decider), "suspension_approval")
    assert story.case.stage == "suspended"
    assert told(city, story.now, "adjustment_decided") == people(story, "clerk")
    assert told(city, story.now, "step_given") == before


def test_a_year_that_is_missing_is_told_to_those_who_keep_calendars(city, at):
    october = at("2026-10-09 09:00")
    assert calendars.tell_missing_years(october) == 1
    assert told(city, october, "year_missing") == ["admin"]
    assert "2027" in messages()[-1].params["years"]


def test_a_department_that_gives_a_case_back_is_heard_by_the_dispatchers(city):
    story = Story(city).filed()
    story.do(story.clerk, "return_request", reason="not_ours", note="不属于我单位职责")
    assert "dispatcher.wang" in told(city, story.now + timedelta(minutes=1), "returned")


def test_a_whole_role_is_told_of_a_step_where_the_drawing_asks_for_it(city, story):
    def given(**properties):
        task = steps.open_steps(story.case)[0]
        step = Step(task.id, "second", "领导复审", "leader", "step", "step", None, None, properties)
        with unit_of_work():
            stages.given.send(
                story.case, step=step, placement=Placement(group="leader"), by_id=city.zhou.id, at=story.now
            )
        return [name for name in told(city, story.now, "step_given") if name.startswith("leader")]

    assert given() == []
    assert given(notify="yes") == ["leader.wu"]


@pytest.fixture
def opened(city, story):
    """User names of those who are told when a step that asks for ``notify`` opens."""

    def open_step(notify, **placement):
        task = steps.open_steps(story.case)[0]
        step = Step(task.id, "second", "领导复审", "leader", "step", "step", None, None, {"notify": notify})
        placed = Placement(**(placement or {"group": "leader"}))
        with unit_of_work():
            stages.given.send(story.case, step=step, placement=placed, by_id=city.wang.id, at=story.now)
        before = len(messages())
        jobs.address_due(story.now)
        return sorted(one.user.username for one in messages()[before:])

    jobs.address_due(story.now)
    return open_step


def test_a_drawing_chooses_who_is_told_when_a_step_opens(city, story, opened):
    [head] = people(story, "head")
    assert opened("role") == opened("yes") == ["leader.wu"]
    supervisors = opened("supervisor")
    assert "supervisor.zhou" in supervisors
    assert "leader.wu" not in supervisors
    assert opened("department_head") == [head]
    assert opened("role department_head supervisor") == sorted(["leader.wu", head, *supervisors])
    assert opened("department_head", assignee_id=city.user("leader.wu").id) == [head, "leader.wu"]
    assert set(opened("department_head", group=f"handling_clerk@dept:{story.case.department_id}")) == {
        head,
        *people(story, "clerk"),
    }


def test_however_many_are_chosen_it_is_one_row_and_no_further_statement(city, story, statements):
    def cost(notify):
        step = Step("x", "second", "领导复审", "leader", "step", "step", None, None, {"notify": notify})
        with statements() as ran, unit_of_work():
            stages.given.send(story.case, step=step, placement=Placement(group="leader"), by_id=None, at=story.now)
        return len(ran)

    assert story.case.department_id
    assert cost("role department_head supervisor") == cost("yes")


def test_who_is_told_when_a_step_opens_hears_nothing_of_its_going_from_hand_to_hand(city, story):
    told(city, story.now, "step_given")
    task, placement = steps.open_steps(story.case)[0], Placement(assignee_id=city.user("leader.wu").id)
    before = len(messages())
    with unit_of_work():
        stages.given.send(story.case, step=task, placement=placement, by_id=None, at=story.now)
    jobs.address_due(story.now)
    assert [one.user.username for one in messages()[before:]] == ["leader.wu"]


def test_no_head_is_told_before_a_department_has_the_case():
    step = Step("x", "x", "x", "leader", None, None, None, None, {"notify": "department_head supervisor"})
    assert list(step_notices.others(Case(), step)) == ["supervisor"]


@pytest.fixture
def draft(city):
    with unit_of_work():
        source = drafting.Source("standard_case", renamed("handle", "repair"), definitions.in_force("standard_case").id)
        return drafting.begin(source, by=city.system_admin, at=Story(city).now).id


def submitted(city, draft):
    with unit_of_work():
        return reviewing.submit(
            draft, revision=1, note="处置改名", has_read=True, by=city.system_admin, at=Story(city).now
        )


def test_reviewers_are_told_of_a_draft_and_its_makers_of_what_becomes_of_it(city, draft):
    now = Story(city).now
    submitted(city, draft)
    reviewers = told(city, now, "draft_submitted")
    assert "director.qian" in reviewers
    assert "admin" not in reviewers
    with unit_of_work():
        reviewing.send_back(draft, revision=1, reason="缺少二级审批", by=city.qian, at=now)
    assert told(city, now, "draft_returned") == ["admin"]
    submitted(city, draft)
    with unit_of_work():
        reviewing.approve(draft, revision=1, note="", by=city.qian, at=now)
    assert told(city, now, "draft_published") == ["admin"]
    (message,) = [one for one in messages() if one.kind == "draft_published"]
    assert (message.params["version"], message.params["drawing"]) == (2, "城市管理案件标准流程")
