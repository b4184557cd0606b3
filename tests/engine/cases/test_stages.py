"""The clocks of the centre's steps across the moves of a drawing (process.md §5.1)."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from engine.access import granting
from engine.access.permissions import Permission, Scope
from engine.cases import stages
from engine.cases.stages import CaseFollower
from engine.deadlines import clocks
from engine.kit import remembering
from engine.kit.db import unit_of_work
from engine.process import definitions
from engine.process.subjects import Move, Step
from tests.engine.studio import redrawn
from tests.stories import Story

STAGES = {"dispatching": "pending_dispatch", "arbitration": "arbitration", "signing": "pending_sign"}


def steps_of(names):
    return tuple(
        Step(name, name, name, None, None, name, STAGES.get(name), name if name in STAGES else None, {})
        for name in names
    )


@pytest.fixture
def move(city):
    """``move(closed, opened)`` takes a case that waits for its dispatch from step to step, ten minutes each."""
    story = Story(city).closed().do("zhao", "reopening", reason="重新立案")
    follower = CaseFollower()

    def make(closed, opened):
        story.now += timedelta(minutes=10)
        with unit_of_work():
            follower.hold(story.case_id)
            follower.follow(
                Move(story.case.instance_id, "case", story.case_id, steps_of(opened), steps_of(closed),
                     False, None, {}, {}, None, story.now)
            )  # fmt: skip
        return {name: clock.state for name, clock in clocks.open_clocks("case", story.case_id).items()}

    return make


def test_the_dispatching_clock_pauses_while_a_dispatcher_has_the_case_arbitrated(city, move):
    assert move(["dispatching"], ["arbitration"]) == {"dispatching": "paused", "arbitration": "running"}
    assert move(["arbitration"], ["dispatching"]) == {"dispatching": "running"}
    assert move(["dispatching"], ["signing"]) == {"signing": "running"}


def test_a_decision_that_is_the_dispatch_ends_both(city, move):
    move(["dispatching"], ["arbitration"])
    assert move(["arbitration"], ["signing"]) == {"signing": "running"}


def test_the_standard_drawing_has_no_dispatching_clock_during_arbitration(city):
    story = Story(city).filed()
    words = {"reason": "not_our_duty", "note": "不属本部门职责"}
    story.do(story.clerk, "return_request", **words).do("wang", "return_grant")
    assert set(clocks.open_clocks("case", story.case_id)) == {"dispatching"}
    story.do("wang", "dispatch", department_id=city.parks.id)
    story.do("parks_clerk", "return_request", **words).do("wang", "return_grant")
    assert set(clocks.open_clocks("case", story.case_id)) == {"arbitration"}
    story.do("qian", "arbitration", department_id=city.sanitation.id, authorised_by="钱指挥长", minutes_number="1")
    assert set(clocks.open_clocks("case", story.case_id)) == {"handling", "signing"}


def test_a_role_that_another_process_made_is_seen_within_seconds(city, at, monkeypatch):
    moment = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(remembering, "time", SimpleNamespace(monotonic=lambda: moment.now))
    assert stages.scope_of("archivist") == Scope.city  # no role of that name: a lane that nobody serves
    with unit_of_work():
        given = [Permission.case_export]
        granting.create("archivist", "档案员", "Archivist", Scope.department, given, by=city.security_admin,
                        at=at("2026-03-02 09:00"))  # fmt: skip
    moment.now += 1
    assert stages.scope_of("archivist") == Scope.city
    moment.now += 5
    assert stages.scope_of("archivist") == Scope.department
    assert "archivist" in stages.lanes(Scope.department)


def test_a_case_counts_as_closed_from_the_last_approval_that_its_drawing_asks_for(city):
    with unit_of_work():
        definitions.publish("standard_case", redrawn.with_leaders_say(), by_id=None, at=Story(city).now)
    story = Story(city).closed()
    assert (story.waiting, story.case.stage, story.case.closed_at) == ({"agree"}, "pending_closure", None)
    story.do("qian", "step", outcome="no")
    assert (story.waiting, story.case.closed_at) == ({"approve_closure"}, None)
    story.do("zhao", "closure", result="explained").do("qian", "step", outcome="yes")
    case = story.case
    assert (case.stage, case.closed_at, case.result) == ("closed", story.now, "explained")
