"""What the workers do for supervision every few seconds."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from engine.process import claiming
from engine.supervision import bulk, watching

MOST_ROUNDS = 1000
SLICE = 100
"""Rows of a bulk act that are done in one go."""


def run_due(at: datetime, *, worker: str | None = None, going_on: Callable[[], bool] = lambda: True) -> int:
    """Climb the ladder of every clock that is due at ``at``, then go on with bulk acts; how much was done.

    Each in a transaction of its own: the caller must not be inside one. A worker that is to stop finishes what it has
    begun, and gives back what it had claimed besides.
    """
    name, done = worker or bulk.worker_name(), 0
    climb = partial(watching.climb, at=at)
    for _ in range(MOST_ROUNDS):
        claims = watching.claim(name, at) if going_on() else []
        if not claims:
            break
        done += claiming.one_by_one(watching.CLOCK, claims, climb, worker=name, going_on=going_on)
    return done + _finish_bulk_acts(name, at, going_on)


def _finish_bulk_acts(worker: str, at: datetime, going_on: Callable[[], bool]) -> int:
    """Long runs, and those whose process died; each goes on in slices, so that ladders need not wait for them."""
    run_id = bulk.claim(worker, at) if going_on() else None
    return bulk.carry_on(run_id, lambda: at, going_on=going_on, most=SLICE) if run_id is not None else 0
