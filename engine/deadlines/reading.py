"""What follows from the facts of a clock. Pure: no database, no present moment, no flags that could go stale.

Dues are frozen in the facts, so a judgement follows from the facts alone; the calendar only says how much time
was used, how much is left, and when the lamp turns amber.
"""

from dataclasses import dataclass
from datetime import datetime

from engine.calendars.working_time import Limit, WorkingCalendar
from engine.deadlines.course import AmberRule, Course
from engine.deadlines.errors import ClockNotStarted
from engine.deadlines.facts import Action, Fact, FactLike, Facts, State
from engine.deadlines.lamps import Lamp, lamp_of


@dataclass(frozen=True)
class Reading:
    """A clock at one moment. Seconds are those of the limit's unit (a working day counts as 28,800)."""

    state: State
    limit: Limit
    started_at: datetime
    due_at: datetime
    first_due_at: datetime
    amber_at: datetime
    stopped_at: datetime | None
    used_seconds: int
    remaining_seconds: int
    """Negative when overdue."""
    lost_seconds: int
    """Used before the last reset, by a department that was wrongly dispatched to (派错时长)."""
    lamp: Lamp
    on_time: bool | None
    """None: not decided yet, or late by a provisional due only."""
    kept_first_due: bool | None
    """The same against the due before any extension (按原时限的达标率)."""
    is_provisional: bool


def follow(facts: Facts, calendar: WorkingCalendar) -> Course:
    """The course of a clock after all its facts. Raises ClockNotStarted where there are none."""
    course: Course | None = None
    for fact in facts:
        if course is None:
            course = Course(fact, calendar)
        else:
            course.take(fact)
    if course is None:
        raise ClockNotStarted
    return course


def read(facts: Facts, calendar: WorkingCalendar, *, at: datetime, rule: AmberRule | None = None) -> Reading:
    """Everything that can be said of a clock at ``at`` (not before its last fact)."""
    course = follow(facts, calendar)
    used, remaining = course.amounts(at)
    amber_at = course.amber(rule or AmberRule())
    return Reading(
        state=course.state,
        limit=course.limit,
        started_at=course.started_at,
        due_at=course.due,
        first_due_at=course.first_due,
        amber_at=amber_at,
        stopped_at=course.stopped_at,
        used_seconds=calendar.seconds(used, course.limit.unit),
        remaining_seconds=calendar.seconds(remaining, course.limit.unit),
        lost_seconds=calendar.seconds(course.lost, course.limit.unit),
        lamp=lamp_of(
            course.due, amber_at, course.state, at, is_provisional=course.is_provisional, stopped_at=course.stopped_at
        ),
        on_time=course.judged(course.due, at),
        kept_first_due=course.judged(course.first_due, at),
        is_provisional=course.is_provisional,
    )


def reckoned(facts: Facts, calendar: WorkingCalendar, *, at: datetime) -> Fact | None:
    """The "reckon" fact that the calendar as it is now calls for; None where it changes nothing.

    What was judged already, or is due already, keeps its due moment (process.md §5.4). Work that was finished, or is
    still going on, in time is not made late: the new due never lies before the moment of reckoning (of a clock that
    stands still, the moment when it halted), unless the old one did.
    """
    old, new = _followed_again(facts, calendar)
    moment = old.halted_at or max(at, old.last_at)
    if old.is_past(at) or (old.state is State.stopped and not old.is_provisional):
        return None
    due, first_due = max(new.due, min(old.due, moment)), max(new.first_due, min(old.first_due, moment))
    if old.first_due <= moment and not old.is_provisional:
        # An extension moved due, not the first one: who missed that has missed it.
        first_due = old.first_due
    if (due, first_due, new.is_provisional) == (old.due, old.first_due, old.is_provisional):
        return None
    return Fact(
        Action.reckon,
        max(at, old.last_at),
        due_before=old.due,
        due_after=due,
        first_due=first_due,
        is_provisional=new.is_provisional,
    )


def keeps(facts: Facts, calendar: WorkingCalendar, *, at: datetime) -> bool:
    """Whether a clock that runs is overdue already, and so keeps a due moment that this calendar would have moved."""
    old, new = _followed_again(facts, calendar)
    return old.state is State.running and old.is_past(at) and new.due != old.due


def _followed_again(facts: Facts, calendar: WorkingCalendar) -> tuple[Course, Course]:
    """The course as its dues were frozen, and as ``calendar`` reckons it.

    A due moment that had passed when something was added to it stays what it was, whatever the calendar says now.
    Raises ClockNotStarted.
    """
    old: Course | None = None
    new: Course | None = None
    for fact in facts:
        if old is None or new is None:
            old, new = Course(fact, calendar), Course(_unfreeze(fact), calendar)
            continue
        if fact.action != Action.reckon:
            if old.is_past(fact.at):
                new.due = old.due
            new.take(_unfreeze(fact))
        old.take(fact)
    if old is None or new is None:
        raise ClockNotStarted
    return old, new


def _unfreeze(fact: FactLike) -> Fact:
    """The fact without the due that was reckoned; one that a person gave stays."""
    given = fact.action in Action.beginnings() and fact.value is None
    return Fact(Action(fact.action), fact.at, fact.value, fact.unit, due_after=fact.due_after if given else None)
