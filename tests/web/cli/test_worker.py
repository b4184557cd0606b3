import os
import signal
import time
from datetime import timedelta

from sqlalchemy import select

from engine.cases.models import TimelineEntry
from engine.kit import clock
from engine.kit.db import db
from engine.process import jobs, timers
from tests.stories import Story
from tests.web.cli import commands


def begin(city, tmp_path):
    return commands.begin(tmp_path, "worker", DATABASE_URL=city.url)


def until(condition, process, seconds=40):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it took too long"
        assert process.poll() is None, process.stdout.read()
        time.sleep(0.1)
        db.session.rollback()


def fired():
    """How often a head was urged: what the timers of these stories do."""
    details = db.session.scalars(select(TimelineEntry.detail).where(TimelineEntry.act == "urging")).all()
    return details.count({"to": "department_head"})


def test_a_worker_fires_what_is_due_and_stops_on_sigterm(city, tmp_path):
    Story(city, now=clock.now() - timedelta(hours=1)).report(is_urgent=True, department_id=city.sanitation.id)
    db.session.rollback()
    worker = begin(city, tmp_path)
    until(fired, worker)
    worker.send_signal(signal.SIGTERM)
    printed, _ = worker.communicate(timeout=15)
    assert worker.returncode == 0, printed
    assert "worker stopped" in printed


def test_two_workers_share_the_timers(city, tmp_path):
    workers = [begin(city, tmp_path) for _ in range(2)]
    for worker in workers:
        assert any("worker started" in line for line in worker.stdout)
    story = Story(city, now=clock.now() - timedelta(hours=1))
    for _ in range(4):
        story.report(is_urgent=True, department_id=city.sanitation.id)
    db.session.rollback()
    until(lambda: fired() >= 4, workers[0])
    for worker in workers:
        worker.terminate()
    assert [worker.wait(15) for worker in workers] == [0, 0]
    db.session.rollback()
    assert fired() == 4


def test_one_round_tells_what_it_did(city, tmp_path):
    code, printed = commands.run(tmp_path, "worker", "--once", DATABASE_URL=city.url)
    assert code == 0, printed
    assert "row_work\t0" in printed


def test_a_killed_worker_leaves_its_timers_to_the_next(city, tmp_path):
    """Its claim runs out; nothing was half done."""
    story = Story(city).report(is_urgent=True, department_id=city.sanitation.id)
    late = story.now + timedelta(minutes=20)
    assert timers.claim(f"gone:{os.getpid()}", late)
    assert jobs.run_due(late) == 0
    assert jobs.run_due(late + timedelta(minutes=3)) > 0
