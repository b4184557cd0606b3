"""Timers fire once, at the moment that their clock says, whichever worker does it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select

from engine.kit.db import db, unit_of_work
from engine.process import claiming, definitions, incidents, jobs, timers
from engine.process.models import Incident, OpenTimer, ProcessEvent
from engine.process.moving import TIMER
from tests.engine.process.sketching import Sketch
from tests.engine.process.stories import MONDAY, Notebook, Office, begin, do, nodes
from tests.together import at_once

HOUR = timedelta(hours=1)


def handling(subject_id: int = 1) -> None:
    begin(subject_id=subject_id)
    do("accept", subject_id)
    jobs.run_due(MONDAY)
    assert nodes(subject_id) == ["handle"]


def test_a_timer_takes_its_due_moment_from_the_clock(notebook: Notebook, office: Office) -> None:
    handling()
    assert _due() == MONDAY + 8 * HOUR
    assert jobs.run_due(MONDAY + 7 * HOUR) == 0
    assert jobs.run_due(MONDAY + 8 * HOUR) == 2
    assert office.performed[-1] == ("urge", 1, {"to": "clerk"})
    # Beside the step, not instead of it; and only once.
    assert nodes() == ["handle"]
    assert jobs.run_due(MONDAY + 9 * HOUR) == 0


def test_a_timer_goes_when_its_step_is_done(notebook: Notebook) -> None:
    handling()
    do("handled")
    assert _timers() == 0


def test_an_extended_clock_keeps_the_timer_waiting(notebook: Notebook) -> None:
    handling()
    notebook.dues["handling"] = MONDAY + 24 * HOUR
    assert jobs.run_due(MONDAY + 8 * HOUR) == 0
    assert _due() == MONDAY + 24 * HOUR
    assert jobs.run_due(MONDAY + 24 * HOUR) == 2


def test_a_paused_clock_puts_the_timer_to_sleep_and_resuming_wakes_it(notebook: Notebook) -> None:
    handling()
    notebook.dues["handling"] = None
    with unit_of_work():
        timers.reschedule("errand", 1, at=MONDAY)
    assert _due() is None
    assert jobs.run_due(MONDAY + 80 * HOUR) == 0
    notebook.dues["handling"] = MONDAY + 90 * HOUR
    with unit_of_work():
        timers.reschedule("errand", 1, at=MONDAY)
    assert jobs.run_due(MONDAY + 90 * HOUR) == 2


def test_a_worker_that_dies_between_claim_and_fire_is_replaced(notebook: Notebook) -> None:
    handling()
    late = MONDAY + 8 * HOUR
    [dead] = timers.claim("worker 1", late)
    assert timers.claim("worker 2", late + timedelta(seconds=60)) == []
    [taken_over] = timers.claim("worker 2", late + timers.LEASE)
    assert timers.fire(taken_over, late + timers.LEASE)
    # The first one was only slow, and comes back from the dead.
    assert not timers.fire(dead, late + timers.LEASE)
    fired = select(func.count()).where(ProcessEvent.kind == "fired")
    assert db.session.scalar(fired) == 1


def test_workers_claim_different_timers(notebook: Notebook) -> None:
    for subject_id in range(1, 8):
        handling(subject_id)
    late = MONDAY + 8 * HOUR
    claims = [timers.claim(f"worker {number}", late, most=3) for number in range(4)]
    assert [len(each) for each in claims] == [3, 3, 1, 0]
    assert len({claim.id for each in claims for claim in each}) == 7


def test_a_timer_that_fails_three_times_sleeps_until_an_administrator_wakes_it(notebook: Notebook) -> None:
    handling()
    notebook.follow = _broken  # type: ignore[method-assign, assignment]
    moment = MONDAY + 8 * HOUR
    for _ in range(4):
        assert jobs.run_due(moment) == 0
        moment += HOUR
    [incident] = incidents.open_incidents()
    assert (incident.node, incident.attempts) == ("late", 3)
    assert "the follower is ill" in incident.error
    assert _due() is None
    del notebook.follow
    with unit_of_work():
        incidents.retry(db.session.scalars(select(Incident.id)).one(), by_id=None, at=moment, note="healed")
    assert jobs.run_due(moment) == 2
    assert incidents.open_incidents() == []


def test_a_clock_that_moves_does_not_wake_a_timer_that_an_incident_holds(notebook: Notebook) -> None:
    handling()
    notebook.follow = _broken  # type: ignore[method-assign, assignment]
    for hours in range(8, 12):
        jobs.run_due(MONDAY + hours * HOUR)
    notebook.dues["handling"] = MONDAY + 20 * HOUR
    with unit_of_work():
        timers.reschedule("errand", 1, at=MONDAY + 12 * HOUR)
    assert jobs.run_due(MONDAY + 21 * HOUR) == 0
    assert len(incidents.open_incidents()) == 1


def test_a_worker_that_is_told_to_stop_gives_back_what_it_has_not_begun(notebook: Notebook) -> None:
    for subject_id in range(1, 6):
        handling(subject_id)
    late = MONDAY + 8 * HOUR
    going_on = iter([True, True, True])
    assert jobs.run_due(late, worker="one", going_on=lambda: next(going_on, False)) == 2
    # Not after the lease, but at once.
    assert len(timers.claim("two", late)) == 3


def test_what_is_given_back_is_not_what_another_has_taken_over(notebook: Notebook) -> None:
    handling()
    late = MONDAY + 8 * HOUR
    slow = timers.claim("slow", late)
    assert len(timers.claim("another", late + timers.LEASE)) == 1
    claiming.one_by_one(TIMER, slow, timers.fire, worker="slow", going_on=lambda: False)  # type: ignore[arg-type]
    assert timers.claim("third", late + timers.LEASE) == []


def test_a_lease_of_a_machine_whose_clock_was_ahead_holds_nothing(notebook: Notebook) -> None:
    handling()
    late = MONDAY + 8 * HOUR
    assert len(timers.claim("an hour ahead", late + HOUR)) == 1
    assert len(timers.claim("right", late + timedelta(seconds=1))) == 1
    # A second or a minute of difference between machines frees nothing.
    assert timers.claim("a minute slow", late - timedelta(seconds=59) + timedelta(minutes=1)) == []


@pytest.mark.parametrize("moves", [-2 * HOUR, 3 * HOUR, None])
def test_a_clock_that_moves_between_claim_and_fire_is_asked_again(notebook: Notebook, moves: timedelta | None) -> None:
    handling()
    late = MONDAY + 8 * HOUR
    [claim] = timers.claim("one", late)
    notebook.dues["handling"] = late + moves if moves is not None else None
    fires = moves is not None and moves < timedelta(0)
    assert timers.fire(claim, late) is fires
    if not fires:
        assert _due() == notebook.dues["handling"]
        # Put back, it is nobody's: whoever comes when it is due again gets it at once.
        assert len(timers.claim("two", late + 3 * HOUR)) == (moves is not None)


def test_a_rollback_leaves_the_timer_where_it_was(notebook: Notebook) -> None:
    handling()
    with pytest.raises(RuntimeError), unit_of_work():
        notebook.dues["handling"] = MONDAY + 20 * HOUR
        timers.reschedule("errand", 1, at=MONDAY)
        raise RuntimeError("something else of the act went wrong")
    assert _due() == MONDAY + 8 * HOUR


def test_a_burst_costs_few_statements(
    notebook: Notebook, statements: Callable[[], AbstractContextManager[list[str]]], database_kind: str
) -> None:
    for subject_id in range(1, 21):
        handling(subject_id)
    late = MONDAY + 8 * HOUR
    with statements() as claimed:
        claims = timers.claim("one", late)
    assert len(claims) == 20
    assert len(claimed) <= 3
    with statements() as fired:
        assert all(timers.fire(claim, late) for claim in claims)
    if database_kind == "postgresql":
        assert len(fired) == 2 * len(claims)


def test_an_empty_poll_costs_one_statement_for_timers(
    notebook: Notebook, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    with statements() as asked:
        assert timers.claim("one", MONDAY) == []
    assert len(asked) == 1


def test_durations_in_the_drawing_count_from_the_move(notebook: Notebook) -> None:
    begin("errand")
    do("bought", node="buy")
    do("cooked", moment=MONDAY + HOUR)
    assert _due() == MONDAY + HOUR + timedelta(minutes=30)


def branching() -> None:
    """Two things at once: somebody looks and then writes, and a wait for the clock of handling."""
    s = Sketch("branching").start().parallel("both").user("look").user("write").wait("until_due", clock="handling")
    s.parallel("ready").end("done").chain("begin", "both", "look", "write", "ready", "done")
    s.chain("both", "until_due", "ready")
    with unit_of_work():
        definitions.publish("branching", s.xml().encode(), by_id=None, at=MONDAY)
    begin("branching")


def test_a_timer_that_waits_through_a_move_moves_with_its_clock(notebook: Notebook) -> None:
    branching()
    notebook.dues["handling"] = MONDAY + 24 * HOUR
    do("done", node="look")
    assert _due() == MONDAY + 24 * HOUR


def test_a_timer_whose_clock_was_stopped_for_a_while_is_not_lost(notebook: Notebook) -> None:
    branching()
    notebook.dues["handling"] = None
    assert jobs.run_due(MONDAY + 8 * HOUR) == 0
    assert _due() is None
    notebook.dues["handling"] = MONDAY + 30 * HOUR
    do("done", node="look")
    assert jobs.run_due(MONDAY + 30 * HOUR) == 1


def test_a_move_does_not_wake_a_timer_that_an_incident_holds(notebook: Notebook) -> None:
    branching()
    notebook.follow = _broken  # type: ignore[method-assign, assignment]
    for hours in range(8, 12):
        jobs.run_due(MONDAY + hours * HOUR)
    assert _due() is None
    del notebook.follow
    do("done", node="look")
    assert _due() is None


def _broken(_: object) -> None:
    raise RuntimeError("the follower is ill")


def _due() -> object:
    due = db.session.scalars(select(OpenTimer.due_at)).one()
    db.session.commit()
    return due


def _timers() -> int:
    return db.session.scalar(select(func.count()).select_from(OpenTimer)) or 0


def test_workers_that_claim_at_the_same_moment_get_different_timers(notebook: Notebook, database: str) -> None:
    for subject_id in range(1, 13):
        handling(subject_id)
    workers = (partial(timers.claim, f"worker {number}", MONDAY + 8 * HOUR, most=3) for number in range(4))
    claims = at_once(database, *workers)
    keys = [claim.id for each in claims for claim in each]
    assert len(claims) == 4
    assert len(keys) == len(set(keys)) == 12
