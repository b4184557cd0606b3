"""Workers share row work, periodic jobs run in one of them at a time, a worker told to stop finishes first."""

import threading
import time
from datetime import datetime, timedelta
from itertools import repeat, takewhile

import pytest
from sqlalchemy import func, select

from engine import scheduler
from engine.cases.models import TimelineEntry
from engine.kit import clock
from engine.kit.db import db
from engine.process import jobs
from engine.process.models import OpenTimer
from engine.scheduler import Job, Worker
from tests import databases
from tests.stories import Story

SOON = timedelta(milliseconds=50)


def of(*runs, every=timedelta(hours=1)):
    return tuple(Job(f"job_{number}", every, run) for number, run in enumerate(runs))


@pytest.fixture
def around(database):
    return databases.application(database).app_context


def until(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.02)


def test_a_lock_has_one_holder(database):
    with scheduler.lock("sweep") as first, scheduler.lock("sweep") as second, scheduler.lock("purge") as other:
        assert (first, second, other) == (True, False, True)
    with scheduler.lock("sweep") as again:
        assert again


def test_everything_that_is_due_is_done_once(database, at):
    seen = []
    moment = at("2026-03-02 09:00")
    done = scheduler.run_once(moment, of(lambda now: seen.append(now) or 3))
    assert done == {"row_work": 0, "job_0": 3, "exports": 0, "outgoing": 0}
    assert seen == [moment]


def test_the_real_jobs_may_run_twice(city, at, tmp_path, monkeypatch):
    monkeypatch.setenv("CITYLOOP_DATA_DIR", str(tmp_path))
    assert scheduler.run_once(clock.now()).keys() == scheduler.run_once(clock.now()).keys()


def test_a_job_that_another_worker_runs_is_left_to_it(around):
    with around():
        with scheduler.lock("job_0"):
            assert scheduler.run_once(clock.now(), of(lambda _: 1))["job_0"] is None
        db.session.remove()


def test_a_failing_job_stops_neither_the_worker_nor_the_others(around):
    ran = threading.Event()
    worker = Worker(around, jobs=of(lambda _: 1 // 0, lambda _: ran.set() or 0), every=SOON)
    worker.start()
    until(ran.is_set)
    worker.stop()


def test_a_worker_that_is_told_to_stop_finishes_its_piece(around):
    begun, ended = threading.Event(), threading.Event()

    def slow(_):
        begun.set()
        time.sleep(0.3)
        ended.set()
        return 1

    worker = Worker(around, jobs=of(slow), every=timedelta(hours=1))
    worker.start()
    until(begun.is_set)
    worker.stop()
    assert ended.is_set()


def test_a_stopped_worker_begins_no_further_timer(city):
    story = Story(city)
    for _ in range(3):
        story.report(is_urgent=True, department_id=city.sanitation.id)
    going_on = iter([True, True, False])
    done = jobs.run_due(story.now + timedelta(minutes=20), going_on=lambda: next(going_on, False))
    assert done == 1
    db.session.expire_all()
    assert (
        db.session.scalar(select(func.count()).select_from(OpenTimer).where(OpenTimer.node == "signing_overdue")) == 2
    )


def test_a_burst_does_not_keep_the_ladders_waiting_nor_its_own_moment_standing(around, monkeypatch):
    asked, turns = [], []

    def endless(at, *, going_on):
        asked.append(at)
        return sum(1 for _ in takewhile(lambda _: going_on(), repeat(time.sleep(0.001))))

    monkeypatch.setattr(scheduler.process, "run_due", endless)
    monkeypatch.setattr(scheduler, "ROW_WORK", (lambda at, *, going_on: len(turns.append(at) or ()),))
    monkeypatch.setattr(scheduler, "ROW_WORK_EVERY", SOON)
    worker = scheduler.Worker(around, jobs=(), every=SOON)
    worker.start()
    until(lambda: len(turns) >= 3)
    worker.stop()
    assert turns[:3] == asked[:3] == sorted(set(asked[:3]))


def test_two_workers_share_timers_and_none_fires_twice(city):
    story = Story(city)
    for _ in range(6):
        story.report(is_urgent=True, department_id=city.sanitation.id)
    moment, application = story.now + timedelta(minutes=20), databases.application(city.url)

    def work(name):
        with application.app_context():
            try:
                jobs.run_due(moment, worker=name)
            finally:
                db.session.remove()

    db.session.remove()
    workers = [threading.Thread(target=work, args=(name,)) for name in ("one", "two")]
    for thread in workers:
        thread.start()
    for thread in workers:
        thread.join()
    jobs.run_due(moment)
    urged = select(func.count()).select_from(TimelineEntry).where(TimelineEntry.act == "urging")
    assert db.session.scalar(urged) == 6
    with application.app_context():
        db.engine.dispose()


class SetBack(datetime):
    """The machine's clock after NTP has put it back by an hour."""

    by = timedelta(0)

    @classmethod
    def now(cls, tz=None):
        return datetime.now(tz) - cls.by


def test_a_clock_that_is_put_back_keeps_nobody_waiting_for_the_old_moment(around, monkeypatch):
    """APScheduler sleeps until a moment of the wall clock: put back by an hour, that is an hour away."""
    monkeypatch.setattr(SetBack, "by", timedelta(0))
    monkeypatch.setattr("apscheduler.schedulers.base.datetime", SetBack)
    monkeypatch.setattr(clock, "datetime", SetBack)
    looks, runs = [], []
    monkeypatch.setattr(scheduler, "run_due", lambda at, **_: len(looks.append(at) or ()))
    worker = Worker(around, jobs=of(lambda now: runs.append(now) or 0, every=SOON), every=SOON)
    worker.start()
    until(lambda: len(looks) >= 2 and len(runs) >= 2)
    SetBack.by = timedelta(hours=1)
    seen, ran = len(looks), len(runs)
    until(lambda: len(looks) >= seen + 3 and len(runs) >= ran + 3)
    worker.stop()


def test_row_work_does_not_wait_for_a_long_periodic_job(around, monkeypatch):
    looks, may_end = [], threading.Event()
    monkeypatch.setattr(scheduler, "run_due", lambda at, **_: len(looks.append(at) or ()))
    begun = threading.Event()

    def figures_of_a_month(_):
        begun.set()
        may_end.wait(10)
        return 1

    worker = Worker(around, jobs=of(figures_of_a_month), every=SOON)
    worker.start()
    until(begun.is_set)
    seen = len(looks)
    until(lambda: len(looks) >= seen + 3)
    may_end.set()
    worker.stop()
