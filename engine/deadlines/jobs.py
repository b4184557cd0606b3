"""Periodic work on clocks: reckoning again after a calendar was edited or a year published (process.md §5.4)."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.orm import selectinload

from engine.access.actors import SYSTEM
from engine.calendars import queries as calendars
from engine.calendars.models import Calendar
from engine.deadlines.clocks import copy_course, write_fact
from engine.deadlines.models import OPEN, PROVISIONAL, Clock
from engine.deadlines.reading import follow, reckoned
from engine.kit.db import db, unit_of_work
from engine.kit.signals import signals

clock_reckoned = signals.signal("clock_reckoned")
"""Sent with the clock whose due moment or its being provisional has changed: rooms above correct their copies."""

BATCH = 500


def reckon_again(now: datetime) -> int:
    """The periodic job: batch after batch, each in a transaction of its own, until nothing is left.

    Some thousand clocks a second; returns how many were looked at.
    """
    total = 0
    while True:
        with unit_of_work():
            looked = reckon_changed(now)
        db.session.expunge_all()
        total += looked
        if not looked:
            return total


def reckon_changed(now: datetime) -> int:
    """Reckon again what an older calendar reckoned: clocks that are not due yet, and provisional ones, stopped or not.

    One batch a call, in the caller's transaction; returns how many clocks were looked at, 0 when nothing is left.
    Each change leaves a "reckon" fact. Safe to run twice.
    """
    looked = 0
    for calendar in calendars.calendars():
        _pass_over(calendar, now)
        for clock in _old(calendar, BATCH - looked):
            reckon(clock, now)
            looked += 1
    db.session.flush()
    return looked


def reckon(clock: Clock, now: datetime) -> bool:
    """Reckon one clock again with its calendar as it is now. Returns whether anything changed."""
    calendar = calendars.working(clock.calendar_id)
    fact = reckoned(clock.facts, calendar, at=now)
    clock.calendar_version = calendar.version
    if fact is None:
        return False
    write_fact(clock, fact, SYSTEM)
    copy_course(clock, follow(clock.facts, calendar))
    clock_reckoned.send(clock)
    return True


def _pass_over(calendar: Calendar, now: datetime) -> None:
    """What is due already, or has stopped, keeps the due moment it had; only its version is brought up to date."""
    due = and_(*_reckoned_before(calendar), OPEN, Clock.due_at <= now, Clock.is_provisional.is_(False))
    if db.session.scalar(select(Clock.id).where(due).limit(1)) is not None:
        db.session.execute(
            update(Clock).where(due).values(calendar_version=calendar.version),
            execution_options={"synchronize_session": False},
        )


def _old(calendar: Calendar, limit: int) -> list[Clock]:
    """Two questions, each answered by an index of its own, which is mostly empty."""
    found: dict[int, Clock] = {}
    for which in (PROVISIONAL, OPEN):
        if len(found) < limit:
            rows = db.session.scalars(
                select(Clock)
                .where(*_reckoned_before(calendar), which)
                .order_by(Clock.id)
                .limit(limit - len(found))
                .options(selectinload(Clock.facts))
            )
            found |= {clock.id: clock for clock in rows}
    return list(found.values())


def _reckoned_before(calendar: Calendar) -> tuple[ColumnElement[bool], ...]:
    return Clock.calendar_id == calendar.id, Clock.calendar_version < calendar.version
