"""An order ends with its case: nobody answers for what is over, and nobody is told that he should have."""

from datetime import timedelta

import pytest

from engine.cases import queries
from engine.cases.models import TimelineEntry
from engine.deadlines import clocks
from engine.deadlines.models import Clock
from engine.kit.db import db, unit_of_work
from engine.supervision import jobs, order_lists, orders
from engine.supervision.errors import OrderCaseEnded, OrderEnded, OrderWaits
from engine.supervision.models import SupervisionOrder
from tests.stories import Story

TEXT = "请书面说明情况"


@pytest.fixture
def story(city) -> Story:
    return Story(city).filed().signed()


def issue(story: Story) -> None:
    with unit_of_work():
        orders.issue(queries.lock(story.case_id, story.city.zhou), TEXT, by=story.city.zhou, at=story.now)


def the_order() -> SupervisionOrder:
    db.session.expire_all()
    return db.session.query(SupervisionOrder).order_by(SupervisionOrder.id.desc()).first()


def do(story: Story, what, *said, by: str) -> None:
    with unit_of_work():
        order = orders.lock(the_order().id, getattr(story.city, by))
        what(order, *said, by=getattr(story.city, by), at=story.now)


def closed(story: Story) -> Story:
    story.do("handler", "handling", note="已清理").do("clerk", "feedback", note="已处置完毕").verified()
    return story.do("zhao", "closure", result="resolved")


def voided(story: Story) -> Story:
    return story.do("zhao", "voiding", reason="duplicate", note="重复立案")


def traces(story: Story) -> list[TimelineEntry]:
    return db.session.query(TimelineEntry).filter_by(case_id=story.case_id, act="order_end").all()


@pytest.mark.parametrize(("end", "outcome"), [(closed, "case_closed"), (voided, "case_void")])
def test_an_order_without_an_answer_ends_with_its_case(story, end, outcome):
    issue(story)
    due = the_order().reply_due_at
    end(story)
    order = the_order()
    assert (order.state, order.ended_at, order.reply) == ("ended", story.now, "")
    (trace,) = traces(story)
    assert (trace.by_id, trace.detail["outcome"], trace.detail["number"]) == (None, outcome, order.number)
    assert not clocks.open_clocks(orders.KIND, order.id)
    assert [entry.act for entry in order_lists.history(order)] == ["order", "order_end"]
    told = len(story.told)
    jobs.run_due(due + timedelta(days=30))
    db.session.expire_all()
    assert len(story.told) == told, "nobody is escalated to"
    assert order_lists.counts(story.city.zhou, at=due + timedelta(days=30)) == {"late": 0, "open": 0, "replied": 0}
    with pytest.raises(OrderEnded):
        do(story, orders.reply, "已经办结的答复", by="clerk")


def test_an_overdue_answer_stays_overdue_on_record(story):
    issue(story)
    order = the_order()
    story.now = order.reply_due_at + timedelta(hours=2)
    jobs.run_due(story.now)
    closed(story)
    clock = db.session.query(Clock).filter_by(subject_kind=orders.KIND, subject_id=order.id).one()
    assert clock.state == "stopped"
    assert clock.stopped_at > clock.due_at


@pytest.mark.parametrize("end", [closed, voided])
def test_an_answer_that_was_written_is_still_read_but_no_other_is_asked_for(story, end):
    issue(story)
    do(story, orders.reply, "已安排清运，今日完成", by="clerk")
    end(story)
    assert the_order().state == "replied"
    assert traces(story) == []
    with pytest.raises(OrderCaseEnded):
        do(story, orders.send_back, "请写明时间", by="zhou")
    db.session.rollback()
    do(story, orders.accept, by="zhou")
    assert the_order().state == "accepted"


@pytest.mark.parametrize("end", [closed, voided])
def test_a_reopened_case_leaves_the_old_order_ended_and_takes_a_new_one(story, end):
    issue(story)
    end(story).do("zhao", "reopening", reason="问题复发")
    first = the_order()
    assert first.state == "ended"
    if "dispatch" in story.waiting:
        story.do("wang", "dispatch", department_id=story.city.sanitation.id)
    story.do(story.clerk, "signing")
    issue(story)
    second = the_order()
    assert (second.id > first.id, second.state) == (True, "open")
    assert clocks.open_clocks(orders.KIND, second.id).keys() == {orders.REPLY}
    with pytest.raises(OrderWaits):
        issue(story)


def test_an_order_about_a_case_that_went_back_ends_with_it_too(story):
    """The department gave the case back and has it no more when it ends."""
    story = Story(story.city).filed()
    issue(story)
    story.do("clerk", "return_request", reason="not_our_duty", note="不属于我单位").do(
        "wang", "return_grant", note="同意"
    )
    assert the_order().state == "open"
    voided(story)
    assert the_order().state == "ended"
