"""Work on clocks after a calendar was edited or a year published (process.md §5.4)."""

from collections.abc import Callable
from datetime import datetime

from engine.calendars import queries as calendars
from engine.deadlines import recalculation, slices
from engine.kit.db import db

SECONDS = 2.0
"""How long recalculations may take at a time: timers and messages wait meanwhile."""


def run_due(at: datetime, *, going_on: Callable[[], bool] = lambda: True) -> int:
    """Some seconds of the recalculations and previews that run; how many clocks were looked at. Row work."""
    return slices.advance(at, seconds=SECONDS, going_on=going_on)


def reckon_again(now: datetime) -> int:
    """The periodic job: clocks that an older calendar reckoned and no recalculation has in hand.

    Some hundred clocks a second; returns how many were looked at. Safe to run twice.
    """
    done = 0
    for calendar in calendars.calendars():
        if not recalculation.in_hand(calendar):
            db.session.rollback()
            done += sum(slices.leftovers(calendar, now))
    db.session.rollback()
    return done
