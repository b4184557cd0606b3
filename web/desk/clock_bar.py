"""A clock as a bar: from its start to its due moment, with the pauses, the first due and where we are now."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from engine.cases import stages
from engine.cases.models import Case
from engine.deadlines import clocks
from engine.deadlines.facts import Action
from engine.deadlines.models import Clock, ClockFact
from engine.deadlines.reading import Reading

WIDTH = 1000.0
"""Of the drawing, in its own units; the page stretches it."""
HALTS = frozenset({Action.pause.value, Action.stop.value})


@dataclass(frozen=True)
class Stretch:
    """A part of the bar: where it begins and how wide it is, in drawing units."""

    x: float
    width: float
    since: datetime
    until: datetime


@dataclass(frozen=True)
class Bar:
    """One clock on the page. ``first_due`` is None where it is still the due moment."""

    name: str
    clock: Clock
    reading: Reading
    gone: Stretch
    pauses: tuple[Stretch, ...]
    due: float
    first_due: float | None
    reckoned: tuple["Reckoned", ...] = ()
    """What changes of the calendar did to it, in order."""

    @property
    def is_extended(self) -> bool:
        """Was it extended? A clock that stood still is due later than at first as well."""
        return any(fact.action == Action.extend for fact in self.clock.facts)


@dataclass(frozen=True)
class Reckoned:
    """The calendar was changed, and the due moment with it. ``how``: settled, unsettled (provisional again), moved."""

    at: datetime
    before: datetime
    after: datetime
    how: str


def of(case: Case, at: datetime) -> list[Bar]:
    """The bars of a case: the handling clock first, stopped or not, then whatever else runs. Two statements."""
    shown = clocks.open_clocks("case", case.id)
    if case.due_at is not None and stages.HANDLING not in shown:
        handling = clocks.latest_clock("case", case.id, stages.HANDLING)
        shown = {stages.HANDLING: handling, **shown} if handling is not None else shown
    ordered = sorted(shown.values(), key=lambda clock: (clock.name != stages.HANDLING, clock.id))
    return [bar(clock, at) for clock in ordered]


def bar(clock: Clock, at: datetime) -> Bar:
    """One clock as a bar at ``at``."""
    reading = clocks.read(clock, at=at)
    start = reading.started_at
    now = max(start, min(at, reading.stopped_at) if reading.stopped_at else at)
    end = max(reading.due_at, reading.first_due_at, now)
    scale = _Scale(start, end)
    return Bar(
        clock.name,
        clock,
        reading,
        scale.stretch(start, now),
        tuple(scale.stretch(since, until) for since, until in _pauses(clock.facts, start, now)),
        scale.x(reading.due_at),
        scale.x(reading.first_due_at) if reading.first_due_at != reading.due_at else None,
        tuple(_reckoned(clock.facts)),
    )


def _reckoned(facts: list[ClockFact]) -> Iterator[Reckoned]:
    for earlier, fact in pairwise(facts):
        if fact.action == Action.reckon:
            how = "moved" if fact.is_provisional == earlier.is_provisional else "settled"
            how = "unsettled" if fact.is_provisional and how == "settled" else how
            yield Reckoned(fact.at, fact.due_before or earlier.due_after, fact.due_after, how)


@dataclass(frozen=True)
class _Scale:
    start: datetime
    end: datetime

    def x(self, moment: datetime) -> float:
        whole = (self.end - self.start).total_seconds() or 1.0
        part = (moment - self.start).total_seconds() / whole
        return round(WIDTH * min(1.0, max(0.0, part)), 1)

    def stretch(self, since: datetime, until: datetime) -> Stretch:
        return Stretch(self.x(since), round(self.x(until) - self.x(since), 1), since, until)


def _pauses(facts: list[ClockFact], start: datetime, now: datetime) -> list[tuple[datetime, datetime]]:
    """When the present run stood still: paused, or stopped and taken up again."""
    run = [fact for fact in facts if fact.at >= start and fact.action != Action.reckon]
    halted = [(one.at, next_one.at) for one, next_one in pairwise(run) if one.action in HALTS]
    if run and run[-1].action == Action.pause:
        halted.append((run[-1].at, now))
    return halted
