"""What would become of a clock if it were extended or halted: pure, for whoever must decide on it."""

from datetime import datetime

from engine.calendars.working_time import Limit, WorkingCalendar
from engine.deadlines.facts import Action, Fact, Facts
from engine.deadlines.reading import follow


def if_extended(facts: Facts, calendar: WorkingCalendar, by: Limit, *, at: datetime) -> datetime:
    """The due moment after an extension by ``by``. Raises ClockStopped."""
    course = follow(facts, calendar)
    course.take(Fact(Action.extend, max(at, course.last_at), by.value, by.unit))
    return course.due


def if_halted(facts: Facts, calendar: WorkingCalendar, since: datetime, until: datetime) -> datetime:
    """The due moment after a halt from ``since`` to ``until``: what is left then begins to run again.

    Raises ClockPaused, ClockStopped.
    """
    course = follow(facts, calendar)
    course.take(Fact(Action.pause, max(since, course.last_at)))
    course.take(Fact(Action.resume, max(until, course.last_at)))
    return course.due
