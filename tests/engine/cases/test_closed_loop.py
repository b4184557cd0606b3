"""The loop as the drawing has it, from report to closure and every way back, on real rows."""

import pytest

from engine.cases import acts, policy, steps
from engine.cases.errors import (
    CaseEnded,
    CaseNotFound,
    HandledIt,
    NoReturnAfterArbitration,
    NotConfirmedYet,
    NotFiled,
    NotYourStep,
    ReopenedBefore,
    StepNotOpen,
)
from engine.cases.models import Source, Stage
from engine.cases.reporting import Reporter
from engine.cases.round_models import Dispatch, Return
from engine.deadlines import clocks
from engine.kit.db import db
from engine.kit.errors import Invalid, NotAllowed
from tests.stories import Story, category, condition, photo


def dispatches(story):
    return db.session.query(Dispatch).filter_by(case_id=story.case_id).order_by(Dispatch.id).all()


def test_a_collectors_report_becomes_a_closed_case(city):
    story = Story(city).closed()
    assert story.case.stage == Stage.closed
    assert story.case.result == "resolved"
    assert story.case.ended_at == story.case.closed_at
    assert story.case.clock_state == "stopped"
    assert story.case.handled_at <= story.case.due_at
    assert not story.waiting
    assert not clocks.open_clocks("case", story.case_id)
    assert [act for act in story.told if act != "dispatch"] == [
        "report",
        "acceptance",
        "filing",
        "signing",
        "assignment",
        "handling",
        "feedback",
        "feedback_acceptance",
        "verification",
        "closure",
    ]


def test_garbage_is_dispatched_by_the_authority_list_and_says_why(city):
    story = Story(city).report().propose().do("zhao", "filing")
    assert story.case.stage == Stage.pending_sign
    (dispatch,) = dispatches(story)
    assert dispatch.mode == "auto"
    assert dispatch.rule_id is not None
    assert any(verdict["matched"] for verdict in dispatch.explanation)


def test_a_citizens_report_is_confirmed_first_and_called_back(city):
    story = Story(city).report("sun", source=Source.hotline, photos=(), reporter=Reporter("王女士", "13800001234"))
    with pytest.raises(NotConfirmedYet):
        story.propose()
    db.session.rollback()
    story.do("li", "confirmation_request")
    assert story.case.stage == Stage.confirming
    story.do("chen", "confirmation", result="true", note="属实").filed().handled().verified()
    story.do("zhao", "closure", result="resolved")
    assert story.case.stage == Stage.closed
    assert story.waiting == {"call_back"}
    story.do("sun", "call_back", answer="satisfied", is_justified=False)
    assert not story.waiting


def test_the_acceptance_clock_pauses_while_a_collector_is_out_to_confirm(city):
    story = Story(city).report("sun", source=Source.hotline, photos=())
    story.do("li", "confirmation_request", minutes=20).do("chen", "confirmation", minutes=10, result="true")
    clock = clocks.open_clock("case", story.case_id, "acceptance")
    assert [fact.action for fact in clock.facts] == ["start", "pause", "resume"]
    (task,) = steps.open_steps(story.case)
    # Twenty of the thirty minutes were used before; ten are left.
    assert (task.due_at - story.now).total_seconds() == 10 * 60


def test_a_justified_complaint_at_the_call_back_takes_the_case_up_again(city):
    story = Story(city).report("sun", source=Source.hotline, photos=(), reporter=Reporter("王女士", "13800001234"))
    story.do("li", "confirmation_request").do("chen", "confirmation", result="true")
    story.filed().handled().verified().do("zhao", "closure", result="resolved")
    first_due = story.case.first_due_at
    story.do("sun", "call_back", answer="dissatisfied", is_justified=True, note="垃圾还在")
    assert story.case.stage == Stage.pending_sign
    assert story.case.closed_at is None
    assert story.case.rework_count == 1
    assert story.case.first_due_at == first_due
    story.handled().verified().do("zhao", "closure", result="resolved")
    assert story.case.stage == Stage.closed


def test_a_rejection_needs_a_reason_and_ends_the_report(city):
    story = Story(city).report().do("li", "rejection", reason="untrue", note="现场无此问题")
    assert (story.case.stage, story.case.result) == (Stage.rejected, "untrue")
    assert not story.waiting


def test_the_second_report_of_a_problem_is_merged_into_the_first(city):
    first = Story(city).report()
    second = Story(city, now=first.now).report(description="同一处垃圾")
    second.do("li", "merger", into_number=first.case.number)
    assert second.case.stage == Stage.merged
    assert second.case.merged_into_id == first.case_id
    assert "merged_in" in first.told


def test_the_citizen_of_a_merged_report_is_called_back_too(city):
    story = Story(city).report()
    call = Story(city, now=story.now)
    call.report("sun", source=Source.hotline, photos=(), reporter=Reporter("李先生", "139"))
    call.do("li", "merger", into_number=story.case.number)
    story.filed().handled().verified().do("zhao", "closure", result="resolved")
    assert story.waiting == {"call_back"}


def test_a_case_is_not_merged_into_itself_or_into_nothing(city):
    story = Story(city).report()
    with pytest.raises(Invalid, match="marked fields"):
        story.do("li", "merger", into_number="64090000000000000000")
    db.session.rollback()
    with pytest.raises(Exception, match="itself"):
        story.do("li", "merger", into_number=story.case.number)


def test_a_granted_return_starts_the_clock_anew_for_the_next_department(city):
    story = Story(city).filed()
    first_due = story.case.due_at
    story.wait(hours=1).do(story.clerk, "return_request", reason="not_our_duty", note="不属本部门职责")
    assert story.case.stage == Stage.return_review
    story.do("wang", "return_grant")
    assert story.case.stage == Stage.pending_dispatch
    assert story.case.department_id is None
    story.do("wang", "dispatch", department_id=city.parks.id)
    assert story.case.due_at > first_due
    assert [row.ended_by for row in dispatches(story)] == ["return", None]


def test_a_refused_return_leaves_the_clock_running(city):
    story = Story(city).filed()
    due = story.case.due_at
    story.do(story.clerk, "return_request", reason="not_our_duty", note="不属本部门职责").do("wang", "return_refusal")
    assert story.case.stage == Stage.pending_sign
    assert story.case.due_at == due
    assert db.session.query(Return).one().decision == "refused"


def test_the_second_return_goes_to_arbitration_and_then_there_is_none(city):
    story = Story(city).filed()
    story.do(story.clerk, "return_request", reason="not_our_duty", note="不属本部门职责").do("wang", "return_grant")
    story.do("wang", "dispatch", department_id=city.parks.id)
    story.do("parks_clerk", "return_request", reason="not_our_duty", note="不属本部门职责").do("wang", "return_grant")
    assert story.case.stage == Stage.arbitration
    story.do("qian", "arbitration", department_id=city.sanitation.id, authorised_by="钱指挥长", minutes_number="2026-3")
    assert story.case.stage == Stage.pending_sign
    assert "return_request" not in {
        offer.act.name for offer in acts.offers(story.case, steps.open_steps(story.case), city.clerk)
    }
    with pytest.raises(NoReturnAfterArbitration):
        story.do("clerk", "return_request", reason="not_our_duty", note="不属本部门职责")


def test_failed_verification_is_rework_judged_by_the_first_due(city):
    story = Story(city).filed().handled().do("wang", "feedback_acceptance")
    first_due = story.case.due_at
    story.do("chen", "verification", result="failed", note="仍有残留")
    assert story.case.stage == Stage.pending_sign
    assert story.case.rework_count == 1
    assert story.case.due_at == first_due
    assert "rework" in clocks.open_clocks("case", story.case_id)
    story.handled().verified().do("zhao", "closure", result="resolved")
    assert story.case.stage == Stage.closed


def test_refused_feedback_gives_the_time_of_its_review_back(city):
    story = Story(city).filed().handled()
    due = story.case.due_at
    story.do("wang", "feedback_refusal", minutes=30, note="照片不清")
    assert story.case.stage == Stage.handling
    assert story.case.clock_state == "running"
    assert story.case.handled_at is None
    assert (story.case.due_at - due).total_seconds() == 30 * 60


def test_who_handled_a_case_neither_verifies_nor_closes_it(city):
    story = Story(city).filed().handled().do("wang", "feedback_acceptance")
    with pytest.raises(NotAllowed):
        story.do(story.handler, "verification", result="passed")
    db.session.rollback()
    with pytest.raises(HandledIt):
        policy.check_apart(story.case, story.handler)


def test_a_collector_who_put_it_right_himself_cannot_verify_it(city):
    story = Story(city).report(is_self_handled=True, after_photos=(photo("green"),))
    assert story.waiting == {"review_self_handling"}
    story.do("li", "self_handling_approval")
    assert (story.case.stage, story.case.result) == (Stage.closed, "self_handled")


def test_self_handling_that_does_not_convince_goes_the_ordinary_way(city):
    story = Story(city).report(is_self_handled=True, after_photos=(photo("green"),))
    story.do("li", "self_handling_refusal", note="未见整改")
    assert story.waiting == {"accept"}
    assert not story.case.is_self_handled


def test_an_urgent_case_is_handled_while_it_is_filed(city):
    story = Story(city).report(is_urgent=True, department_id=city.sanitation.id)
    assert story.waiting == {"sign", "file_afterwards"}
    assert story.case.limit_unit == "urgent_hours"
    chosen = category()
    story.do("clerk", "signing").do("clerk", "assignment", handler_id=city.handler.id)
    story.do("zhao", "late_filing", category_id=chosen.id, area_class="A", filing_condition_id=condition(chosen).id)
    assert story.case.stage == Stage.handling
    assert story.case.filed_at is not None
    story.do("handler", "handling", note="已处置").do("clerk", "feedback", note="已处置").verified()
    story.do("zhao", "closure", result="resolved")
    assert story.case.stage == Stage.closed


def test_an_urgent_case_that_nobody_signs_for_is_urged_after_a_quarter_of_an_hour(city):
    story = Story(city).report(is_urgent=True, department_id=city.sanitation.id).wait(minutes=16)
    assert "urging" in story.told


def test_a_confirmation_nobody_answers_goes_to_the_pool_and_then_to_the_duty_officer(city):
    story = Story(city).report("sun", source=Source.hotline, photos=()).do("li", "confirmation_request")
    story.wait(minutes=31)
    assert story.told.count("confirmation_reassignment") == 1
    (task,) = steps.open_steps(story.case)
    assert task.group_name == "collector"
    story.wait(minutes=31)
    assert "urging" in story.told


def test_an_overdue_case_is_marked_once(city):
    story = Story(city).filed()
    story.do(story.clerk, "signing").wait(days=30)
    assert story.told.count("overdue") == 1
    story.do(story.clerk, "assignment", handler_id=story.handler.id).wait(days=1)
    assert story.told.count("overdue") == 1


def test_the_duty_officer_voids_a_filed_case_with_a_reason_and_only_then(city):
    story = Story(city).report()
    with pytest.raises(NotFiled):
        story.do("zhao", "voiding", reason="filed_in_error", note="误立")
    db.session.rollback()
    story.filed()
    with pytest.raises(NotAllowed):
        story.do("wang", "voiding", reason="filed_in_error", note="误立")
    db.session.rollback()
    story.do("zhao", "voiding", reason="filed_in_error", note="误立")
    assert (story.case.stage, story.case.result) == (Stage.void, "filed_in_error")
    assert not story.waiting


def test_nothing_is_done_on_an_ended_case(city):
    story = Story(city).closed()
    with pytest.raises(CaseEnded):
        story.do("zhao", "closure", result="resolved")


def test_a_closed_case_is_reopened_under_its_number(city):
    story = Story(city).closed()
    number = story.case.number
    story.do("zhao", "reopening", reason="群众反映问题重现")
    assert story.waiting == {"dispatch"}
    story.do("wang", "dispatch", department_id=city.sanitation.id).handled().verified()
    story.do("zhao", "closure", result="resolved")
    assert (story.case.number, story.case.stage, story.case.reopen_count) == (number, Stage.closed, 1)


def test_a_rejected_report_is_restored_only_once(city):
    story = Story(city).report().do("li", "rejection", reason="untrue").do("zhao", "reopening", reason="确有其事")
    assert story.case.stage == Stage.reported
    story.do("li", "rejection", reason="untrue")
    with pytest.raises(ReopenedBefore):
        story.do("zhao", "reopening", reason="确有其事")


def test_a_step_done_twice_is_done_once(city):
    story = Story(city).report()
    task_id = steps.open_steps(story.case)[0].id
    story.do("li", "rejection", reason="untrue", task_id=task_id)
    with pytest.raises((CaseEnded, StepNotOpen)):
        story.do("li", "filing_proposal", task_id=task_id, category_id=1, filing_condition_id=1)


def test_a_step_of_another_group_is_not_mine(city):
    story = Story(city).filed()
    other = "parks_clerk" if story.case.department.code == "sanitation" else "clerk"
    with pytest.raises((NotYourStep, CaseNotFound)):
        story.do(other, "signing")
    db.session.rollback()
    assert story.waiting == {"sign"}


def test_a_point_outside_the_city_is_refused_beside_its_field(city):
    with pytest.raises(Invalid) as refused:
        Story(city).report(point=(0.0, 0.0))
    assert "point" in refused.value.fields


def test_an_unknown_category_is_refused_beside_its_field(city):
    with pytest.raises(Invalid) as refused:
        Story(city).report(category_id=999_999)
    assert "category_id" in refused.value.fields


def test_the_page_offers_just_what_this_person_may_do_now(city):
    story = Story(city).report()
    offered = {offer.act.name for offer in acts.offers(story.case, steps.open_steps(story.case), city.li)}
    assert {"filing_proposal", "confirmation_request", "merger", "transfer", "rejection"} <= offered
    assert "filing" not in offered
    assert not [offer for offer in acts.offers(story.case, steps.open_steps(story.case), city.clerk) if offer.task]
