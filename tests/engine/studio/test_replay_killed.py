"""A worker is killed in the middle of a replay: the next one goes on, and nothing is counted twice or lost."""

import signal
import subprocess
import sys
import time

import pytest
from sqlalchemy import func, select

from engine.kit.config import ROOT
from engine.kit.db import db, unit_of_work
from engine.studio import replaying
from engine.studio.replay_models import Replay, ReplayedCase, ReplayedNode, ReplayState
from engine.studio.tallying import Tally
from tests.engine.studio import redrawn
from tests.engine.studio.conftest import LOOKED_AT
from tests.engine.studio.test_replaying import MARCH, draft_of, finish, state_of

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]

WORK = """
import sys
from engine import rooms
rooms.import_models(); rooms.connect_receivers()
from engine.studio import replay_slices
from tests import databases
from tests.engine.studio.conftest import LOOKED_AT
replay_slices.SLICE = 2
with databases.application(sys.argv[1]).app_context():
    while True:
        replay_slices.advance(LOOKED_AT, seconds=1)
"""


def test_a_killed_replay_goes_on_where_it_stopped(past, monkeypatch):
    draft_id = draft_of(redrawn.with_second_approval())
    with unit_of_work():
        replay_id = replaying.of_draft(draft_id, MARCH, by=past.system_admin, at=LOOKED_AT).id
    kills = 0
    while kills < 2 and state_of(replay_id).state == ReplayState.running:
        before = state_of(replay_id).done
        worker = subprocess.Popen([sys.executable, "-W", "ignore", "-c", WORK, past.url], cwd=ROOT)
        while state_of(replay_id).done < before + 6 and state_of(replay_id).state == ReplayState.running:
            assert worker.poll() is None
            time.sleep(0.01)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        kills += 1
    assert 0 < state_of(replay_id).done < state_of(replay_id).total, "it was killed in the middle"
    run = finish(replay_id)
    assert run.done == run.total == replaying.count("standard_case", MARCH)
    tally = Tally.from_json(run.tally)
    assert sum(tally.went.values()) == run.total
    assert db.session.scalar(select(func.count()).select_from(ReplayedCase)) == run.total
    again = db.session.scalar(select(func.sum(ReplayedNode.after)).where(ReplayedNode.node == "approve_again"))
    assert again == tally.nodes["approve_again"].after
    assert db.session.scalar(select(func.count()).select_from(Replay)) == 1
