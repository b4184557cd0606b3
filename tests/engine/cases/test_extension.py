"""Extension (延期): who asks, until when, who decides, and what moves (process.md §4.4)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.cases import acts, adjusting, extension, queries, steps, timeline, worklist
from engine.cases.adjustment_models import Adjustment, AdjustmentState
from engine.cases.errors import (
    AdjustmentPending,
    AskedForIt,
    CaseEnded,
    NothingPending,
    NotInHand,
    StepNotOpen,
    UrgentNotExtended,
)
from engine.cases.models import Stage
from engine.deadlines import clocks
from engine.kit.db import db, unit_of_work
from engine.kit.errors import Invalid, NotAllowed
from engine.process.models import OpenTask, OpenTimer, ProcessInstance
from engine.settings import values
from tests.stories import Story

WORDS = {"reason": "materials", "value": None, "note": "等待配件到货"}


@pytest.fixture
def story(city):
    """A case with the sanitation bureau's handler, within its limit."""
    return Story(city).filed().signed()


def ask(story, **changes):
    return story.do("clerk", "extension", **WORDS | changes)


def granted(story, **changes):
    """Asked for and approved by everybody whom the drawing asks."""
    ask(story, **changes).do("head", "extension_approval", note="情况属实").do("wang", "extension_approval", note="")
    return story.do("zhao", "extension_approval", note="") if "review_by_duty_officer" in story.waiting else story


def request_of(story) -> Adjustment:
    return db.session.scalars(select(Adjustment).order_by(Adjustment.id.desc())).first()


def refused_beside(story, field, **changes) -> str:
    with pytest.raises(Invalid) as refusal:
        ask(story, **changes)
    db.session.rollback()
    return str(refusal.value.fields[field][0].text) % refusal.value.fields[field][0].params


def offered(story, who):
    offers = acts.offers(story.case, steps.open_steps(story.case), getattr(story.city, who))
    return {offer.act.name for offer in offers}


def test_head_and_dispatcher_grant_the_limit_once_more_and_the_first_due_stays(story):
    before = story.case.due_at
    granted(story)
    case, row = story.case, request_of(story)
    clock = clocks.open_clock("case", case.id, "handling")
    assert (case.due_at, case.first_due_at, case.extension_count) == (clock.due_at, before, 1)
    assert clock.facts[-1].value == clock.limit_value
    assert case.due_at > before
    assert (row.state, row.due_before, row.due_after) == (AdjustmentState.granted, before, case.due_at)
    assert row.decided_by_id == story.city.wang.id
    assert story.waiting == {"handle"}


def test_the_clock_runs_on_and_nothing_moves_until_it_is_granted(story):
    before = story.case.due_at
    ask(story).do("head", "extension_approval", note="")
    case = story.case
    assert (case.due_at, case.clock_state, case.extension_count, case.stage) == (before, "running", 0, Stage.handling)
    assert story.waiting == {"handle", "review_by_dispatcher"}


def test_open_steps_and_timers_follow_in_the_same_transaction(story):
    granted(story)
    case = story.case
    task = db.session.scalars(select(OpenTask).where(OpenTask.act == "handling")).one()
    timer = db.session.scalars(select(OpenTimer).where(OpenTimer.clock == "handling")).one()
    assert (task.due_at, task.amber_at, timer.due_at) == (case.due_at, case.amber_at, case.due_at)


def test_less_than_the_whole_limit_may_be_asked_for(story):
    clock = clocks.open_clock("case", story.case.id, "handling")
    half = clock.limit_value / 2
    granted(story, value=half)
    row = request_of(story)
    assert (row.value, row.unit) == (half, clock.limit_unit)


@pytest.mark.parametrize("share", [-1.0, 0.0, 1.5])
def test_nobody_gets_more_than_the_limit_once_more_or_less_than_nothing(story, share):
    clock = clocks.open_clock("case", story.case.id, "handling")
    assert "the limit once more" in refused_beside(story, "value", value=clock.limit_value * share)


def test_a_second_extension_asks_the_duty_officer_too_and_a_third_is_refused(story):
    granted(story)
    ask(story).do("head", "extension_approval", note="").do("wang", "extension_approval", note="")
    assert "review_by_duty_officer" in story.waiting
    assert story.case.extension_count == 1
    story.do("zhao", "extension_approval", note="")
    assert story.case.extension_count == 2
    assert "all its extensions: 2" in refused_beside(story, "reason")


def test_a_city_may_grant_fewer(story):
    with unit_of_work():
        values.set(extension.MOST, 0, by=story.city.system_admin, at=story.now)
    assert "all its extensions: 0" in refused_beside(story, "reason")


@pytest.mark.parametrize("who", ["head", "wang"])
def test_a_refused_request_does_not_count_and_another_may_follow(story, who):
    before = story.case.due_at
    ask(story)
    if who == "wang":
        story.do("head", "extension_approval", note="")
    story.do(who, "extension_refusal", note="理由不充分")
    row = request_of(story)
    assert (row.state, row.decision_note) == (AdjustmentState.refused, "理由不充分")
    assert (story.case.due_at, story.case.extension_count) == (before, 0)
    granted(story)
    assert story.case.extension_count == 1


def test_a_plain_extension_needs_a_quarter_of_the_limit_left_a_sudden_one_does_not(story):
    clock = clocks.open_clock("case", story.case.id, "handling")
    story.now = clock.due_at - timedelta(minutes=20)
    assert "at least 25% of the time limit" in refused_beside(story, "reason")
    ask(story, reason="sudden_event")


def test_an_overdue_case_is_not_extended(story):
    story.now = story.case.due_at + timedelta(minutes=1)
    assert "has passed" in refused_beside(story, "reason", reason="sudden_event")


def test_what_was_asked_for_in_time_is_granted_though_the_limit_passed_meanwhile(story):
    story.now = story.case.due_at - timedelta(minutes=10)
    ask(story, reason="sudden_event").do("head", "extension_approval", note="")
    before = story.case.due_at
    story.wait(minutes=30).do("wang", "extension_approval", note="")
    assert story.case.due_at > before


def test_urgent_cases_are_not_extended(city):
    story = Story(city).report(is_urgent=True, department_id=city.sanitation.id)
    story.do("clerk", "signing").do("clerk", "assignment", handler_id=city.handler.id)
    assert "extension" not in offered(story, "clerk")
    with pytest.raises(UrgentNotExtended):
        ask(story)


def test_one_request_waits_at_a_time(story):
    ask(story)
    assert {"extension", "suspension"}.isdisjoint(offered(story, "clerk"))
    with pytest.raises(AdjustmentPending):
        ask(story)


def test_nobody_decides_on_what_he_asked_for_or_approved_before(story):
    ask(story)
    task = next(task for task in steps.open_steps(story.case) if task.act == "extension_review")
    head = story.city.head
    with unit_of_work():
        # The head serves as clerk and as dispatcher as well: still a second person is needed.
        db.session.get(OpenTask, task.id).assignee_id = story.city.clerk.id
    both = type(head)(**{**vars(story.city.clerk), "permissions": story.city.clerk.permissions | head.permissions})
    with pytest.raises(AskedForIt):
        story.do(both, "extension_approval", note="")
    db.session.rollback()
    assert worklist.find(worklist.WorkFilter(queue="review_by_head"), both, at=story.now).total == 0


@pytest.mark.parametrize("who", ["handler", "parks_clerk", "zhou", "wu"])
def test_only_the_clerk_of_the_department_asks(story, who):
    with pytest.raises(NotAllowed):
        acts.check(story.case, acts.find("extension", []), getattr(story.city, who))


def test_before_signing_and_after_feedback_there_is_nothing_to_extend(city):
    story = Story(city).filed()
    with pytest.raises(NotInHand):
        ask(story)
    db.session.rollback()
    story.handled()
    with pytest.raises(NotInHand):
        ask(story)


def test_the_department_takes_its_request_back(story):
    ask(story).do("clerk", "adjustment_withdrawal", note="配件已到")
    assert request_of(story).state == AdjustmentState.withdrawn
    assert story.waiting == {"handle"}
    assert "extension" in offered(story, "clerk")
    with pytest.raises(NothingPending):
        story.do("clerk", "adjustment_withdrawal", note="")


def test_feedback_withdraws_what_was_asked_for_and_says_so(story):
    ask(story).do("handler", "handling", note="已清理").do("clerk", "feedback", note="已处置完毕")
    assert request_of(story).state == AdjustmentState.withdrawn
    assert story.waiting == {"review_feedback"}
    assert "adjustment_withdrawal" in story.told
    with pytest.raises(StepNotOpen):
        story.do("head", "extension_approval", note="")


def test_a_request_to_return_withdraws_it_too(city):
    story = Story(city).filed().do("clerk", "signing")
    ask(story).do("clerk", "return_request", reason="not_our_duty", note="不属本部门职责")
    assert request_of(story).state == AdjustmentState.withdrawn
    assert story.waiting == {"review_return"}


def test_voiding_ends_it_with_the_case(story):
    ask(story).do("zhao", "voiding", reason="filed_in_error", note="误立案")
    assert request_of(story).state == AdjustmentState.withdrawn
    assert story.waiting == set()
    running = select(ProcessInstance).where(ProcessInstance.ended_at.is_(None))
    assert db.session.scalars(running).all() == []
    with pytest.raises(CaseEnded):
        story.do("head", "extension_approval", note="")


def test_a_round_of_rework_gets_the_same_share_of_its_own_limit(story):
    story.do(story.handler, "handling", note="已清理").do("clerk", "feedback", note="已处置完毕")
    story.do("wang", "feedback_acceptance").do("chen", "verification", result="failed", note="仍有残留").signed()
    rework = clocks.open_clock("case", story.case.id, "rework")
    before, limit = rework.due_at, rework.limit_value
    granted(story, value=story.case.limit_value / 2)
    rework = clocks.open_clock("case", story.case.id, "rework")
    assert rework.due_at > before
    assert rework.facts[-1].value == limit / 2
    task = db.session.scalars(select(OpenTask).where(OpenTask.act == "handling")).one()
    assert task.due_at == rework.due_at


def test_the_timeline_tells_both_moments(story):
    before = story.case.due_at
    granted(story)
    entry = next(one for one in reversed(timeline.of(story.case)) if one.act == "extension_approval")
    assert entry.detail == {"due_before": before.isoformat(), "due_after": story.case.due_at.isoformat()}


def test_listeners_hear_of_asking_and_deciding(story):
    heard = []

    def note(row, **facts):
        heard.append((row.kind, row.state, facts["case"].id))

    with adjusting.requested.connected_to(note), adjusting.decided.connected_to(note):
        granted(story)
    assert heard == [("extension", "requested", story.case_id), ("extension", "granted", story.case_id)]


def test_whoever_decides_sees_the_case(story):
    ask(story).do("head", "extension_approval", note="")
    assert queries.get(story.case_id, story.city.wang).id == story.case_id
