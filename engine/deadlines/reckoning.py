"""Reckoning many clocks with a changed calendar: a slice at a time, their subjects locked first, as acts do."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import selectinload

from engine.calendars import queries as calendars
from engine.calendars.models import Calendar
from engine.calendars.working_time import WorkingCalendar
from engine.deadlines import clocks, holding
from engine.deadlines.effects import Moved
from engine.deadlines.facts import Fact, State
from engine.deadlines.models import OPEN, PROVISIONAL, Clock
from engine.deadlines.reading import keeps, reckoned
from engine.kit.db import db
from engine.kit.signals import signals

clocks_reckoned = signals.signal("clocks_reckoned")
"""Sent with the clocks whose due moments, or their being provisional, have changed: rooms above follow."""

SLICE = 50
"""Clocks of one transaction: acts on their cases wait for it, a few hundredths of a second."""


@dataclass(frozen=True)
class Key:
    """A clock that is still to be looked at, and whose it is."""

    id: int
    subject_kind: str
    subject_id: int


@dataclass(frozen=True)
class Outcome:
    """What one slice did. ``busy`` are clocks whose subjects an act had at that moment, ``kept`` counts those that are
    overdue already and keep a due moment that would have moved.
    """

    moved: list[Moved]
    kept: int = 0
    busy: frozenset[int] = frozenset()


def old_keys(calendar: Calendar, *, after: int, most: int, leave_out: Collection[int] = ()) -> list[Key]:
    """Clocks that an older version of the calendar reckoned, open or provisional, in order of id.

    Two questions, each answered by an index of its own, which is mostly empty.
    """
    found: dict[int, Key] = {}
    for which in (PROVISIONAL, OPEN):
        chosen = (
            select(Clock.id, Clock.subject_kind, Clock.subject_id)
            .where(*is_old(calendar), which, Clock.id > after, Clock.id.not_in(leave_out))
            .order_by(Clock.id)
            .limit(most)
        )
        found |= {row.id: Key(*row) for row in db.session.execute(chosen)}
    return [found[number] for number in sorted(found)][:most]


def is_old(calendar: Calendar) -> tuple[ColumnElement[bool], ...]:
    """The clocks of a calendar that were reckoned before it changed last."""
    return Clock.calendar_id == calendar.id, Clock.calendar_version < calendar.version


def concerned(calendar: Calendar) -> tuple[ColumnElement[bool], ...]:
    """Every clock that a change of this calendar may concern: open ones, and provisional ones that have stopped."""
    return Clock.calendar_id == calendar.id, or_(OPEN, PROVISIONAL)


def reckon(keys: Sequence[Key], calendar: Calendar, at: datetime) -> Outcome:
    """Reckon these clocks with the calendar as it is now, in the caller's transaction. Safe to run twice.

    Each change leaves a "reckon" fact. Subjects that an act has just now are left alone, not waited for.
    """
    _see_version(calendar)
    busy, _rows = _hold(keys)
    moved, kept = [], 0
    for clock in _loaded([key.id for key in keys if key.id not in busy], *is_old(calendar)):
        fact = clocks.reckon(clock, at=at)
        if fact is not None:
            moved.append((clock, _moved(clock, fact, was_provisional=clock.facts[-2].is_provisional)))
        else:
            kept += keeps(clock.facts, calendars.working(calendar.id), at=at)
    db.session.flush()
    if moved:
        clocks_reckoned.send([clock for clock, _ in moved])
    db.session.flush()
    return Outcome([each for _, each in moved], kept, busy)


def suppose(ids: Sequence[int], calendar: WorkingCalendar, at: datetime) -> Outcome:
    """What would become of these clocks with another calendar. Nothing is locked or written."""
    moved, kept = [], 0
    for clock in _loaded(ids, lock=False):
        fact = reckoned(clock.facts, calendar, at=at)
        if fact is not None:
            moved.append(_moved(clock, fact, was_provisional=clock.is_provisional))
        else:
            kept += keeps(clock.facts, calendar, at=at)
    return Outcome(moved, kept)


def _see_version(calendar: Calendar) -> None:
    """The calendar in memory may be some seconds older than its row."""
    if calendars.working(calendar.id).version < calendar.version:
        calendars.forget()


def _hold(keys: Sequence[Key]) -> tuple[frozenset[int], list[holding.Held]]:
    subjects: dict[str, set[int]] = defaultdict(set)
    for key in keys:
        subjects[key.subject_kind].add(key.subject_id)
    held = {kind: holding.hold(kind, subjects[kind]) for kind in sorted(subjects)}
    busy = frozenset(key.id for key in keys if key.subject_id in held[key.subject_kind].busy)
    return busy, list(held.values())


def _loaded(ids: Collection[int], *where: ColumnElement[bool], lock: bool = True) -> Iterator[Clock]:
    chosen = select(Clock).where(Clock.id.in_(ids), *where).order_by(Clock.id).options(selectinload(Clock.facts))
    if lock:
        chosen = chosen.with_for_update()
    yield from db.session.scalars(chosen.execution_options(populate_existing=True)).all()


def _moved(clock: Clock, fact: Fact, *, was_provisional: bool) -> Moved:
    before = fact.due_before or clock.due_at
    return Moved(
        clock_id=clock.id,
        subject_kind=clock.subject_kind,
        subject_id=clock.subject_id,
        name=clock.name,
        before=before,
        after=fact.due_after or before,
        was_provisional=was_provisional,
        is_provisional=fact.is_provisional,
        is_running=clock.state == State.running,
    )
