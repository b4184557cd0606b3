"""Rework: the round has a limit of its own, and is judged by the due that the case had at first (process.md §4.6)."""

import pytest

from engine.calendars import editing
from engine.calendars import queries as calendars
from engine.calendars.working_time import Limit, Unit
from engine.cases import limits, steps
from engine.cases.models import Case, Source, Stage
from engine.cases.reporting import Reporter
from engine.deadlines import clocks
from engine.deadlines import jobs as deadlines
from engine.kit import clock
from engine.kit.db import unit_of_work
from tests import city as cities
from tests.stories import Story

CITIZEN = Reporter("王女士", "13800001234")


def told_of(story, name):
    """The acts on the clock of that name, in order."""
    return [fact.action for fact in clocks.latest_clock("case", story.case_id, name).facts]


def due_of(story, node):
    return next(task.due_at for task in steps.open_steps(story.case) if task.node == node)


@pytest.fixture
def called(city):
    """A citizen's case that was closed in time and waits for the call."""
    story = Story(city).report("sun", source=Source.hotline, photos=(), reporter=CITIZEN)
    story.do("li", "confirmation_request").do("chen", "confirmation", result="true")
    return story.filed().handled().verified().do("zhao", "closure", result="resolved")


@pytest.mark.parametrize(
    ("original", "rework"),
    [
        (Limit(6, Unit.working_hours), Limit(3, Unit.working_hours)),
        (Limit(3, Unit.working_hours), Limit(2, Unit.working_hours)),
        (Limit(2, Unit.urgent_hours), Limit(2, Unit.urgent_hours)),
        (Limit(3, Unit.working_days), Limit(1.5, Unit.working_days)),
        (Limit(0.75, Unit.working_days), Limit(0.375, Unit.working_days)),
        (Limit(0.25, Unit.working_days), Limit(2, Unit.working_hours)),
        (Limit(7, Unit.calendar_days), Limit(3.5, Unit.calendar_days)),
    ],
)
def test_rework_has_half_of_the_limit_and_at_least_two_hours(city, original, rework):
    assert limits.rework_limit(Case(limit_value=original.value, limit_unit=original.unit)) == rework


def test_a_justified_complaint_is_reworked_within_half_the_limit_and_judged_by_the_first_due(called):
    before = called.case.first_due_at, called.case.due_at
    called.wait(days=30).do("sun", "call_back", answer="dissatisfied", is_justified=True, note="垃圾还在")
    running = clocks.open_clocks("case", called.case_id)
    assert set(running) == {"handling", "rework", "signing"}
    assert running["rework"].limit_value == called.case.limit_value / 2
    assert (called.case.first_due_at, called.case.due_at) == before
    # However fast the department is now: it was to be done by then (process.md §4.6).
    reading = clocks.read(running["handling"], at=called.now)
    assert (reading.on_time, reading.lamp) == (False, "red")
    called.signed()
    assert due_of(called, "handle") == running["rework"].due_at


def test_nothing_runs_once_the_reworked_case_is_closed(called):
    called.do("sun", "call_back", answer="dissatisfied", is_justified=True, note="垃圾还在")
    called.handled().verified().do("zhao", "closure", result="resolved")
    assert set(clocks.open_clocks("case", called.case_id)) == {"call_back"}
    called.do("sun", "call_back", answer="satisfied", is_justified=False)
    assert not clocks.open_clocks("case", called.case_id)
    assert told_of(called, "handling") == ["start", "stop", "rework", "stop"]
    assert called.case.stage == Stage.closed


def test_refused_feedback_lets_the_clock_of_the_round_run_on_too(city):
    story = Story(city).filed().handled().do("wang", "feedback_acceptance")
    story.do("chen", "verification", result="failed", note="仍有残留").handled()
    story.do("wang", "feedback_refusal", minutes=30, note="照片不清")
    running = clocks.open_clocks("case", story.case_id)
    assert set(running) == {"handling", "rework"}
    assert told_of(story, "rework") == ["start", "stop", "unstop"]
    assert due_of(story, "assign") == running["rework"].due_at


def test_a_second_round_has_a_clock_of_its_own(city):
    story = Story(city).filed().handled().do("wang", "feedback_acceptance")
    story.do("chen", "verification", result="failed").handled().do("wang", "feedback_acceptance")
    first = clocks.latest_clock("case", story.case_id, "rework")
    story.do("chen", "verification", result="failed")
    second = clocks.open_clocks("case", story.case_id)["rework"]
    assert (first.state, second.state, story.case.rework_count) == ("stopped", "running", 2)
    assert second.due_at > first.due_at


def test_in_rework_a_new_holiday_moves_the_steps_to_the_due_of_the_round(city):
    story = Story(city).filed().handled().do("wang", "feedback_acceptance")
    story.do("chen", "verification", result="failed").signed()
    before = due_of(story, "handle")
    with unit_of_work():
        day = before.astimezone(cities.ZONE).date()
        editing.set_exception(calendars.find(), day, "off", by=city.system_admin, at=story.now)
    with clock.fixed(story.now):
        deadlines.reckon_again(story.now)
    story.work()
    after = clocks.open_clocks("case", story.case_id)["rework"].due_at
    assert after > before
    assert due_of(story, "handle") == after
