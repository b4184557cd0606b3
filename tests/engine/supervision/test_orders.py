"""Supervision orders: issued, answered in writing by the department itself, accepted or sent back."""

from datetime import UTC, timedelta

import pytest

from engine.cases import queries
from engine.cases.errors import CaseNotFound
from engine.deadlines import clocks
from engine.kit.db import db, unit_of_work
from engine.kit.errors import Invalid, NotAllowed
from engine.supervision import jobs, key_cases, orders, watching
from engine.supervision.errors import (
    KeyAlready,
    NotAtDepartment,
    NotKey,
    NotYourOrder,
    OrderEnded,
    OrderNotReplied,
    OrderReplied,
    OrderWaits,
)
from engine.supervision.models import OrderLevel, SupervisionOrder
from tests.stories import Story


@pytest.fixture
def story(city) -> Story:
    """A case that the sanitation bureau has in hand."""
    return Story(city).filed().signed()


def issue(story: Story, **changes) -> SupervisionOrder:
    with unit_of_work():
        case = queries.lock(story.case_id, story.city.zhou)
        given = {"text": "群众多次反映，请今日内处置", "by": story.city.zhou, "at": story.now}
        orders.issue(case, **(given | changes))
    return db.session.query(SupervisionOrder).one()


def act(story: Story, what, *said, by: str, minutes: int = 10) -> SupervisionOrder:
    story.now += timedelta(minutes=minutes)
    with unit_of_work():
        order = orders.lock(db.session.query(SupervisionOrder).one().id, getattr(story.city, by))
        what(order, *said, by=getattr(story.city, by), at=story.now)
    db.session.expire_all()
    return db.session.query(SupervisionOrder).one()


def test_an_order_has_a_number_and_a_clock_of_its_own(story):
    due = story.case.due_at
    order = issue(story, level=OrderLevel.key)
    assert (order.state, order.level, order.origin) == ("open", "key", "manual")
    clock = clocks.open_clock(orders.KIND, order.id, orders.REPLY)
    assert clock.due_at == order.reply_due_at
    assert story.case.due_at == due, "an order stops no clock of the case"
    assert story.told[-1] == "order"


def test_its_number_has_the_day_of_the_city(story):
    story.now = story.now.astimezone(UTC) - timedelta(hours=2)
    order = issue(story)
    assert order.number == f"DB20260302-{order.id}", "23 o'clock of the day before in Greenwich"


def test_the_department_answers_and_the_supervisor_is_content(story):
    issue(story)
    order = act(story, orders.reply, "已安排清运，今日 17 时前完成", by="clerk")
    assert (order.state, order.replied_by_id) == ("replied", story.city.clerk.id)
    assert not clocks.open_clocks(orders.KIND, order.id)
    order = act(story, orders.accept, by="zhou")
    assert (order.state, order.ended_at) == ("accepted", story.now)
    assert story.told[-3:] == ["order", "order_reply", "order_acceptance"]


def test_an_answer_that_does_not_do_is_sent_back_with_a_new_time_limit(story):
    first = issue(story).reply_due_at
    act(story, orders.reply, "正在处理", by="head")
    order = act(story, orders.send_back, "没有写完成时间", by="zhou", minutes=60)
    assert (order.state, order.times_sent_back) == ("open", 1)
    assert order.reply_due_at > first


def test_one_order_at_a_time(story):
    issue(story)
    with pytest.raises(OrderWaits, match="DB"):
        issue(story)


def test_who_may_do_what(story):
    with pytest.raises(NotAllowed):
        issue(story, by=story.city.clerk)
    issue(story)
    for who, refusal in (("parks_clerk", CaseNotFound), ("zhou", NotYourOrder), ("wang", NotYourOrder)):
        with pytest.raises(refusal):
            act(story, orders.reply, "与我无关的回复", by=who)
        db.session.rollback()
    with pytest.raises(NotAllowed):
        act(story, orders.withdraw, "不想回复", by="clerk")


def test_acts_in_the_wrong_order_are_refused(story):
    issue(story)
    with pytest.raises(OrderNotReplied):
        act(story, orders.accept, by="zhou")
    db.session.rollback()
    act(story, orders.reply, "已安排清运", by="clerk")
    with pytest.raises(OrderReplied):
        act(story, orders.reply, "再回复一次", by="clerk")
    db.session.rollback()
    act(story, orders.withdraw, "已现场办结", by="zhou")
    with pytest.raises(OrderEnded):
        act(story, orders.send_back, "补充说明", by="zhou")


@pytest.mark.parametrize("text", ["", "  ", "好"])
def test_an_answer_needs_words(story, text):
    issue(story)
    with pytest.raises(Invalid) as refusal:
        act(story, orders.reply, text, by="clerk")
    assert "reply" in refusal.value.fields


def test_no_order_to_nobody(city):
    story = Story(city).report()
    with pytest.raises(NotAtDepartment):
        issue(story)


def test_an_order_that_nobody_answers_is_told_to_the_head_and_the_supervisor(story):
    order, told = issue(story), []

    def keep(_, **said):
        if said["clock"] == orders.REPLY:
            told.append((said["role"], said["clock"]))

    watching.escalated.connect(keep)
    jobs.run_due(order.reply_due_at)
    assert told == [("department_head", "reply"), ("supervisor", "reply")]


def test_a_key_case_is_watched_until_it_is_released(story):
    def do(what, reason):
        with unit_of_work():
            what(queries.lock(story.case_id, story.city.zhou), reason, by=story.city.zhou, at=story.now)

    do(key_cases.mark, "媒体报道")
    assert key_cases.watched(story.case_id).reason == "媒体报道"
    with pytest.raises(KeyAlready):
        do(key_cases.mark, "再次报道")
    db.session.rollback()
    do(key_cases.release, "已整改")
    assert key_cases.watched(story.case_id) is None
    with pytest.raises(NotKey):
        do(key_cases.release, "已整改")
    db.session.rollback()
    do(key_cases.mark, "问题复发")
    assert story.told[-3:] == ["key", "key_end", "key"]
