"""Acts on clocks: each writes one fact and brings the clock's columns up to date. Starting costs two statements.

Acts take a loaded clock; its facts are read once, and not at all where ``open_clocks`` brought them along.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import flag_modified

from engine.access.actors import SYSTEM
from engine.calendars import queries as calendars
from engine.calendars.working_time import Limit, Unit
from engine.deadlines.course import Course
from engine.deadlines.errors import ClockRuns
from engine.deadlines.facts import Action, Fact, State
from engine.deadlines.models import Clock, ClockFact
from engine.deadlines.reading import Reading, follow, reckoned
from engine.deadlines.reading import read as read_facts
from engine.deadlines.thresholds import amber_rule
from engine.kit.db import db
from engine.kit.errors import Conflict
from engine.kit.signals import Doer


@dataclass(frozen=True)
class Start:
    """A clock to start. With ``due_at`` the moment is given by a document, not reckoned; then ``limit`` is None."""

    name: str
    limit: Limit | None = None
    department_id: int | None = None
    calendar_id: int | None = None
    due_at: datetime | None = None


def start(
    subject_kind: str,
    subject_id: int,
    name: str,
    limit: Limit | None = None,
    *,
    at: datetime,
    by: Doer,
    department_id: int | None = None,
    calendar_id: int | None = None,
    due_at: datetime | None = None,
    reason: str = "",
) -> Clock:
    """Start a clock: two inserts. One of ``limit`` and ``due_at`` (a moment given by a document) is needed.

    Raises Conflict where a clock of this name is open: the database allows one.
    """
    clock = _started(subject_kind, subject_id, Start(name, limit, department_id, calendar_id, due_at), at, by, reason)
    _write()
    return clock


def pause(clock: Clock, *, at: datetime, by: Doer, reason: str = "") -> Clock:
    """Halt a clock; what is left is kept. Raises ClockPaused, ClockStopped."""
    return _act(clock, Fact(Action.pause, at, reason=reason), by)


def resume(clock: Clock, *, at: datetime, by: Doer, reason: str = "") -> Clock:
    """Let a paused clock go on with what was left (process.md §4.5). Raises ClockRuns, ClockStopped."""
    return _act(clock, Fact(Action.resume, at, reason=reason), by)


def extend(clock: Clock, limit: Limit | None = None, *, at: datetime, by: Doer, reason: str = "") -> Clock:
    """Move due by ``limit`` (None: by the clock's own limit once more); the first due stays (process.md §4.4).

    Raises ClockStopped. Whether an extension is allowed is the subject's policy.
    """
    by_how_much = limit or Limit(clock.limit_value, Unit(clock.limit_unit))
    fact = Fact(Action.extend, at, by_how_much.value, by_how_much.unit, reason=reason)
    return _act(clock, fact, by)


def reset(
    clock: Clock,
    limit: Limit | None = None,
    *,
    at: datetime,
    by: Doer,
    department_id: int | None = None,
    reason: str = "",
) -> Clock:
    """Begin anew, for the next department after an accepted return (process.md §4.3); None: the same limit."""
    again = limit or Limit(clock.limit_value, Unit(clock.limit_unit))
    clock.department_id = department_id if department_id is not None else clock.department_id
    return _act(clock, Fact(Action.reset, at, again.value, again.unit, reason=reason), by)


def stop(clock: Clock, *, at: datetime, by: Doer, reason: str = "") -> Clock:
    """Stop a clock: what it measured is done. Raises ClockStopped."""
    return _act(clock, Fact(Action.stop, at, reason=reason), by)


def unstop(clock: Clock, *, at: datetime, by: Doer, reason: str = "") -> Clock:
    """Undo a stop: feedback was refused (process.md §5.5). The time of the review is given back: due moves by it.

    Raises ClockRuns, ClockPaused.
    """
    return _act(clock, Fact(Action.unstop, at, reason=reason), by)


def rework(clock: Clock, *, at: datetime, by: Doer, reason: str = "") -> Clock:
    """Let a stopped clock run on against the due that it had: rework is judged by that (process.md §4.6).

    Raises ClockRuns, ClockPaused.
    """
    return _act(clock, Fact(Action.rework, at, reason=reason), by)


def open_clock(subject_kind: str, subject_id: int, name: str) -> Clock | None:
    """The clock of this name that has not stopped, with its facts: one statement."""
    return open_clocks(subject_kind, subject_id).get(name)


def open_clocks(subject_kind: str, subject_id: int) -> dict[str, Clock]:
    """All clocks of a subject that have not stopped, by name, with their facts: one statement."""
    found = db.session.scalars(
        select(Clock)
        .where(Clock.subject_kind == subject_kind, Clock.subject_id == subject_id, Clock.state != State.stopped.value)
        .options(joinedload(Clock.facts))
    ).unique()
    return {clock.name: clock for clock in found}


def latest_clock(subject_kind: str, subject_id: int, name: str) -> Clock | None:
    """The clock of this name that was started last, stopped or not, with its facts: one statement."""
    found = db.session.scalars(
        select(Clock)
        .where(Clock.subject_kind == subject_kind, Clock.subject_id == subject_id, Clock.name == name)
        .options(joinedload(Clock.facts))
    ).unique()
    return max(found, key=lambda clock: clock.id, default=None)


def change(
    subject_kind: str,
    subject_id: int,
    *,
    at: datetime,
    by: Doer,
    stop: Iterable[str] = (),
    start: Iterable[Start] = (),
    pause: Iterable[str] = (),
    resume: Iterable[str] = (),
    extend: Mapping[str, Limit] | None = None,
    reason: str = "",
    known: dict[str, Clock] | None = None,
) -> dict[str, Clock]:
    """What one act does to several clocks of a subject, in four statements for any number of them.

    ``known`` are its open clocks, where the caller has just read them; ``extend`` names only such as are open.

    Names that are not open are passed over, as are clocks that are paused (or run) already: the act wants them so.
    Returns the clocks that are open afterwards, by name. Raises ClockRuns for a start of a name that is still open.
    """
    clocks = open_clocks(subject_kind, subject_id) if known is None else known
    for names, action, states in (
        (stop, Action.stop, {State.running, State.paused}),
        (pause, Action.pause, {State.running}),
        (resume, Action.resume, {State.paused}),
    ):
        for name in names:
            if name in clocks and clocks[name].state in states:
                _append(clocks[name], Fact(action, at, reason=reason), by)
    for name, limit in (extend or {}).items():
        _append(clocks[name], Fact(Action.extend, at, limit.value, limit.unit, reason=reason), by)
    clocks = {name: clock for name, clock in clocks.items() if clock.state != State.stopped}
    for wanted in start:
        if wanted.name in clocks:
            raise ClockRuns
        clocks[wanted.name] = _started(subject_kind, subject_id, wanted, at, by, reason)
    _write()
    return clocks


def stop_all(subject_kind: str, subject_id: int, *, at: datetime, by: Doer, reason: str = "") -> list[Clock]:
    """Stop every clock of a subject that has ended. Returns those that were stopped by it."""
    clocks = open_clocks(subject_kind, subject_id)
    for clock in clocks.values():
        _append(clock, Fact(Action.stop, at, reason=reason), by)
    _write()
    return list(clocks.values())


def read(clock: Clock, *, at: datetime) -> Reading:
    """Everything that can be said of a clock at ``at``: used, remaining, lamp, on time or not."""
    return read_facts(clock.facts, calendars.working(clock.calendar_id), at=at, rule=amber_rule())


def _started(kind: str, subject_id: int, wanted: Start, at: datetime, by: Doer, reason: str) -> Clock:
    calendar = calendars.working(wanted.calendar_id)
    fact = replace(begin(wanted.limit, at, due_at=wanted.due_at), reason=reason)
    course = Course(fact, calendar)
    clock = Clock(
        subject_kind=kind,
        subject_id=subject_id,
        name=wanted.name,
        department_id=wanted.department_id,
        calendar_id=calendar.id,
    )
    write_fact(clock, course.as_frozen(fact), by)
    copy_course(clock, course)
    db.session.add(clock)
    return clock


def begin(limit: Limit | None, at: datetime, *, due_at: datetime | None = None) -> Fact:
    """The fact with which a clock starts: with a limit, or with a due moment that was given."""
    if due_at is not None:
        return Fact(Action.start, at, due_after=due_at.replace(microsecond=0))
    if limit is None:
        raise ValueError("a clock needs a limit or a due moment")
    return Fact(Action.start, at, limit.value, limit.unit)


def _act(clock: Clock, fact: Fact, by: Doer) -> Clock:
    _append(clock, fact, by)
    _write()
    return clock


def reckon(clock: Clock, *, at: datetime) -> Fact | None:
    """Reckon a clock with its calendar as it is now; the fact that was written, None where its due stays as it was.

    Nothing is flushed, and nobody above is told: ``reckoning`` does both.
    """
    calendar = calendars.working(clock.calendar_id)
    fact = reckoned(clock.facts, calendar, at=at)
    if fact is not None:
        write_fact(clock, fact, SYSTEM)
    if clock.state != State.stopped or fact is not None:
        # Also where due stays: the moment of the amber lamp follows the calendar.
        copy_course(clock, follow(clock.facts, calendar))
    clock.calendar_version = calendar.version
    return fact


def _append(clock: Clock, fact: Fact, by: Doer) -> None:
    calendar = calendars.working(clock.calendar_id)
    is_stale = clock.calendar_version < calendar.version
    if is_stale:
        # An act that comes before the recalculation does this clock's part of it: nothing is added to a stale due.
        reckon(clock, at=fact.at)
    course = follow(clock.facts, calendar)
    write_fact(clock, course.freeze(fact), by)
    copy_course(clock, course)
    if is_stale and fact.action in Action.revivals():
        # While it was stopped the recalculation passed it over; it runs again, as those do that never stopped.
        reckon(clock, at=fact.at)


def _write() -> None:
    """Send what the act changed. Whoever started the same clock, or wrote the same fact, a moment earlier has won."""
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Conflict from error


def write_fact(clock: Clock, fact: Fact, by: Doer) -> None:
    """Append a fact that is complete (``Course.freeze``) to a clock whose facts are loaded."""
    clock.facts.append(
        ClockFact(
            seq=len(clock.facts) + 1, by_id=by.id, by_name=by.name, department_id=clock.department_id, **fact.columns()
        )
    )


def copy_course(clock: Clock, course: Course) -> None:
    """Bring a clock's columns up to date with what follows from its facts; if it moved, whoever watches looks again."""
    before = (clock.state, clock.due_at, clock.is_provisional)
    for name, value in course.columns(amber_rule()).items():
        _send(clock, name, value)
    if before != (clock.state, clock.due_at, clock.is_provisional):
        _watch_anew(clock, course.last_at)


def _watch_anew(clock: Clock, at: datetime) -> None:
    """A clock that is in time again climbs its ladder from the bottom; nobody is warned by a provisional due."""
    is_watched = clock.state == State.running and not clock.is_provisional
    _send(clock, "watch_at", clock.amber_at if is_watched else None)
    _send(clock, "watch_attempts", 0)
    if clock.amber_at > at:
        clock.rung = 0


def _send(clock: Clock, name: str, value: Any) -> None:
    """Write a column, even as it was: clocks that send the same columns go out together, in one UPDATE."""
    setattr(clock, name, value)
    flag_modified(clock, name)
