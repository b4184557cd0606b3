"""What the workers do every few seconds. Any number of them may run at once, and twice is as good as once."""

import os
import socket
from collections.abc import Callable
from datetime import datetime
from functools import partial

from engine.process import claiming, outbox, timers
from engine.process.moving import OUTBOX, TIMER

MOST_ROUNDS = 1000


def run_due(at: datetime, *, worker: str | None = None, going_on: Callable[[], bool] = lambda: True) -> int:
    """Fire every timer and perform every action that is due at ``at``, until nothing is left; how many were done.

    Each runs in a transaction of its own: the caller must not be inside one. One action may make the next one due.
    ``going_on`` is asked before each: a worker that is to stop finishes what it has begun and no more. What it had
    claimed besides it gives back; what a worker had that died, another takes over when the lease runs out.
    """
    name, done = worker or f"{socket.gethostname()}:{os.getpid()}", 0
    fire, deliver = partial(timers.fire, at=at), partial(outbox.deliver, at=at)
    for _ in range(MOST_ROUNDS):
        if not going_on():
            break
        fired = timers.claim(name, at)
        delivered = outbox.claim(name, at)
        if not fired and not delivered:
            break
        done += claiming.one_by_one(TIMER, fired, fire, worker=name, going_on=going_on)
        done += claiming.one_by_one(OUTBOX, delivered, deliver, worker=name, going_on=going_on)
    return done
