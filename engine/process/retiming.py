"""Moving a subject's timers along with its clocks, where the new moments are known; and one timer by hand."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import case, literal, update

from engine.kit.db import db
from engine.process import claiming
from engine.process.errors import ClockTimer, StepGone, TimerHeld
from engine.process.models import OpenTimer
from engine.process.moving import TIMER


def move(kind: str, subject_id: int, dues: Mapping[str, datetime | None]) -> None:
    """The clocks of a subject were moved to these moments (None: they stand still), and its timers with them.

    A timer that an incident holds stays asleep.
    """
    due = case({clock: literal(moment, TIMER.c.due_at.type) for clock, moment in dues.items()}, value=TIMER.c.clock)
    moved = (TIMER.c.subject_kind == kind) & (TIMER.c.subject_id == subject_id) & TIMER.c.clock.in_(sorted(dues))
    moved &= TIMER.c.attempts < claiming.MOST_ATTEMPTS
    db.session.execute(update(TIMER).where(moved).values(due_at=due))


def set_due(timer_id: int, due_at: datetime) -> datetime | None:
    """Let a timer of the drawing's own duration fire at ``due_at``; the moment that it had.

    Raises StepGone, ClockTimer, TimerHeld.
    """
    timer = db.session.get(OpenTimer, timer_id, with_for_update=True, populate_existing=True)
    if timer is None:
        raise StepGone
    if timer.clock is not None:
        raise ClockTimer(clock=timer.clock)
    if timer.attempts >= claiming.MOST_ATTEMPTS:
        raise TimerHeld
    before, timer.due_at = timer.due_at, due_at
    timer.claimed_until = timer.claimed_by = None
    db.session.flush()
    return before
