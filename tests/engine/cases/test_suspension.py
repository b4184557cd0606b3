"""Suspension (挂账): who asks, what stands still meanwhile, and how it ends (process.md §4.5)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from engine.access.actors import SYSTEM
from engine.calendars import editing
from engine.calendars import queries as calendars
from engine.cases import acts, adjusting, queries, steps, timeline, worklist
from engine.cases.adjustment_models import Adjustment, AdjustmentKind, AdjustmentState
from engine.cases.errors import CaseSuspended, NotSuspended
from engine.cases.models import Stage
from engine.deadlines import clocks
from engine.deadlines import jobs as deadlines
from engine.evaluation import sets
from engine.evaluation.periods import Period
from engine.kit.db import db, unit_of_work
from engine.kit.errors import Invalid
from engine.process.models import OpenTask, OpenTimer, ProcessInstance
from engine.settings import values
from engine.settings.declarations import find
from tests.city import at
from tests.stories import Story, condition

WORDS = {"reason": "season", "until": date(2026, 4, 30), "safety_measure": "已设置围挡和警示标志", "note": "待春季补植"}


@pytest.fixture
def story(city):
    """A case with the sanitation bureau's handler, within its limit."""
    return Story(city).filed().signed()


def ask(story, **changes):
    return story.do("clerk", "suspension", **WORDS | changes)


def suspended(story, **changes):
    """Asked for and approved by all three."""
    ask(story, **changes)
    for who in ("head", "wang", "qian"):
        story.do(who, "suspension_approval", note="")
    return story


def row_of(story) -> Adjustment:
    return db.session.scalars(select(Adjustment).order_by(Adjustment.id.desc())).first()


def refused_beside(story, field, **changes) -> str:
    with pytest.raises(Invalid) as refusal:
        ask(story, **changes)
    db.session.rollback()
    error = refusal.value.fields[field][0]
    return str(error.text) % error.params


def left(story, moment):
    clock = clocks.latest_clock("case", story.case_id, "handling")
    return clocks.read(clock, at=moment).remaining_seconds


def offered(story, who):
    return {offer.act.name for offer in acts.offers(story.case, steps.open_steps(story.case), getattr(story.city, who))}


def test_head_dispatcher_and_director_suspend_a_case_and_its_clock_stands_still(story):
    suspended(story)
    case, row = story.case, row_of(story)
    assert (case.stage, case.clock_state, row.state) == (Stage.suspended, "paused", AdjustmentState.granted)
    assert row.until == at("2026-05-01 00:00")
    remaining = left(story, story.now)
    assert left(story, story.now + timedelta(days=20)) == remaining
    assert row.decided_by_id == story.city.qian.id


def test_handling_rests_and_says_so_to_whoever_tries_from_an_old_page(story):
    suspended(story)
    assert "handling" not in offered(story, "handler")
    assert worklist.find(worklist.WorkFilter(), story.city.handler, at=story.now).total == 0
    with pytest.raises(CaseSuspended, match="suspended"):
        story.do("handler", "handling", note="已清理")


def test_open_steps_and_timers_rest_too(story):
    suspended(story)
    task = db.session.scalars(select(OpenTask).where(OpenTask.act == "handling")).one()
    timers = {timer.clock: timer.due_at for timer in db.session.scalars(select(OpenTimer))}
    assert (task.due_at, task.amber_at) == (None, None)
    assert timers == {"handling": None, "suspension": at("2026-05-01 00:00")}


def test_it_ends_by_itself_and_goes_on_with_what_was_left(story):
    suspended(story)
    remaining = left(story, story.now)
    story.now = at("2026-05-01 00:00")
    story.work()
    case, row = story.case, row_of(story)
    assert (case.stage, case.clock_state, row.state) == (Stage.handling, "running", AdjustmentState.ended)
    assert left(story, story.now) == remaining
    assert story.waiting == {"handle"}
    task = db.session.scalars(select(OpenTask).where(OpenTask.act == "handling")).one()
    timer = db.session.scalars(select(OpenTimer)).one()
    assert task.due_at == timer.due_at == case.due_at == row.due_after
    assert "suspension_end" in story.told


def test_a_worker_that_comes_late_gives_nobody_more_time(story):
    suspended(story)
    expected = row_of(story).due_after
    story.now = at("2026-05-07 11:00")
    story.work()
    assert story.case.due_at == expected


@pytest.mark.parametrize("who", ["clerk", "wang"])
def test_the_department_or_the_dispatcher_lifts_it_early(story, who):
    suspended(story)
    remaining = left(story, story.now)
    story.wait(days=10).do(who, "suspension_lift", note="苗木已到")
    assert (story.case.stage, left(story, story.now)) == (Stage.handling, remaining)
    assert row_of(story).state == AdjustmentState.ended
    # The timer is gone with it: nothing happens on the day that was agreed.
    told = story.told
    story.now = at("2026-05-01 00:00")
    story.work()
    assert [entry for entry in story.told[len(told) :] if entry.startswith("suspension")] == []
    with pytest.raises(NotSuspended):
        story.do(who, "suspension_lift", note="苗木已到")


def test_nobody_else_lifts_it(story):
    suspended(story)
    for who in ("handler", "parks_clerk", "zhao", "chen"):
        assert "suspension_lift" not in offered(story, who)


def test_a_case_is_suspended_once(story):
    suspended(story).do("clerk", "suspension_lift", note="苗木已到")
    assert "all its suspensions: 1" in refused_beside(story, "reason")


def test_one_whose_last_day_has_passed_is_not_granted_any_more(story):
    """It would end at once, and the department would have had its one suspension."""
    ask(story, until=date(2026, 3, 3)).do("head", "suspension_approval", note="").do(
        "wang", "suspension_approval", note=""
    )
    story.now = at("2026-03-04 00:00")
    with pytest.raises(Invalid) as refusal:
        story.do("qian", "suspension_approval", note="")
    db.session.rollback()
    assert "has passed" in refusal.value.fields["note"][0].text
    assert (story.case.stage, row_of(story).state) == (Stage.handling, AdjustmentState.requested)
    story.do("qian", "suspension_refusal", note="已过挂账截止日")
    assert (row_of(story).state, adjusting.count_granted(story.case, AdjustmentKind.suspension)) == ("refused", 0)


def test_a_year_that_is_published_meanwhile_settles_the_due_of_a_suspended_case(story):
    """Provisional while the case rests in an unpublished year; then settled, and what was left is left."""
    suspended(story, until=date(2027, 1, 15))
    remaining = left(story, story.now)
    story.now = at("2027-01-16 00:00")
    story.work()
    assert story.case.due_is_provisional
    with unit_of_work():
        standard = calendars.find()
        editing.set_exception(standard, date(2027, 1, 18), "off", by=SYSTEM, at=story.now)
        editing.publish_year(standard, 2027, by=SYSTEM, at=story.now)
    before = story.case.due_at
    deadlines.reckon_again(story.now)
    db.session.expire_all()
    assert (story.case.due_is_provisional, left(story, story.now)) == (False, remaining)
    assert story.case.due_at > before
    timer = db.session.scalars(select(OpenTimer)).one()
    task = db.session.scalars(select(OpenTask).where(OpenTask.act == "handling")).one()
    assert timer.due_at == task.due_at == story.case.due_at


def test_of_two_who_lift_it_at_once_the_second_is_told(story):
    """Both pages were open before either was sent: nothing is resumed twice."""
    suspended(story)
    task_id = next(task.id for task in steps.open_steps(story.case) if task.act == "suspension")
    story.wait(days=2).do("clerk", "suspension_lift", note="苗木已到")
    facts = len(clocks.open_clock("case", story.case_id, "handling").facts)
    with pytest.raises(NotSuspended):
        story.do("wang", "suspension_lift", note="苗木已到", task_id=task_id)
    db.session.rollback()
    assert len(clocks.open_clock("case", story.case_id, "handling").facts) == facts


def test_a_refused_request_does_not_count(story):
    ask(story).do("head", "suspension_approval", note="").do("wang", "suspension_refusal", note="可以处置")
    assert (row_of(story).state, story.case.stage) == (AdjustmentState.refused, Stage.handling)
    suspended(story)
    assert story.case.stage == Stage.suspended


def test_an_overdue_case_is_not_suspended(story):
    story.now = story.case.due_at + timedelta(minutes=1)
    assert "has passed" in refused_beside(story, "reason")


def test_a_suspension_lasts_a_year_at_most(story):
    assert "at most 365 days: until 2027-03-02" in refused_beside(story, "until", until=date(2027, 3, 3))
    suspended(story, until=date(2027, 3, 2))


@pytest.mark.parametrize("day", [date(2026, 3, 2), date(2026, 2, 1)])
def test_a_suspension_ends_after_today(story, day):
    assert "after today" in refused_beside(story, "until", until=day)


def test_a_city_sets_its_own_cap(story):
    with unit_of_work():
        values.set(find("cases.suspension_days_most"), 30, by=story.city.system_admin, at=story.now)
    assert "at most 30 days" in refused_beside(story, "until", until=date(2026, 4, 2))


def test_a_due_that_runs_into_an_unpublished_year_becomes_provisional(story):
    suspended(story, until=date(2027, 3, 2))
    story.now = at("2027-03-03 00:00")
    story.work()
    assert (story.case.stage, story.case.due_is_provisional) == (Stage.handling, True)


def test_voiding_ends_a_suspension_without_resuming(story):
    suspended(story).do("zhao", "voiding", reason="filed_in_error", note="误立案")
    assert (story.case.stage, row_of(story).state) == (Stage.void, AdjustmentState.ended)
    assert story.waiting == set()
    assert db.session.scalars(select(ProcessInstance).where(ProcessInstance.ended_at.is_(None))).all() == []
    assert clocks.open_clocks("case", story.case_id) == {}


def test_late_filing_of_an_urgent_case_goes_on_while_its_handling_rests(city):
    story = Story(city).report(is_urgent=True, department_id=city.sanitation.id)
    story.do("clerk", "signing").do("clerk", "assignment", handler_id=city.handler.id)
    suspended(story, reason="litigation")
    ground = {"category_id": story.case.category_id, "filing_condition_id": condition(story.case.category).id}
    story.do("zhao", "late_filing", **ground, area_class="A", note="")
    assert story.case.stage == Stage.suspended
    story.do("wang", "suspension_lift", note="诉讼已结")
    assert (story.case.stage, story.waiting) == (Stage.handling, {"handle"})
    story.do("handler", "handling", note="已清理").do("clerk", "feedback", note="已处置完毕")
    assert story.case.stage == Stage.feedback_review


def test_a_round_of_rework_rests_as_well(story):
    story.do("handler", "handling", note="已清理").do("clerk", "feedback", note="已处置完毕")
    story.do("wang", "feedback_acceptance").do("chen", "verification", result="failed", note="仍有残留").signed()
    suspended(story)
    states = {name: clock.state for name, clock in clocks.open_clocks("case", story.case_id).items()}
    assert states == {"handling": "paused", "rework": "paused", "suspension": "running"}
    story.do("clerk", "suspension_lift", note="可以处置")
    task = db.session.scalars(select(OpenTask).where(OpenTask.act == "handling")).one()
    assert task.due_at == clocks.open_clock("case", story.case_id, "rework").due_at


def test_an_assessment_counts_it_as_suspended_and_not_as_due(story):
    first_due = story.case.first_due_at
    suspended(story)
    month = Period("2026-03", at("2026-03-01 00:00"), at("2026-04-01 00:00"), at("2026-04-05 00:00"))
    assert first_due < month.end

    def counted(name):
        return queries.find(queries.CaseFilter(extra=sets.predicate(name, month)), story.city.zhou, at=story.now).total

    assert (counted("suspended"), counted("due_handling")) == (1, 0)
    story.do("clerk", "suspension_lift", note="苗木已到")
    assert (counted("suspended"), counted("due_handling")) == (0, 1)


def test_the_timeline_tells_until_when_and_both_dues(story):
    before = story.case.due_at
    suspended(story)
    entry = timeline.of(story.case)[-1]
    assert (entry.act, entry.detail["due_before"]) == ("suspension_approval", before.isoformat())
    assert entry.detail["until"] == row_of(story).until.isoformat()
