"""The clocks of a replayed case: reckoned in memory by the same rules, calendar and limits as those of real cases."""

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from engine.calendars import queries as calendars
from engine.calendars.working_time import Limit, Unit, WorkingCalendar
from engine.cases import limits, stages
from engine.cases.models import Case
from engine.deadlines import reading
from engine.deadlines.course import Course
from engine.deadlines.facts import Action, Fact, State
from engine.deadlines.models import Clock
from engine.kit.errors import CityLoopError
from engine.process.subjects import Move

HANDLING, REWORK = stages.HANDLING, stages.REWORK
_DEPARTMENT = (HANDLING, REWORK)
_SECOND = timedelta(seconds=1)
_BY_PEOPLE = {Action.extend, Action.pause, Action.resume}
"""What is done to the department's clocks beside the drawing: extensions and suspensions that were granted."""

# What acts do to the department's clocks besides what their steps say (cases: dispatching, arbitration, feedback,
# returning, rework): by act, and by how it ended.
_HANDS_OVER = {("dispatching", "dispatch"), ("arbitration", "decide")}
_STOPS = {("feedback", "feedback"), ("return_review", "grant")}
_GIVES_BACK = {("feedback_review", "refuse")}
_REWORKS = {("verification", "failed"), ("closure", "rework"), ("call_back", "reopen")}


@dataclass
class Ran:
    """One clock and its course."""

    name: str
    course: Course
    number: int


class Clocks:
    """Clocks by name, as a case has them. Limits are those that its clocks had; else as they would be set now.

    Extensions and suspensions that were granted come to the clock that takes their clock's place: at their very moment
    where it begins at its own, else as much working time (urgent cases: time on the clock) after its beginning.
    """

    def __init__(self, case: Case, recorded: Iterable[Clock]) -> None:
        self._case = case
        self._unit = Unit.urgent_hours if case.is_urgent else Unit.working_hours
        self._open: dict[str, Ran] = {}
        self.all: list[Ran] = []
        self._recorded: dict[str, deque[Clock]] = defaultdict(deque)
        self._last_limits: dict[str, tuple[Limit, WorkingCalendar]] = {}
        self._granted: list[tuple[str, Fact]] = []
        for clock in recorded:
            self._recorded[clock.name].append(clock)

    def begin(self, entry: Any, at: datetime) -> None:
        """The case enters: an urgent one is with its department at once."""
        if entry == "urgent":
            self._start(HANDLING, at)

    def before_step(self, act: str | None, outcome: Any, at: datetime) -> tuple[str, ...]:
        """What the act does before its step is finished; the names of the clocks that it stops together with it."""
        done = (act or "", str(outcome))
        if done in _HANDS_OVER:
            self._start(HANDLING, at)
        elif done in _GIVES_BACK:
            self._give_back(at)
        elif done in _REWORKS:
            self._rework(at)
        return _DEPARTMENT if done in _STOPS else ()

    def before_action(self, action: str | None, facts: Mapping[str, Any], at: datetime) -> None:
        """What a service task does to clocks: the dispatch by rules hands the case over."""
        if action == "dispatch_by_rules" and facts.get("dispatched") is True:
            self._start(HANDLING, at)

    def follow(self, move: Move, stopping: Collection[str]) -> None:
        """What the move does by the steps that it opens and closes."""
        if move.ended:
            self._stop(list(self._open), move.at)
            return
        changes = stages.clock_changes(move, self._open)
        self._stop([*changes.stop, *stopping], move.at)
        for name in changes.pause:
            self._take(name, Action.pause, move.at)
        for name in changes.resume:
            self._take(name, Action.resume, move.at)
        for name in changes.start:
            self._start(name, move.at)

    def end(self, at: datetime) -> None:
        """The case has ended: everything stops."""
        self._stop(list(self._open), at)

    @property
    def next_grant(self) -> datetime | None:
        """When the next extension or suspension is granted, or ends."""
        return self._granted[0][1].at if self._granted else None

    def grant_until(self, at: datetime) -> None:
        """Take what was granted until then; where the clock does not run any more, it has nothing to do."""
        while self._granted and self._granted[0][1].at <= at:
            name, fact = self._granted.pop(0)
            if name in self._open:
                self._take(name, fact.action, fact.at, fact.value, fact.unit)

    def due(self, name: str) -> datetime | None:
        """When a timer on this clock fires; None while it does not run (``stages.timer_due``)."""
        if name == stages.ESCALATION:
            ran = self._running("confirmation")
            return limits.escalation_due(ran.course.due, ran.course.started_at) if ran else None
        ran = self._running(name)
        return ran.course.due if ran and not (name == HANDLING and ran.course.is_provisional) else None

    def late(self, at: datetime) -> list[str]:
        """Names of the clocks that ran out by ``at``, each as often as it did."""
        return sorted(ran.name for ran in self.all if ran.course.judged(ran.course.due, at) is False)

    def limit_of(self, name: str) -> Limit | None:
        """What a clock of this name would be given."""
        if self._recorded[name]:
            return _limit(self._recorded[name][0])
        return limits.step_limit(self._case, name)

    def _running(self, name: str) -> Ran | None:
        ran = self._open.get(name)
        return ran if ran is not None and ran.course.state is State.running else None

    def _start(self, name: str, at: datetime) -> None:
        if name in self._open:
            return
        recorded = self._recorded[name].popleft() if self._recorded[name] else None
        given = self._limit_as(recorded, name, at)
        if given is None:
            return
        limit, calendar = given
        ran = Ran(name, Course(Fact(Action.start, at, limit.value, limit.unit), calendar), len(self.all))
        self._open[name] = ran
        self.all.append(ran)
        if recorded is not None and name in _DEPARTMENT:
            self._plan(recorded, calendar, at)

    def _limit_as(self, recorded: Clock | None, name: str, at: datetime) -> tuple[Limit, WorkingCalendar] | None:
        if recorded is not None:
            self._last_limits[name] = _limit(recorded), calendars.working(recorded.calendar_id)
        if name in self._last_limits:
            return self._last_limits[name]
        limit = self._made_up(name, at)
        return (limit, calendars.working(None)) if limit is not None else None

    def _plan(self, recorded: Clock, calendar: WorkingCalendar, at: datetime) -> None:
        """What was granted while ``recorded`` ran will be granted to the clock that begins in its place at ``at``."""
        began = recorded.facts[0].at
        for fact in recorded.facts:
            if fact.action not in _BY_PEOPLE:
                continue
            moment = fact.at
            if abs(at - began) >= _SECOND:
                passed = calendar.position(fact.at, self._unit) - calendar.position(began, self._unit)
                moment = calendar.moment(calendar.position(at, self._unit) + passed, self._unit)
            self._granted.append((recorded.name, Fact(Action(fact.action), moment, fact.value, fact.unit)))
        self._granted.sort(key=lambda each: each[1].at)

    def _made_up(self, name: str, at: datetime) -> Limit | None:
        if name == HANDLING:
            return limits.handling_limit(self._case, at)
        return limits.rework_limit(self._case) if name == REWORK else limits.step_limit(self._case, name)

    def _stop(self, names: Iterable[str], at: datetime) -> None:
        for name in names:
            if name in self._open:
                self._take(name, Action.stop, at)
                del self._open[name]

    def _give_back(self, at: datetime) -> None:
        handling = self._latest(HANDLING)
        if handling is None or handling.course.state is not State.stopped:
            return
        self._run_on(handling, Action.unstop, at)
        rework = self._latest(REWORK)
        if rework is not None and rework.course.state is State.stopped and rework.number > handling.number:
            self._run_on(rework, Action.unstop, at)

    def _rework(self, at: datetime) -> None:
        handling = self._latest(HANDLING)
        if handling is not None and handling.course.state is State.stopped:
            self._run_on(handling, Action.rework, at)
        self._start(REWORK, at)

    def _run_on(self, ran: Ran, action: Action, at: datetime) -> None:
        ran.course.take(Fact(action, max(at, ran.course.last_at)))
        self._open[ran.name] = ran

    def _latest(self, name: str) -> Ran | None:
        return next((ran for ran in reversed(self.all) if ran.name == name), None)

    def _take(
        self, name: str, action: Action, at: datetime, value: float | None = None, unit: str | None = None
    ) -> None:
        course = self._open[name].course
        try:
            course.take(Fact(action, max(at, course.last_at), value, unit))
        except CityLoopError:
            # The clock is paused, or runs, already: the act wanted it so.
            return


def _limit(clock: Clock) -> Limit:
    return Limit(clock.limit_value, Unit(clock.limit_unit))


def late(recorded: Iterable[Clock], at: datetime) -> list[str]:
    """Names of the clocks that ran out on record."""
    found = []
    for clock in recorded:
        course = reading.follow(clock.facts, calendars.working(clock.calendar_id))
        if course.judged(course.due, at) is False:
            found.append(clock.name)
    return sorted(found)
