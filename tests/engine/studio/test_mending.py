"""What administrators do to running cases: the case, its clocks, steps and timers follow, and it is all on record."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.audit.models import AuditRecord
from engine.cases.errors import AlreadyFiled, CaseEnded, CaseSuspended, DecidesOnRequest, NoDepartmentYet, NotFiledYet
from engine.cases.models import Stage, TimelineEntry
from engine.cases.round_models import Dispatch
from engine.deadlines.models import Clock
from engine.kit.db import db, unit_of_work
from engine.kit.errors import Conflict, Invalid, NotFound
from engine.process import actions, execution, incidents, queries
from engine.process.errors import ClockTimer, IncidentClosed, NotSkippable, StepGone, TimerHeld
from engine.process.models import Incident, OpenTask, OpenTimer, OutboxMessage, ProcessInstance
from engine.studio import inspecting, mending
from tests.stories import Story

WHY = "走错了环节"


def act(story, do, *given, **named):
    story.now += timedelta(minutes=5)
    with unit_of_work():
        done = do(*given, **named, by=story.city.system_admin, at=story.now)
    db.session.expire_all()
    return done


def token(story, node):
    row = db.session.scalars(select(OpenTask).where(OpenTask.subject_id == story.case_id, OpenTask.node == node)).one()
    return row.id


def revision(story):
    return db.session.get(ProcessInstance, story.case.instance_id).revision


def move(story, node, to, reason=WHY):
    given = (story.case.instance_id, token(story, node), to)
    return act(story, mending.move, *given, revision=revision(story), reason=reason)


def clock(story, name):
    chosen = select(Clock).where(Clock.subject_id == story.case_id, Clock.name == name).order_by(Clock.id.desc())
    return db.session.scalars(chosen).first()


def broken(story, monkeypatch):
    """The action of automatic dispatch fails three times."""

    def fail(*_):
        raise TimeoutError("no answer")

    known = dict(actions._actions)
    monkeypatch.setattr(actions, "_actions", known)
    kept = known["dispatch_by_rules"]
    known["dispatch_by_rules"] = actions.Action(kept.name, kept.parameters, fail)
    story.report().propose().do("zhao", "filing")
    for _ in range(3):
        story.wait(minutes=6)
    return db.session.scalars(select(Incident.id)).one()


def test_a_case_moved_past_its_department_waits_for_verification(city):
    story = Story(city).filed()
    move(story, "sign", "verify")
    assert story.case.stage == Stage.verifying
    assert story.waiting == {"verify"}
    assert (clock(story, "handling").state, story.case.clock_state) == ("stopped", "stopped")
    assert clock(story, "signing").state == "stopped"
    assert clock(story, "verification").state == "running"
    assert db.session.scalars(select(OpenTimer).where(OpenTimer.subject_id == story.case_id)).all() == []
    assert db.session.scalars(select(Dispatch.ended_by)).all() == ["feedback"]
    story.do("chen", "verification", result="passed", note="已整改").do("zhao", "closure")
    assert story.case.stage == Stage.closed


def test_a_case_moved_back_to_its_department_has_its_clock_run_on(city):
    story = Story(city).filed().handled()
    due = story.case.due_at
    move(story, "review_feedback", "assign")
    assert (story.case.stage, story.case.handled_at, story.case.clock_state) == (Stage.handling, None, "running")
    assert story.case.due_at >= due
    assert clock(story, "handling").state == "running"
    assert db.session.scalars(select(Dispatch.ended_at)).all() == [None]
    story.do(story.clerk, "assignment", handler_id=story.handler.id)
    assert story.waiting == {"handle"}


def test_a_case_moved_back_to_dispatching_leaves_its_department(city):
    story = Story(city).filed()
    move(story, "sign", "dispatch")
    assert (story.case.stage, story.case.department_id) == (Stage.pending_dispatch, None)
    assert clock(story, "handling").state == "stopped"
    story.do("wang", "dispatch", department_id=city.parks.id)
    assert (story.case.department_id, clock(story, "handling").state) == (city.parks.id, "running")


def test_it_is_told_on_the_timeline_and_in_the_audit_log(city):
    story = Story(city).filed()
    move(story, "sign", "assign")
    entry = db.session.scalars(select(TimelineEntry).order_by(TimelineEntry.id.desc())).first()
    assert (entry.act, entry.note, entry.by_id) == ("token_move", WHY, city.system_admin.id)
    assert (entry.detail["node_before"], entry.detail["node_after"]) == ("签收", "内部指派")
    record = db.session.scalars(select(AuditRecord).order_by(AuditRecord.id.desc())).first()
    assert (record.action, record.detail["reason"]) == ("process.token_move", WHY)


@pytest.mark.parametrize(("to", "refusal"), [("accept", AlreadyFiled), ("approve_filing", AlreadyFiled)])
def test_a_filed_case_does_not_go_back_before_its_filing(city, to, refusal):
    story = Story(city).filed()
    with pytest.raises(refusal):
        move(story, "sign", to)
    assert story.waiting == {"sign"}


@pytest.mark.parametrize(("to", "refusal"), [("verify", NotFiledYet), ("sign", NoDepartmentYet)])
def test_a_report_is_not_moved_past_its_filing(city, to, refusal):
    story = Story(city).report()
    with pytest.raises(refusal):
        move(story, "accept", to)
    assert story.waiting == {"accept"}


def test_the_list_of_places_says_why_not(city):
    story = Story(city).filed()
    board = inspecting.page(story.case.instance_id).board
    found = {each.node.id: each.why_not for each in mending.targets(board, token(story, "sign"), story.case)}
    assert {found["assign"], found["verify"], found["dispatch"]} == {""}
    assert "has been filed" in found["accept"]
    assert "sign" not in found


def test_a_reason_is_needed_and_nothing_moves_without(city):
    story = Story(city).filed()
    for reason in ("", "  ", "因" * 1001):
        with pytest.raises(Invalid):
            move(story, "sign", "assign", reason)
    assert story.waiting == {"sign"}


def test_a_suspended_case_is_not_moved(city):
    story = Story(city).filed()
    with unit_of_work():
        story.case.stage = Stage.suspended
    with pytest.raises(CaseSuspended):
        move(story, "sign", "assign")


def test_a_request_about_a_case_is_not_moved(city):
    story = Story(city).filed()
    with unit_of_work():
        beside = execution.start("extension", subject_kind="case", subject_id=story.case_id, facts={}, by_id=None,
                                 at=story.now).instance_id  # fmt: skip
    with pytest.raises(DecidesOnRequest):
        act(story, mending.move, beside, "x" * 32, "sign", revision=1, reason=WHY)


def test_a_page_that_is_out_of_date_moves_nothing(city):
    story = Story(city).filed()
    old, seen = token(story, "sign"), revision(story)
    story.do(story.clerk, "signing")
    with pytest.raises(StepGone):
        act(story, mending.move, story.case.instance_id, old, "verify", revision=seen, reason=WHY)
    assert story.waiting == {"assign"}


def test_whoever_moved_a_case_has_had_a_hand_in_it(city):
    story = Story(city).filed()
    move(story, "sign", "verify")
    assert city.system_admin.id in queries.movers(story.case.instance_id)


def test_skipping_a_failed_action_goes_on_with_what_it_would_have_found(city, monkeypatch):
    story = Story(city)
    incident = broken(story, monkeypatch)
    assert story.waiting == set()
    act(story, mending.skip, incident, reason="规则库故障", facts={"dispatched": False})
    assert story.waiting == {"dispatch"}
    assert db.session.get(Incident, incident).note == "规则库故障"
    assert db.session.scalars(select(OutboxMessage.state)).all() == ["done"]
    assert "incident_skip" in story.told
    with pytest.raises(IncidentClosed):
        act(story, mending.skip, incident, reason=WHY, facts={})


def test_skipping_without_what_the_next_gateway_asks_for_changes_nothing(city, monkeypatch):
    story = Story(city)
    incident = broken(story, monkeypatch)
    with pytest.raises(Conflict):
        act(story, mending.skip, incident, reason=WHY, facts={})
    db.session.rollback()
    assert db.session.get(Incident, incident).resolved_at is None


def test_an_incident_of_no_step_cannot_be_skipped(city):
    story = Story(city).filed()
    with unit_of_work():
        row = incidents.open_about(story.case.instance_id, node="sign", clock_id=1, attempts=3,
                                   error=ValueError("x"), at=story.now)  # fmt: skip
        key = row.id
    with pytest.raises(NotSkippable):
        act(story, mending.skip, key, reason=WHY, facts={})
    with pytest.raises(NotFound):
        act(story, mending.skip, 987_654, reason=WHY, facts={})


def test_a_timer_that_follows_a_time_limit_is_not_set_by_hand(city):
    story = Story(city).filed()
    timer = db.session.scalars(select(OpenTimer).where(OpenTimer.subject_id == story.case_id)).first()
    with pytest.raises(ClockTimer) as refused:
        act(story, mending.change_timer, timer.id, story.now, reason=WHY)
    assert refused.value.params == {"clock": "signing"}


def waiting_timer(story):
    """A timer beside signing that waits three days of its own, whatever the time limits say."""
    story.filed()
    with unit_of_work():
        timer = db.session.scalars(select(OpenTimer).where(OpenTimer.subject_id == story.case_id)).one()
        timer.clock, timer.due_at = None, story.now + timedelta(days=3)
    return timer


def test_a_timer_of_its_own_fires_when_it_was_set_to(city):
    story = Story(city)
    timer = waiting_timer(story)
    key, due = timer.id, story.now + timedelta(hours=1)
    act(story, mending.change_timer, key, due, reason="提前")
    assert db.session.get(OpenTimer, key).due_at == due
    assert "timer_change" in story.told
    story.wait(hours=2)
    assert db.session.get(OpenTimer, key) is None
    with pytest.raises(StepGone):
        act(story, mending.change_timer, key, due, reason="提前")


def test_a_timer_that_an_incident_holds_is_mended_with_it(city):
    story = Story(city)
    timer = waiting_timer(story)
    key = timer.id
    with unit_of_work():
        held = db.session.get(OpenTimer, key)
        held.attempts, held.due_at = 3, None
        incident = incidents.open_for(held, ValueError("x"), story.now).id
    with pytest.raises(TimerHeld):
        act(story, mending.change_timer, key, story.now, reason=WHY)
    act(story, mending.skip, incident, reason=WHY, facts={})
    assert db.session.get(OpenTimer, key) is None


def test_moving_takes_no_more_statements_than_any_act(city, statements, database_kind):
    story, _ = Story(city).filed(), city.system_admin
    given = (story.case.instance_id, token(story, "sign"), "verify")
    seen_revision = revision(story)
    db.session.rollback()
    with statements() as seen:
        act(story, mending.move, *given, revision=seen_revision, reason=WHY)
    # SQLite is told of each row of a move for itself, PostgreSQL of all at once.
    most = 20 if database_kind == "postgresql" else 25
    assert len(seen) <= most, "\n".join(seen)


def cancel(story, instance_id=None, seen=None):
    key, seen = instance_id or story.case.instance_id, revision(story) if seen is None else seen
    return act(story, mending.cancel, key, revision=seen, reason=WHY)


@pytest.mark.parametrize("is_filed", [True, False])
def test_a_case_whose_process_is_ended_for_good_is_void(city, is_filed):
    story = Story(city).filed() if is_filed else Story(city).report()
    cancel(story)
    assert (story.case.stage, story.case.result, story.case.ended_at) == (Stage.void, "process_cancelled", story.now)
    assert db.session.get(ProcessInstance, story.case.instance_id).ended_at == story.now
    for table in (OpenTask, OpenTimer):
        assert db.session.scalars(select(table).where(table.subject_id == story.case_id)).all() == []
    assert {one.state for one in db.session.scalars(select(Clock).where(Clock.subject_id == story.case_id))} <= {
        "stopped"
    }
    assert db.session.scalars(select(Dispatch.ended_by)).all() == ["void"] * is_filed
    entry = db.session.scalars(select(TimelineEntry).order_by(TimelineEntry.id.desc())).first()
    assert (entry.act, entry.note, entry.by_id) == ("voiding", WHY, city.system_admin.id)
    record = db.session.scalars(select(AuditRecord).order_by(AuditRecord.id.desc())).first()
    assert (record.action, record.detail) == ("process.cancellation", {"reason": WHY})
    with pytest.raises(CaseEnded):
        cancel(story)


def test_a_process_that_went_on_or_ended_meanwhile_is_not_ended_for_good(city):
    story = Story(city).filed()
    seen = revision(story)
    story.signed()
    with pytest.raises(StepGone):
        cancel(story, seen=seen)
    assert story.case.stage == Stage.handling
    with pytest.raises(Invalid):
        act(story, mending.cancel, story.case.instance_id, revision=revision(story), reason=" ")
    with pytest.raises(NotFound):
        cancel(story, instance_id=987654)
    story.do("zhao", "voiding", reason="filed_in_error", note="误立")
    with pytest.raises(CaseEnded):
        cancel(story)
