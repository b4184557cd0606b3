"""What ends before it is filed: a citizen is told, a transfer waits for its receipt (process.md §4.2, §4.14)."""

from datetime import timedelta

import pytest

from engine.cases import steps
from engine.cases.models import Involvement, Source, Stage, TimelineEntry
from engine.cases.reporting import Reporter
from engine.deadlines import clocks
from engine.kit.db import db
from tests.stories import Story


@pytest.fixture
def call(city) -> Story:
    """A citizen called; nothing was decided yet."""
    return Story(city).report("sun", source=Source.hotline, photos=(), reporter=Reporter("王女士", "13800001234"))


def entry(story: Story, act: str) -> TimelineEntry:
    return db.session.query(TimelineEntry).filter_by(case_id=story.case_id, act=act).one()


def test_a_citizen_whose_report_is_rejected_is_told(call):
    call.do("li", "rejection", reason="not_city_management", note="属物业管理，已解释")
    assert (call.case.stage, call.case.result) == (Stage.rejected, "not_city_management")
    assert call.case.ended_at == call.now
    (task,) = steps.open_steps(call.case)
    assert (task.act, task.group_name) == ("notice", "call_taker")
    assert task.due_at is not None
    call.do("sun", "notice", answer="told", note="")
    assert not call.waiting
    assert not clocks.open_clocks("case", call.case_id)
    assert entry(call, "notice").detail == {"answer": "told"}
    assert call.case.stage == Stage.rejected
    assert call.case.ended_at < call.now, "the report ended when it was rejected, not when the citizen heard of it"


def test_a_citizen_is_told_when_the_duty_officer_refuses_filing(call):
    call.do("li", "confirmation_request").do("chen", "confirmation", result="true").propose()
    call.do("zhao", "filing_rejection", reason="below_criteria", note="未达立案标准")
    assert call.case.stage == Stage.rejected
    assert call.waiting == {"tell_citizen"}


def test_a_collectors_rejected_report_is_simply_over(city):
    story = Story(city).report().do("li", "rejection", reason="untrue", note="现场无此问题")
    assert not story.waiting


def test_who_told_the_citizen_is_on_record(call):
    call.do("li", "rejection", reason="test_data", note="测试数据").do("sun", "notice", answer="unreachable", note="")
    assert db.session.query(Involvement).filter_by(case_id=call.case_id, part="called_back").count() == 1


def test_a_citizen_who_disagrees_may_move_the_duty_officer_to_reopen(call):
    call.do("li", "rejection", reason="untrue", note="现场无此问题")
    call.do("sun", "notice", answer="disagrees", note="称垃圾在院墙后")
    call.do("zhao", "reopening", reason="按来电人说明重新核实")
    assert call.case.stage == Stage.reported
    assert call.waiting == {"accept"}


def test_reopening_before_the_citizen_was_told_takes_that_call_off_the_list(call):
    call.do("li", "rejection", reason="untrue", note="现场无此问题").do("zhao", "reopening", reason="误判")
    assert call.waiting == {"accept"}


def transferred(story: Story) -> Story:
    return story.do("li", "transfer", destination="12345", destination_number="LJ-77", note="")


def test_a_transfer_waits_for_its_receipt_and_the_acceptor_is_reminded_after_24_hours(city):
    story = transferred(Story(city).report())
    assert (story.case.stage, story.case.result) == (Stage.transferred, "transferred")
    (task,) = steps.open_steps(story.case)
    assert task.due_at - story.now == timedelta(hours=24), "other platforms keep no working hours of ours"
    story.wait(hours=23)
    assert "urging" not in story.told
    story.wait(hours=2)
    assert entry(story, "urging").detail == {"to": "acceptor"}
    story.do("li", "receipt", answer="received", number="HZ-1", note="")
    assert not story.waiting
    assert entry(story, "receipt").detail == {"answer": "received", "number": "HZ-1"}
    assert story.case.stage == Stage.transferred


def test_a_citizen_hears_of_the_transfer_once_the_other_platform_took_it(call):
    transferred(call).do("li", "receipt", answer="received", number="", note="")
    assert call.waiting == {"tell_citizen"}
    assert call.do("sun", "notice", answer="told", note="").case.stage == Stage.transferred


def test_a_transfer_that_was_not_taken_is_accepted_here_anew(city):
    story = transferred(Story(city).report()).do("li", "receipt", answer="refused", number="", note="不属其职责")
    assert (story.case.stage, story.case.result, story.case.ended_at) == (Stage.reported, None, None)
    assert story.waiting == {"accept"}
    story.filed().handled().verified().do("zhao", "closure", result="resolved")
    assert story.case.stage == Stage.closed
