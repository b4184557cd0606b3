"""The course of one clock, fact after fact. It adds positions on the calendar's scale, so nothing is rounded."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from engine.calendars.working_time import Limit, Unit, WorkingCalendar
from engine.deadlines.errors import ClockNotStarted, ClockPaused, ClockRuns, ClockStopped
from engine.deadlines.facts import Action, Fact, FactLike, State

_ALLOWED = {
    Action.pause: {State.running},
    Action.resume: {State.paused},
    Action.extend: {State.running, State.paused},
    Action.reset: set(State),
    Action.stop: {State.running, State.paused},
    Action.unstop: {State.stopped},
    Action.rework: {State.stopped},
    Action.reckon: set(State),
}
_REFUSALS = {State.running: ClockRuns, State.paused: ClockPaused, State.stopped: ClockStopped}


@dataclass(frozen=True)
class AmberRule:
    """When the lamp turns amber (process.md §5.6): a share of the time is used, or little is left, whichever is first.

    Never before ``earliest_share``: else a limit of one hour would be amber from its start, and 催办 sent at once.
    """

    share: float = 0.75
    working_hours_left: float = 1.0
    urgent_minutes_left: float = 30.0
    earliest_share: float = 0.5


class Course:
    """Where a clock stands. ``take`` moves it on by one fact and refuses what its state does not allow."""

    def __init__(self, start: FactLike, calendar: WorkingCalendar) -> None:
        if start.action != Action.start:
            raise ClockNotStarted
        self.calendar = calendar
        self.lost = 0
        self.used = 0
        self._begin(start, None)

    @property
    def stopped_at(self) -> datetime | None:
        """When it stopped, in whole seconds; None while it runs or is paused."""
        return self.halted_at.replace(microsecond=0) if self.halted_at and self.state is State.stopped else None

    def take(self, fact: FactLike) -> None:
        """Move on by one fact. Raises ClockRuns, ClockPaused or ClockStopped where it does not fit."""
        if self.state not in _ALLOWED.get(Action(fact.action), ()):
            raise _REFUSALS[self.state]
        # Each action has its method below: _pause, _resume, _extend …
        getattr(self, f"_{fact.action}")(fact)
        self.last_at = fact.at

    def freeze(self, fact: Fact) -> Fact:
        """Move on by ``fact`` and give it back with the due moments that follow from it, ready to be written.

        A moment before the last fact (two machines' clocks differ) becomes that of the last fact.
        """
        due_before = self.due
        fact = replace(fact, at=max(fact.at, self.last_at))
        self.take(fact)
        return replace(self.as_frozen(fact), due_before=due_before)

    def as_frozen(self, fact: Fact) -> Fact:
        """``fact``, which was taken last, with the due moments that follow from it."""
        return replace(fact, due_after=self.due, first_due=self.first_due, is_provisional=self.is_provisional)

    def columns(self, rule: AmberRule) -> dict[str, Any]:
        """The columns of ``clock`` that follow from its facts."""
        return {
            "state": self.state.value,
            "started_at": self.started_at,
            "stopped_at": self.stopped_at,
            "limit_value": self.limit.value,
            "limit_unit": self.limit.unit.value,
            "due_at": self.due,
            "first_due_at": self.first_due,
            "is_provisional": self.is_provisional,
            "amber_at": self.amber(rule),
            "calendar_version": self.calendar.version,
        }

    def amounts(self, at: datetime) -> tuple[int, int]:
        """What was used and what is left at ``at``, as differences of the calendar's positions."""
        end = self._position(self.halted_at or max(at, self.last_at))
        running = end - self.since if self.state is State.running else 0
        return self.used + running, self._position(self.due) - end

    def amber(self, rule: AmberRule) -> datetime:
        """When the lamp turns amber, if the clock runs on as it does now. Never after the due moment."""
        little_left = max(self._little_left(rule), self._share_used(rule.earliest_share))
        return min(self.due, self._share_used(rule.share), little_left)

    def is_past(self, at: datetime) -> bool:
        """Whether its due moment has come by ``at``, or had when it halted. A provisional one makes nobody late."""
        return not self.is_provisional and self.due <= (self.halted_at or max(at, self.last_at))

    def judged(self, due: datetime, at: datetime) -> bool | None:
        """Whether it was done by ``due``; None while that is open. A provisional due makes nobody late."""
        # Dues are whole seconds, so is what is measured against them.
        if (self.halted_at or at).replace(microsecond=0) <= due:
            return True if self.state is State.stopped else None
        return None if self.is_provisional else False

    def _begin(self, fact: FactLike, limit: Limit | None) -> None:
        """A run begins: with the fact's limit, else with a due moment that a person gave, else with the old limit."""
        self.started_at = self.last_at = fact.at
        self.state: State = State.running
        self.halted_at: datetime | None = None
        self.limit = self._limit(fact, limit)
        self.since = self._position(fact.at)
        self.due, self.is_provisional = self._added(fact, fact.at, self.limit)
        self.first_due = fact.first_due or self.due

    def _limit(self, fact: FactLike, limit: Limit | None) -> Limit:
        if fact.value is not None and fact.unit is not None:
            return Limit(fact.value, Unit(fact.unit))
        if fact.due_after is not None:
            # Given by a document (上级任务): elapsed time, reported in days.
            return Limit(max((fact.due_after - fact.at).total_seconds(), 1) / 86400, Unit.calendar_days)
        if limit is None:
            raise ClockNotStarted
        return limit

    def _added(self, fact: FactLike, start: datetime, limit: Limit) -> tuple[datetime, bool]:
        if fact.due_after is not None:
            return fact.due_after, fact.is_provisional
        reckoned = self.calendar.add(start, limit)
        return reckoned.due, self.calendar.is_provisional(self.started_at, reckoned.due, limit.unit)

    def _reset(self, fact: FactLike) -> None:
        self.lost += self.amounts(fact.at)[0]
        self.used = 0
        self._begin(fact, self.limit)

    def _pause(self, fact: FactLike) -> None:
        self._halt(fact.at, State.paused)

    def _stop(self, fact: FactLike) -> None:
        if self.state is State.paused:
            # As if resumed first: the time of the pause is not held against anybody.
            self._resume(fact)
        self._halt(fact.at, State.stopped)

    def _halt(self, at: datetime, state: State) -> None:
        self.used += self._position(at) - self.since
        self.state, self.halted_at = state, at

    def _resume(self, fact: FactLike) -> None:
        """剩余 = 原时限 + 批准延期 − 已用: what was left when it halted begins to run again."""
        since = self._position(fact.at)
        if fact.due_after is not None:
            self.due, self.is_provisional = fact.due_after, fact.is_provisional
        elif self.halted_at is not None:
            gap = since - self._position(self.halted_at)
            # Where nothing counted meanwhile (a night) due stays, to the second.
            self.due = max(self.due, self._moment(self._position(self.due) + gap)) if gap else self.due
            self.is_provisional = self.calendar.is_provisional(self.started_at, self.due, self.limit.unit)
        self._run_on(since)

    _unstop = _resume

    def _rework(self, fact: FactLike) -> None:
        self._run_on(self._position(fact.at))

    def _run_on(self, since: int) -> None:
        self.state, self.since, self.halted_at = State.running, since, None

    def _extend(self, fact: FactLike) -> None:
        """``due = old due + extension``, and the first due stays (process.md §4.4)."""
        limit = Limit(fact.value, Unit(fact.unit)) if fact.value and fact.unit else self.limit
        self.due, self.is_provisional = self._added(fact, self.due, limit)

    def _reckon(self, fact: FactLike) -> None:
        if fact.due_after is not None:
            self.due, self.is_provisional = fact.due_after, fact.is_provisional
            self.first_due = fact.first_due or self.first_due

    def _share_used(self, share: float) -> datetime:
        left = self._position(self.due) - (self._position(self.halted_at) if self.halted_at else self.since)
        start = self._position(self.due) - left
        wanted = round((self.used + left) * share) - self.used
        return self._moment(start + wanted) if wanted > 0 else self._moment(start)

    def _little_left(self, rule: AmberRule) -> datetime:
        if self.limit.unit is Unit.urgent_hours:
            unit, seconds = Unit.urgent_hours, round(rule.urgent_minutes_left * 60)
        else:
            unit, seconds = Unit.working_hours, round(rule.working_hours_left * 3600)
        return self.calendar.moment(self.calendar.position(self.due, unit) - seconds, unit)

    def _position(self, moment: datetime) -> int:
        return self.calendar.position(moment, self.limit.unit)

    def _moment(self, position: int) -> datetime:
        return self.calendar.moment(position, self.limit.unit)
