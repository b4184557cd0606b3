"""Some acts, timers, kills and restarts; ``python -m bench.soak`` does it for ten."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from engine.kit.db import db
from tests import city as cities
from tests import databases
from tests.faults.soaking import soak

ACTS = 40
SECONDS = 120
"""Much longer than it takes where nobody else is at work."""


def test_the_ledger_balances_whatever_was_killed(request, tmp_path):
    if request.config.getoption("--database") == "sqlite":
        pytest.skip("no PostgreSQL was asked for")
    with (
        TemporaryDirectory(prefix="cityloop-faults-", dir=databases._folder()) as folder,
        databases.own_server(Path(folder), cities.build) as (url, server),
        databases.application(url).app_context(),
    ):
        soaked, faults = soak(url, server, tmp_path, seconds=SECONDS, seed=7, enough=ACTS, tell=print)
        db.session.remove()
        db.engine.dispose()
    assert faults == []
    assert len(soaked.crew.acknowledged) > ACTS / 2
    assert sum(soaked.trouble.done.values()) >= 4
