"""A worker is killed while it tries many incidents again: the next goes on; none is tried twice, none by half."""

import signal
import subprocess
import sys
import time

import pytest
from sqlalchemy import select

from engine.kit.config import ROOT
from engine.kit.db import db, unit_of_work
from engine.process.models import Incident, OutboxMessage
from engine.studio import retrying
from tests.engine.studio.test_retrying import finish, open_incident, run_of, states, tried
from tests.stories import Story

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]

MANY = 60
WORK = """
import sys
from datetime import datetime
from engine import rooms
rooms.import_models(); rooms.connect_receivers()
from engine.studio import retrying
from tests import databases
with databases.application(sys.argv[1]).app_context():
    while True:
        retrying.advance(datetime.fromisoformat(sys.argv[2]), seconds=1)
"""


def looked_at(retry_id):
    return sum(state != "waiting" for state in states(retry_id).values())


def test_a_killed_run_goes_on_where_it_stopped(city):
    story = Story(city).report()
    with unit_of_work():
        keys = [open_incident(story) for _ in range(MANY)]
        retry_id = retrying.begin(keys, reason="线路已修复", by=city.system_admin, at=story.now).id
    for _ in range(2):
        before = looked_at(retry_id)
        worker = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", WORK, city.url, story.now.isoformat()], cwd=ROOT
        )
        while looked_at(retry_id) < before + 3:
            assert worker.poll() is None
            time.sleep(0.01)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        assert whole(retry_id)
    assert 0 < looked_at(retry_id) < MANY, "it was killed in the middle"
    assert set(finish(retry_id, story.now).values()) == {"retried"}
    assert run_of(retry_id).state == "done"
    assert {tried(key) for key in keys} == {1}
    assert whole(retry_id)


def whole(retry_id):
    """Whether of each incident all is done or nothing: settled, its action awake, and told of."""
    db.session.rollback()
    joined = select(Incident.id, Incident.resolved_at, OutboxMessage.state).join(
        OutboxMessage, OutboxMessage.id == Incident.outbox_id
    )
    found = states(retry_id)
    return all(
        (found[key] == "retried") == (resolved is not None) == (work == "pending") == bool(tried(key))
        for key, resolved, work in db.session.execute(joined).all()
    )
