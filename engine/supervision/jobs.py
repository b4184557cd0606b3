"""What the workers do for supervision every few seconds."""

import os
import socket
from collections.abc import Callable
from datetime import datetime

from engine.supervision import watching

MOST_ROUNDS = 1000


def run_due(at: datetime, *, worker: str | None = None, going_on: Callable[[], bool] = lambda: True) -> int:
    """Climb the ladder of every clock that is due for it at ``at``; how many climbed.

    Each in a transaction of its own: the caller must not be inside one.
    """
    name, done = worker or f"{socket.gethostname()}:{os.getpid()}", 0
    for _ in range(MOST_ROUNDS):
        claims = watching.claim(name, at) if going_on() else []
        if not claims:
            break
        done += sum(watching.climb(each, at) for each in claims if going_on())
    return done
