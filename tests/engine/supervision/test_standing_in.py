"""Who stands in for somebody supervises and answers in his name, and the traces name both."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.access import actors, delegating
from engine.cases import queries
from engine.cases.models import TimelineEntry
from engine.kit.db import db, unit_of_work
from engine.kit.errors import NotAllowed
from engine.supervision import bulk, key_cases, orders, urging
from engine.supervision.errors import NotYourOrder
from engine.supervision.models import BulkRow, SupervisionOrder
from tests.stories import Story


@pytest.fixture
def story(city):
    return Story(city).filed().signed()


def away(city, giver, to, moment):
    """``giver`` is away for two days, ``to`` stands in; returns the latter as he is then."""
    with unit_of_work():
        until = moment + timedelta(days=2)
        delegating.delegate(
            city.user(giver), city.user(to).id, moment, until, "年休假", by=city.actor(giver), at=moment
        )
    return actors.load(city.user(to).id, at=moment)


def names(story):
    """Who did each act of supervision, and for whom."""
    rows = select(TimelineEntry).where(TimelineEntry.case_id == story.case_id).order_by(TimelineEntry.id)
    kinds = {"urging", "order", "order_reply", "order_acceptance", "order_return", "order_withdrawal", "key", "key_end"}
    found = [entry for entry in db.session.scalars(rows) if entry.act in kinds]
    return [(entry.act, entry.by_name, entry.detail.get("on_behalf_of")) for entry in found]


def test_everything_that_a_supervisor_does_names_the_absent(city, story):
    wang = away(city, "zhou", "wang", story.now)
    with unit_of_work():
        case = queries.lock(story.case_id, wang)
        urging.urge(case, "holder", "请今日内处置", by=wang, at=story.now)
        key_cases.mark(case, "媒体曝光", by=wang, at=story.now)
        key_cases.release(case, "已整改", by=wang, at=story.now)
        order = orders.issue(case, "请书面说明", by=wang, at=story.now)
        orders.reply(order, "今日内完成", by=city.clerk, at=story.now)
        orders.send_back(order, "请写明时间", by=wang, at=story.now)
        orders.reply(order, "今日十七时完成", by=city.clerk, at=story.now)
        orders.accept(order, by=wang, at=story.now)
        orders.withdraw(orders.issue(case, "再次说明", by=wang, at=story.now), "误发", by=wang, at=story.now)
    for act, who, absent in names(story):
        expected = (city.clerk.name, None) if act == "order_reply" else (city.wang.name, city.zhou.name)
        assert (who, absent) == expected, act


def test_an_answer_names_the_clerk_who_is_away(city, story):
    with unit_of_work():
        orders.issue(queries.lock(story.case_id, city.zhou), "请书面说明", by=city.zhou, at=story.now)
    handler = away(city, "clerk", "handler", story.now)
    with unit_of_work():
        order = orders.lock(db.session.query(SupervisionOrder).one().id, handler)
        orders.reply(order, "今日十七时前完成", by=handler, at=story.now)
    assert names(story)[-1] == ("order_reply", city.handler.name, city.clerk.name)


def test_who_may_do_it_himself_does_it_in_his_own_name(city, story):
    head = away(city, "clerk", "head", story.now)
    with unit_of_work():
        order = orders.issue(queries.lock(story.case_id, city.zhou), "请书面说明", by=city.zhou, at=story.now)
        orders.reply(order, "今日十七时前完成", by=head, at=story.now)
    assert names(story)[-1] == ("order_reply", city.head.name, None)


def test_many_at_once_are_done_in_his_name_too(city, story):
    wang = away(city, "zhou", "wang", story.now)
    with unit_of_work():
        values = {"to": "holder", "note": "请今日内处置"}
        run_id = bulk.begin("urging", [story.case_id], values, token="one", by=wang, at=story.now).id
    assert bulk.claim("worker", story.now, run_id) == run_id
    bulk.carry_on(run_id, lambda: story.now)
    db.session.rollback()
    assert names(story) == [("urging", city.wang.name, city.zhou.name)]


def test_a_run_that_outlasts_the_absence_does_no_more(city, story):
    wang = away(city, "zhou", "wang", story.now)
    with unit_of_work():
        values = {"to": "holder", "note": "请今日内处置"}
        run_id = bulk.begin("urging", [story.case_id], values, token="one", by=wang, at=story.now).id
    later = story.now + timedelta(days=3)
    assert bulk.claim("worker", later, run_id) == run_id
    bulk.carry_on(run_id, lambda: later)
    db.session.rollback()
    assert [row.state for row in db.session.query(BulkRow)] == ["refused"]
    assert names(story) == []


def test_who_stands_in_for_neither_is_refused(city, story):
    with unit_of_work():
        orders.issue(queries.lock(story.case_id, city.zhou), "请书面说明", by=city.zhou, at=story.now)
    order = db.session.query(SupervisionOrder).one()
    li = away(city, "wang", "li", story.now)
    with pytest.raises(NotYourOrder):
        orders.reply(order, "与我无关的答复", by=li, at=story.now)
    with pytest.raises(NotAllowed):
        orders.accept(order, by=li, at=story.now)
