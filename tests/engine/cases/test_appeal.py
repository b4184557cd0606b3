"""Appeal against being judged late (超时申诉): after closure, once, looked at by two (process.md §4.17)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.cases import acts, appeal, steps
from engine.cases.adjustment_models import Adjustment
from engine.cases.errors import AppealedBefore, NotClosed, NotLate, TooLateToAppeal
from engine.cases.models import Stage
from engine.deadlines import clocks
from engine.evaluation import counting, publishing
from engine.kit.db import db, unit_of_work
from engine.kit.errors import NotAllowed
from engine.settings import values
from tests.city import ZONE, at
from tests.stories import Story

WORDS = {"reason": "weather", "note": "连续暴雨，无法施工"}


def closed(city, days: int = 14) -> Story:
    """Handled so many days after it was dispatched, and closed."""
    story = Story(city).filed().wait(days=days).handled().verified()
    return story.do("zhao", "closure", result="resolved")


@pytest.fixture
def late(city):
    return closed(city)


def ask(story, who="clerk", **changes):
    return story.do(who, "appeal", **WORDS | changes)


def only() -> Adjustment:
    return db.session.scalars(select(Adjustment)).one()


def offered(story, who):
    found = acts.offers(story.case, steps.open_steps(story.case), getattr(story.city, who), story.now)
    return {offer.act.name for offer in found}


def facts(story):
    case = story.case
    clock = clocks.latest_clock("case", case.id, "handling")
    told = [(fact.action, fact.at, fact.due_after) for fact in clock.facts]
    return case.due_at, case.first_due_at, case.handled_at, case.closed_at, case.stage, told


@pytest.mark.parametrize("who", ["clerk", "head"])
def test_granted_by_two_it_is_excused_and_every_fact_stays(late, who):
    before = facts(late)
    assert "appeal" in offered(late, who)
    ask(late, who)
    assert late.waiting == {"review_by_dispatcher"}
    late.do("wang", "appeal_approval", note="情况属实")
    assert (late.waiting, late.case.late_excused_at) == ({"review_by_acceptor"}, None)
    late.do("li", "appeal_approval", note="")
    assert late.waiting == set()
    assert late.case.late_excused_at == late.now
    assert facts(late) == before
    row = only()
    assert (row.kind, row.state, row.decided_by_id) == ("appeal", "granted", late.city.li.id)
    assert (row.due_before, row.due_after) == (late.case.due_at, None)
    assert late.told[-3:] == ["appeal_request", "appeal_approval", "appeal_approval"]


@pytest.mark.parametrize("steps_before", [(), ("wang",)])
def test_whoever_refuses_ends_it_and_it_stays_late(late, steps_before):
    ask(late)
    for name in steps_before:
        late.do(name, "appeal_approval", note="")
    late.do("li" if steps_before else "wang", "appeal_refusal", note="理由不足")
    assert (only().state, late.case.late_excused_at, late.waiting) == ("refused", None, set())


def test_it_is_made_once(late):
    ask(late).do("wang", "appeal_refusal", note="理由不足")
    assert "appeal" not in offered(late, "clerk")
    with pytest.raises(AppealedBefore):
        ask(late)


def test_a_second_one_is_refused_while_the_first_waits(late):
    ask(late)
    assert "appeal" not in offered(late, "head")
    with pytest.raises(AppealedBefore):
        ask(late, "head")


def test_one_that_was_taken_back_may_be_made_again(late):
    ask(late).do("clerk", "adjustment_withdrawal", note="补充材料")
    assert (only().state, late.waiting) == ("withdrawn", set())
    assert "appeal" in offered(late, "clerk")


def test_only_the_department_that_was_judged(late):
    for stranger in ("parks_clerk", "handler", "wang"):
        assert "appeal" not in offered(late, stranger)
    with pytest.raises(NotAllowed):
        ask(late, "handler")


def test_not_before_closure(city):
    story = Story(city).filed().wait(days=14).handled()
    with pytest.raises(NotClosed):
        ask(story)


def test_not_where_nothing_was_late(city):
    story = closed(city, days=0)
    assert "appeal" not in offered(story, "clerk")
    with pytest.raises(NotLate):
        ask(story)


def test_only_within_some_working_days(late):
    last = appeal.last_moment(late.case)
    assert last - late.case.closed_at >= timedelta(days=9)  # seven working days hold a weekend
    late.now = last
    assert "appeal" in offered(late, "clerk")
    late.now = last + timedelta(seconds=1)
    assert "appeal" not in offered(late, "clerk")
    with pytest.raises(TooLateToAppeal):
        ask(late, minutes=0)


def test_the_number_of_days_is_a_setting(late, city):
    with unit_of_work():
        values.set(appeal.DAYS, 1, by=city.system_admin, at=late.now)
    assert appeal.last_moment(late.case) - late.case.closed_at <= timedelta(days=3)


def test_a_reopened_case_is_judged_anew(late):
    ask(late).do("wang", "appeal_approval", note="").do("li", "appeal_approval", note="")
    late.do("zhao", "reopening", reason="问题重现")
    assert late.case.late_excused_at is None


def test_an_appeal_that_waits_when_the_case_is_reopened_is_withdrawn(late):
    ask(late).do("zhao", "reopening", reason="问题重现")
    assert only().state == "withdrawn"
    assert "review_by_dispatcher" not in late.waiting


def test_who_asks_for_himself_decides_nothing(late):
    ask(late)
    assert "appeal_approval" not in offered(late, "head")
    assert {"appeal_approval", "appeal_refusal"} <= offered(late, "wang")
    assert "appeal_approval" not in offered(late, "li")


def test_a_published_month_does_not_change_and_a_running_one_does(late):
    month = f"{late.case.due_at.astimezone(ZONE):%Y-%m}"
    moment = at("2026-04-02 09:00")
    assert late.now < moment
    last = late.now
    with unit_of_work():
        publishing.compute(month, ZONE, by=late.city.zheng, at=late.now)
    numbers = publishing.read(publishing.find(month))
    assert (numbers.total["handled_late"], numbers.total["excused"]) == (1, 0)
    ask(late).do("wang", "appeal_approval", note="").do("li", "appeal_approval", note="")
    kept = publishing.period_of(month, ZONE, at=moment)
    assert kept.as_of == last
    assert counting.totals(kept)["handled_late"] == 1
    anew = publishing.count(month, ZONE, at=moment).numbers["total"]
    assert (anew["handled_late"], anew["excused"]) == (0, 1)
    assert late.case.stage == Stage.closed
