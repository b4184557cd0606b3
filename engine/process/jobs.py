"""What the workers do every few seconds. Any number of them may run at once, and twice is as good as once."""

import os
import socket
from collections.abc import Callable
from datetime import datetime

from engine.process import outbox, timers

MOST_ROUNDS = 1000


def run_due(at: datetime, *, worker: str | None = None, going_on: Callable[[], bool] = lambda: True) -> int:
    """Fire every timer and perform every action that is due at ``at``, until nothing is left; how many were done.

    Each runs in a transaction of its own: the caller must not be inside one. One action may make the next one due.
    ``going_on`` is asked before each: a worker that is to stop finishes what it has begun and no more. What it had
    claimed besides, another worker takes over when the lease runs out.
    """
    name, done = worker or f"{socket.gethostname()}:{os.getpid()}", 0
    for _ in range(MOST_ROUNDS):
        if not going_on():
            break
        fired = timers.claim(name, at)
        delivered = outbox.claim(name, at)
        if not fired and not delivered:
            break
        done += sum(timers.fire(each, at) for each in fired if going_on())
        done += sum(outbox.deliver(each, at) for each in delivered if going_on())
    return done
