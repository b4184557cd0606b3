"""What workers do for the studio every few seconds."""

from collections.abc import Callable
from datetime import datetime

from engine.studio import slices

SECONDS = 5.0
"""Of one look: then timers and actions have their turn."""


def run_due(at: datetime, *, going_on: Callable[[], bool] = lambda: True) -> int:
    """Advance migrations of running cases; how many cases were looked at. The caller must not be in a transaction."""
    return slices.advance(at, seconds=SECONDS, going_on=going_on)
