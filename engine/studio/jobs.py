"""What workers do for the studio every few seconds."""

from collections.abc import Callable
from datetime import datetime, timedelta

from engine.kit.db import unit_of_work
from engine.process import migrating
from engine.studio import replay_slices, retrying, slices

SECONDS = 5.0
"""Of one look at each kind of long work: then timers and actions have their turn."""


KEPT_FOR = timedelta(days=90)
"""How long it is kept what a case was before it moved to another version."""


def forget_migrations(now: datetime) -> int:
    """The periodic job: what cases were that moved long ago is let go; how many. Safe to run twice."""
    with unit_of_work():
        return migrating.forget(now - KEPT_FOR)


def run_due(at: datetime, *, going_on: Callable[[], bool] = lambda: True) -> int:
    """Advance incidents that are tried again, migrations of running cases, and replays of past ones; how many of all.

    The caller must not be in a transaction.
    """
    kinds = (retrying.advance, slices.advance, replay_slices.advance)
    return sum(advance(at, seconds=SECONDS, going_on=going_on) for advance in kinds)
