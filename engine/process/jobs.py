"""What the workers do every few seconds. Any number of them may run at once, and twice is as good as once."""

import os
import socket
from datetime import datetime

from engine.process import outbox, timers

MOST_ROUNDS = 1000


def run_due(at: datetime, *, worker: str | None = None) -> int:
    """Fire every timer and perform every action that is due at ``at``, until nothing is left; how many were done.

    Each runs in a transaction of its own: the caller must not be inside one. One action may make the next one due.
    """
    name, done = worker or f"{socket.gethostname()}:{os.getpid()}", 0
    for _ in range(MOST_ROUNDS):
        fired = timers.claim(name, at)
        delivered = outbox.claim(name, at)
        if not fired and not delivered:
            break
        done += sum(timers.fire(each, at) for each in fired)
        done += sum(outbox.deliver(each, at) for each in delivered)
    return done
