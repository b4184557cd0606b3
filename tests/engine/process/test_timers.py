"""Timers fire once, at the moment that their clock says, whichever worker does it."""

import threading
from datetime import timedelta

from sqlalchemy import func, select

from engine.kit.db import db, unit_of_work
from engine.process import incidents, jobs, timers
from engine.process.models import Incident, OpenTimer, ProcessEvent
from tests.databases import application
from tests.engine.process.stories import MONDAY, Notebook, Office, begin, do, nodes

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


def test_durations_in_the_drawing_count_from_the_move(notebook: Notebook) -> None:
    begin("errand")
    do("bought", node="buy")
    do("cooked", moment=MONDAY + HOUR)
    assert _due() == MONDAY + HOUR + timedelta(minutes=30)


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
    together, claims = threading.Barrier(4), []

    def work(name: str) -> None:
        with application(database).app_context():
            together.wait()
            claims.append(timers.claim(name, MONDAY + 8 * HOUR, most=3))
            db.session.remove()
            db.engine.dispose()

    threads = [threading.Thread(target=work, args=(f"worker {number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    keys = [claim.id for each in claims for claim in each]
    assert len(claims) == 4
    assert len(keys) == len(set(keys)) == 12
