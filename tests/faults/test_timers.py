"""A worker dies with timers in its hands: another fires them when its lease has run out, each once."""

import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from engine.kit import clock
from engine.kit.config import ROOT
from engine.kit.db import db
from engine.process.models import OpenTimer, ProcessEvent
from tests.faults.test_killed import count_of, fired, per_case, urgent_yesterday, wait_until
from tests.serving import Worker

DYING = """
import os, signal, sys
from sqlalchemy import event
from engine import rooms
from engine.kit import clock
from engine.kit.db import db
from engine.process import timers
from tests.databases import application
rooms.import_models()
rooms.connect_receivers()
def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)
with application(sys.argv[1]).app_context():
    claims = timers.claim("dying", clock.now())
    if sys.argv[2] == "claimed":
        die()
    event.listen(db.session, "before_commit", die)
    timers.fire(claims[0], clock.now())
"""


@pytest.mark.parametrize("moment", ["claimed", "fired, not committed"])
def test_a_worker_killed_between_claim_and_fire_loses_no_timer(city, start, tmp_path, moment):
    cases = urgent_yesterday(city, 5)
    db.session.rollback()
    dead = subprocess.run([sys.executable, "-c", DYING, city.url, moment], cwd=ROOT, check=False)
    assert dead.returncode == -signal.SIGKILL
    assert count_of(OpenTimer.claimed_by == "dying") == len(cases)
    assert fired() == 0
    start(Worker(city.url, tmp_path, 1), Worker(city.url, tmp_path, 2))
    time.sleep(5)
    assert fired() == 0, "the lease still ran"
    db.session.rollback()
    db.session.execute(update(OpenTimer).values(claimed_until=clock.now() + timedelta(seconds=1)))
    db.session.commit()
    wait_until(lambda: fired() == len(cases))
    assert count_of(OpenTimer.due_at <= clock.now()) == 0
    assert set(per_case(ProcessEvent.instance_id, ProcessEvent.kind == "fired").values()) == {1}


def test_two_workers_share_a_burst(city, start, tmp_path):
    cases = urgent_yesterday(city, 60)
    db.session.rollback()
    start(Worker(city.url, tmp_path, 1), Worker(city.url, tmp_path, 2))
    wait_until(lambda: fired() == len(cases), seconds=90)
    assert set(per_case(ProcessEvent.instance_id, ProcessEvent.kind == "fired").values()) == {1}
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(OpenTimer).where(OpenTimer.attempts > 0)) == 0
