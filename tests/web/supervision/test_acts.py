"""Urging, ordering and watching through their forms, one case at a time and many at once; orders and their answers."""

import re
from datetime import timedelta

import pytest

from engine.access import delegating
from engine.cases import queries, steps
from engine.cases.models import TimelineEntry
from engine.kit import clock
from engine.kit.db import db, unit_of_work
from engine.organization import hiring
from engine.supervision import bulk, jobs, orders
from engine.supervision.models import BulkRun, SupervisionOrder
from tests.engine.supervision.desk import running
from tests.stories import Story

HOUR = timedelta(hours=1)
TEXT = "请书面说明超期原因"
FIGURE_OF_ORDERS = re.compile(r'<a href="(/supervision/orders\?[^"]*)">.*?data-figure="orders_\w+">(\d+)<', re.S)


@pytest.fixture
def now(at):
    moment = at("2026-03-02 15:00")
    with clock.fixed(moment):
        yield moment


@pytest.fixture
def case(city, now):
    return running(city, now, due=-HOUR, department_id=city.sanitation.id)


def told(case_id):
    db.session.rollback()
    rows = db.session.query(TimelineEntry).filter_by(case_id=case_id).order_by(TimelineEntry.id)
    return [(entry.act, entry.note) for entry in rows]


def the_order():
    db.session.rollback()
    return db.session.query(SupervisionOrder).one()


def test_a_supervisor_urges_from_the_cases_page(visit, case):
    browser = visit("zhou")
    assert f"/supervision/cases/{case.id}/urging" in browser.get(f"/desk/cases/{case.id}").text
    assert browser.get(f"/supervision/cases/{case.id}/urging").status_code == 200
    answer = browser.post(f"/supervision/cases/{case.id}/urging", data={"to": "holder", "note": "请今日内处置"})
    assert answer.headers["Location"] == f"/desk/cases/{case.id}"
    assert told(case.id)[-1] == ("urging", "请今日内处置")


@pytest.mark.parametrize(
    ("act", "values", "field"),
    [
        ("urging", {"to": "holder", "note": ""}, "note"),
        ("urging", {"to": "everybody", "note": "请今日内处置"}, "to"),
        ("supervision_order", {"level": "general", "text": ""}, "text"),
        ("key_case", {"reason": ""}, "reason"),
    ],
)
def test_what_is_missing_stands_beside_its_field(visit, case, act, values, field):
    answer = visit("zhou").post(f"/supervision/cases/{case.id}/{act}", data=values)
    assert answer.status_code == 422
    assert f'id="error-{field}"' in answer.text


def test_an_order_goes_to_the_department_and_back(city, visit, case, now):
    browser, clerk = visit("zhou"), visit("clerk")
    answer = browser.post(f"/supervision/cases/{case.id}/supervision_order", data={"level": "key", "text": TEXT})
    assert answer.status_code == 303
    order = the_order()
    assert (order.state, order.level) == ("open", "key")
    twice = browser.post(f"/supervision/cases/{case.id}/supervision_order", data={"level": "key", "text": TEXT})
    assert twice.status_code == 409
    assert order.number in twice.text
    page = clerk.get("/supervision/orders").text
    assert order.number in page
    assert re.search(r'href="/supervision/orders"[^>]*>.*?<span class="rail-count">1<', page, re.S)
    assert order.number in clerk.get(f"/desk/cases/{case.id}").text
    address = f"/supervision/orders/{order.id}"
    assert f"{address}/order_reply" in clerk.get(address).text
    assert clerk.post(f"{address}/order_reply", data={"reply": "好"}).status_code == 422
    assert clerk.post(f"{address}/order_reply", data={"reply": "已安排清运，今日完成"}).status_code == 303
    assert the_order().state == "replied"
    assert clerk.post(f"{address}/order_reply", data={"reply": "再次答复一遍"}).status_code == 409
    assert browser.post(f"{address}/order_return", data={"reason": "未写完成时间"}).status_code == 303
    assert clerk.post(f"{address}/order_reply", data={"reply": "今日17时前完成"}).status_code == 303
    assert browser.post(f"{address}/order_acceptance", data={"note": ""}).status_code == 303
    assert the_order().state == "accepted"
    assert "今日17时前完成" in browser.get(address).text
    assert "order_withdrawal" not in browser.get(address).text, "nothing is left to be done"


def test_an_order_is_nobody_elses(city, visit, case, now):
    with unit_of_work():
        orders.issue(case, TEXT, by=city.zhou, at=now)
    order = the_order()
    address = f"/supervision/orders/{order.id}"
    stranger = visit("parks_clerk")
    assert order.number not in stranger.get("/supervision/orders").text
    assert stranger.get(address).status_code == 404
    assert stranger.post(f"{address}/order_reply", data={"reply": "已安排清运"}).status_code == 404
    assert visit("head").get(address).status_code == 200
    leader = visit("wu")
    assert leader.get(address).status_code == 200
    assert leader.post(f"{address}/order_withdrawal", data={"reason": "重复"}).status_code == 403
    assert visit("clerk").get(f"{address}/order_withdrawal").status_code == 403


def test_orders_whose_answer_is_overdue_come_first(city, visit, now):
    cases = [running(city, now, department_id=city.sanitation.id) for _ in range(2)]
    with unit_of_work():
        orders.issue(cases[0], TEXT, by=city.zhou, at=now)
        orders.issue(cases[1], TEXT, by=city.zhou, at=now - timedelta(days=5))
    numbers = [row.number for row in db.session.query(SupervisionOrder).order_by(SupervisionOrder.id)]
    page = visit("zhou").get("/supervision/orders").text
    assert page.index(numbers[1]) < page.index(numbers[0])
    late = visit("zhou").get("/supervision/orders?view=late").text
    assert numbers[1] in late
    assert numbers[0] not in late


def test_the_boards_numbers_of_orders_open_as_many_orders(city, visit, now):
    states = ("open", "replied", "accepted", "withdrawn")
    cases = [running(city, now, department_id=city.sanitation.id) for _ in states]
    with unit_of_work():
        for one, state in zip(cases, states, strict=True):
            orders.issue(one, TEXT, by=city.zhou, at=now - timedelta(days=5)).state = state
    browser = visit("zhou")
    found = FIGURE_OF_ORDERS.findall(browser.get("/supervision/").text)
    assert [int(number) for _, number in found] == [2, 1]
    for address, number in found:
        assert browser.get(address).text.count('class="list-title"') == int(number), address


def test_special_watch_begins_and_ends(visit, case):
    browser = visit("zhou")
    assert browser.post(f"/supervision/cases/{case.id}/key_case", data={"reason": "媒体曝光"}).status_code == 303
    page = browser.get(f"/desk/cases/{case.id}").text
    assert "媒体曝光" in page
    assert f"/supervision/cases/{case.id}/key_case_end" in page
    assert browser.post(f"/supervision/cases/{case.id}/key_case", data={"reason": "再次"}).status_code == 409
    assert browser.post(f"/supervision/cases/{case.id}/key_case_end", data={"reason": "已处置"}).status_code == 303
    assert [act for act, _ in told(case.id)][-2:] == ["key", "key_end"]


def test_several_are_urged_at_once_and_only_once(city, visit, now):
    cases = [running(city, now, due=-HOUR).id for _ in range(3)]
    browser = visit("zhou")
    chosen = "&".join(f"case={number}" for number in cases[:2])
    page = browser.get(f"/supervision/bulk?act=urging&{chosen}").text
    token = re.search(r'name="token" value="(\w+)"', page)[1]
    sent = {"act": "urging", "token": token, "case": cases[:2], "to": "holder", "note": "请今日内处置"}
    assert browser.post("/supervision/bulk", data=sent | {"note": ""}).status_code == 422
    first = browser.post("/supervision/bulk", data=sent).headers["Location"]
    assert browser.post("/supervision/bulk", data=sent).headers["Location"] == first
    assert [[act for act, _ in told(number)].count("urging") for number in cases] == [1, 1, 0]
    result = browser.get(first).text
    assert "2 / 2" in result or "2" in result
    assert 'hx-trigger="every' not in result
    assert visit("wu").get(first).status_code == 403


def test_a_whole_queue_is_taken_and_a_long_run_is_the_workers(city, visit, now, monkeypatch):
    monkeypatch.setattr(bulk, "MOST_AT_ONCE", 1)
    cases = [running(city, now, due=-HOUR).id for _ in range(3)]
    running(city, now)
    browser = visit("zhou")
    page = browser.get("/supervision/bulk?act=key_case&all=1&queue=overdue").text
    listed = re.findall(r'type="hidden" name="case" value="(\d+)"', page)
    assert sorted(map(int, listed)) == cases
    sent = {"act": "key_case", "token": "t1", "case": listed, "reason": "专项行动"}
    address = browser.post("/supervision/bulk", data=sent).headers["Location"]
    assert 'hx-trigger="every' in browser.get(address).text
    jobs.run_due(now, worker="worker")
    assert 'hx-trigger="every' not in browser.get(address).text
    assert browser.get("/supervision/queues/key").text.count('class="list-title"') == 3


def test_a_long_run_is_stopped(city, visit, now, monkeypatch):
    monkeypatch.setattr(bulk, "MOST_AT_ONCE", 0)
    case = running(city, now, due=-HOUR)
    browser = visit("zhou")
    sent = {"act": "key_case", "token": "t1", "case": [case.id], "reason": "专项行动"}
    address = browser.post("/supervision/bulk", data=sent).headers["Location"]
    assert browser.post(f"{address}/cancellation").status_code == 303
    jobs.run_due(now, worker="worker")
    db.session.rollback()
    assert db.session.query(BulkRun).one().state == "cancelled"
    assert "key" not in [act for act, _ in told(case.id)]


def token_of(page):
    return re.search(r'name="token" value="(\w+)"', page)[1]


@pytest.fixture
def stories(city, now):
    return [Story(city, now).filed().signed() for _ in range(2)]


def hired(city, now):
    with unit_of_work():
        posts = [(city.sanitation, "handler", None)]
        hiring.hire("second", "新来的", "Correct-Horse-7", posts, by=city.system_admin, at=now)
    return city.actor("second")


def holders(stories):
    db.session.rollback()
    return [steps.open_steps(story.case)[0].assignee_id for story in stories]


@pytest.mark.parametrize("who", ["zhou", "head"])
def test_steps_of_several_cases_are_given_to_one_person(city, visit, now, stories, who):
    second, browser = hired(city, now), visit(who)
    numbers = [story.case_id for story in stories]
    queue = browser.get("/supervision/queues/due_soon?hours=240").text
    assert 'value="bulk_reassignment"' in queue
    page = browser.get(f"/supervision/bulk?act=bulk_reassignment&case={numbers[0]}&case={numbers[1]}").text
    assert "新来的 · " in page
    assert page.count("处置</span>") == 2, "each row names its step"
    sent = {"act": "bulk_reassignment", "token": token_of(page), "case": numbers, "person_id": second.id}
    refused = browser.post("/supervision/bulk", data=sent | {"reason": ""})
    assert refused.status_code == 422
    assert re.search(rf'value="{second.id}" (selected|checked)', refused.text), "nothing typed is lost"
    stranger = browser.post("/supervision/bulk", data=sent | {"person_id": city.parks_handler.id, "reason": "分担"})
    assert stranger.status_code == 422
    assert holders(stories) == [city.handler.id] * 2
    done = browser.post("/supervision/bulk", data=sent | {"reason": "分担工作量"})
    assert done.status_code == 303
    assert holders(stories) == [second.id] * 2
    again = browser.post("/supervision/bulk", data=sent | {"reason": "分担工作量"})
    assert again.headers["Location"] == done.headers["Location"]
    assert [[act for act, _ in told(number)].count("reassignment") for number in numbers] == [1, 1]
    assert browser.get(done.headers["Location"]).status_code == 200


def test_a_head_takes_several_steps_over(city, visit, now, stories):
    numbers, browser = [story.case_id for story in stories], visit("head")
    page = browser.get(f"/supervision/bulk?act=bulk_takeover&case={numbers[0]}&case={numbers[1]}").text
    sent = {"act": "bulk_takeover", "token": token_of(page), "case": numbers, "note": "亲自处置"}
    assert browser.post("/supervision/bulk", data=sent).status_code == 303
    assert holders(stories) == [city.head.id] * 2


def test_who_may_not_change_hands_is_offered_nothing(city, visit, now, stories):
    numbers = [story.case_id for story in stories]
    for who, act in (("wu", "bulk_reassignment"), ("clerk", "bulk_reassignment"), ("head", "urging"),
                     ("zhou", "bulk_takeover")):  # fmt: skip
        assert visit(who).get(f"/supervision/bulk?act={act}&case={numbers[0]}").status_code == 403
    assert 'value="urging"' not in visit("head").get("/supervision/queues/due_soon?hours=240").text
    assert 'name="case"' not in visit("wu").get("/supervision/queues/due_soon?hours=240").text
    parks = city.user("parks_clerk")
    with unit_of_work():
        hiring.give_posts(parks, [(city.parks, "department_head", None)], by=city.security_admin, at=now)
    stranger = visit("parks_clerk").get(f"/supervision/bulk?act=bulk_reassignment&case={numbers[0]}")
    assert stranger.status_code == 409, "nobody gives what he may not see"


def test_the_preview_of_a_hand_over_stays_below_twelve_statements(city, visit, now, stories, statements):
    address = "/supervision/bulk?act=bulk_reassignment&" + "&".join(f"case={story.case_id}" for story in stories)
    browser = visit("zhou")
    browser.get(address)
    with statements() as seen:
        assert browser.get(address).status_code == 200
    assert len(seen) <= 12, len(seen)


def test_an_order_that_ended_with_its_case_says_so(city, visit, now, stories):
    story = stories[0]
    with unit_of_work():
        orders.issue(queries.lock(story.case_id, city.zhou), TEXT, by=city.zhou, at=now)
    story.do("zhao", "voiding", reason="duplicate", note="重复立案")
    order = the_order()
    page = visit("zhou").get(f"/supervision/orders/{order.id}").text
    assert "随案终止" in page
    assert "案件已作废" in page
    assert order.number in visit("zhou").get("/supervision/orders?view=ended").text
    clerk = visit("clerk")
    assert "order_reply" not in clerk.get(f"/supervision/orders/{order.id}").text
    stale = clerk.post(f"/supervision/orders/{order.id}/order_reply", data={"reply": "已安排清运，今日完成"})
    assert stale.status_code == 409


def test_a_stand_in_is_named_with_whom_he_stands_in_for(city, visit, case, now):
    with unit_of_work():
        until = now + timedelta(days=2)
        delegating.delegate(city.user("zhou"), city.wang.id, now, until, "年休假", by=city.zhou, at=now)
    browser = visit("wang")
    sent = {"level": "general", "text": TEXT}
    assert browser.post(f"/supervision/cases/{case.id}/supervision_order", data=sent).status_code == 303
    page = browser.get(f"/supervision/orders/{the_order().id}").text
    assert re.search(rf"<strong>{city.wang.name} .*{city.zhou.name}.*</strong>", page)


def test_rows_that_cannot_be_done_say_why_beforehand(city, visit, case, now):
    with unit_of_work():
        orders.issue(case, TEXT, by=city.zhou, at=now)
    page = visit("zhou").get(f"/supervision/bulk?act=supervision_order&case={case.id}").text
    assert the_order().number in page
    assert 'name="token"' not in page
    assert visit("zhou").get("/supervision/bulk?act=supervision_order").status_code == 409
    assert visit("zhou").get("/supervision/bulk?act=voiding&case=1").status_code == 404
