"""Ten minutes of a city at work while its programs are killed and its database restarts; then the ledger must balance.

Run: ``python -m bench.soak [--minutes 10 --seed 1]``. A web server of two processes, two workers and a PostgreSQL of
their own; people act over HTTP, reports come in, timers fall due, and every few seconds something is killed (kill -9)
and started again, or the database is stopped for some seconds. Afterwards (when the leases of the dead have run out):

- every act that was acknowledged is in the timeline once;
- every timer fired once, or waits for its moment; no action was performed twice, none is left;
- the columns of every clock are what its facts say, and so are the copies that cases keep;
- open steps, timers and service tasks are those that the state of their instance asks for;
- no incident was opened: programs that die are no reason for one.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from engine import rooms
from engine.kit.db import db
from tests import city as cities
from tests import databases
from tests.faults.soaking import soak


def main() -> None:
    """Soak, and print what came of it; the exit code is 1 where something does not balance."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1, help="of the trouble that is made")
    wanted = parser.parse_args()
    rooms.import_models()
    rooms.connect_receivers()
    databases.begin_run()
    begun = time.monotonic()
    try:
        with (
            tempfile.TemporaryDirectory(prefix="cityloop-soak-") as folder,
            databases.own_server(_folder_in(folder), cities.build) as (url, server),
            databases.application(url).app_context(),
        ):
            soaked, faults = soak(url, server, Path(folder), seconds=wanted.minutes * 60, seed=wanted.seed, tell=_tell)
            db.session.remove()
            db.engine.dispose()
    finally:
        databases.end_run()
    _tell(f"{time.monotonic() - begun:.0f} s in all: {soaked.told()}")
    for fault in faults:
        _tell(f"does not balance: {fault}")
    _tell("the ledger balances" if not faults else f"{len(faults)} faults")
    sys.exit(bool(faults))


def _folder_in(folder: str) -> Path:
    # Where PostgreSQL runs as another user, he must get to it.
    Path(folder).chmod(0o755)
    inner = Path(folder) / "server"
    inner.mkdir()
    return inner


def _tell(sentence: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {sentence}", flush=True)


if __name__ == "__main__":
    main()
