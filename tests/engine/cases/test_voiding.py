"""Voiding: nothing of the case goes on afterwards, and nothing can be done on it."""

import pytest

from engine.cases.errors import CaseEnded
from engine.cases.models import Stage
from engine.cases.round_models import Dispatch
from engine.deadlines import clocks
from engine.kit.db import db, unit_of_work
from engine.process.models import OpenTask, OpenTimer, OutboxMessage, ProcessInstance
from tests.stories import Story, category, condition

REASON = {"reason": "filed_in_error", "note": "误立"}


def test_an_urgent_case_is_voided_with_both_its_branches(city):
    story = Story(city).report(is_urgent=True, department_id=city.sanitation.id)
    assert story.waiting == {"sign", "file_afterwards"}
    late = next(row.id for row in db.session.query(OpenTask) if row.node == "file_afterwards")
    story.do("zhao", "voiding", **REASON)
    for table in (OpenTask, OpenTimer):
        assert db.session.query(table).filter_by(subject_id=story.case_id).count() == 0
    assert not clocks.open_clocks("case", story.case_id)
    assert db.session.query(OutboxMessage).filter_by(subject_id=story.case_id, state="pending").count() == 0
    assert db.session.query(ProcessInstance).one().ended_at is not None
    assert (story.case.clock_state, db.session.query(Dispatch).one().ended_by) == ("stopped", "void")
    chosen = category()
    with pytest.raises(CaseEnded):
        story.do(
            "zhao",
            "late_filing",
            task_id=late,
            category_id=chosen.id,
            area_class="A",
            filing_condition_id=condition(chosen).id,
        )
    db.session.rollback()
    before = story.told
    story.wait(days=3)
    assert (story.case.stage, story.case.filed_at, story.told) == (Stage.void, None, before)


def test_voiding_after_the_late_filing_takes_the_other_branch_too(city):
    story = Story(city).report(is_urgent=True, department_id=city.sanitation.id).signed()
    story.do("zhao", "late_filing", category_id=category().id, filing_condition_id=condition(category()).id)
    story.do("zhao", "voiding", **REASON)
    assert not story.waiting
    assert not clocks.open_clocks("case", story.case_id)


def test_the_copy_of_a_paused_clock_says_that_it_stopped(city):
    story = Story(city).filed()
    with unit_of_work():
        clock = clocks.pause(clocks.open_clock("case", story.case_id, "handling"), at=story.now, by=city.wang)
        story.case.clock_state = clock.state
    story.do("zhao", "voiding", **REASON)
    assert story.case.clock_state == "stopped"
