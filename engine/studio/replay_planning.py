"""When whatever waits in a replay will be done, and with what: as it was done in the case, else as is usual."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.calendars.working_time import Unit, WorkingCalendar
from engine.process import outcomes
from engine.process.subjects import Step
from engine.process.vocabulary import OUTCOME
from engine.studio.recorded import Done, Record, Remaining
from engine.studio.replay_clocks import Clocks
from engine.studio.replay_target import Target
from engine.studio.typical import Typical


@dataclass
class Waiting:
    """A step or service task that waits in the replay: since when, until when, and with what it ends then."""

    node: str
    opened_at: datetime
    at: datetime | None
    facts: dict[str, Any]
    step: Step | None
    is_new: str | None = None


class Planner:
    """Looks into the record for what a step of the other drawing takes up; ``left`` is what none has taken up yet.

    ``as_it_was``: until something comes otherwise than it did, everything happens at its very moment.
    """

    def __init__(
        self, record: Record, target: Target, typical: Typical, calendar: WorkingCalendar, clocks: Clocks
    ) -> None:
        self._record, self._target, self._typical = record, target, typical
        self._calendar, self._clocks = calendar, clocks
        self._still_open = [node for node, _ in record.still_open]
        self.left = Remaining(record, target.drawn.kinds)
        self.as_it_was = True

    def step(self, step: Step, now: datetime) -> Waiting:
        """When a step that is opened now is done."""
        done = self.left.take("completed", step.node, step.act)
        if done is not None:
            return Waiting(step.node, now, self._again(done, now), self._facts_of(step, done), step)
        if self._waits_on(step):
            return Waiting(step.node, now, None, {}, step)
        seconds, said_by = self._usual(step)
        at = self._after(now, seconds)
        return Waiting(step.node, now, at, {OUTCOME.name: self._goes_on(step)}, step, said_by)

    def service(self, node: str, now: datetime) -> Waiting:
        """When a service task that begins to wait now is performed."""
        action = self._target.drawn.actions.get(node)
        done = self.left.take("performed", node, action)
        if done is None:
            if node in self._record.drawn.kinds and self._record.ended_at is None and not self.left.next_steps():
                return Waiting(node, now, None, {}, None)
            return Waiting(node, now, now, dict(self._typical.given.get(action or "", {})), None)
        at = done.at if self.as_it_was and done.at >= now else now + (done.at - done.opened_at)
        return Waiting(node, now, at, done.facts, None)

    def _facts_of(self, step: Step, done: Done) -> dict[str, Any]:
        """What was given then; at a step with other outcomes, the one with which the case goes on as it did."""
        asked = self._target.outcomes.get(step.node, {})
        if not asked or done.facts.get(OUTCOME.name) in asked or step.node == done.node:
            return done.facts
        return done.facts | {OUTCOME.name: self._goes_on(step)}

    def _waits_on(self, step: Step) -> bool:
        """Whether nobody had done this: it waits in the case now, or did when the case was taken off its drawing."""
        if self._takes_open(step):
            return True
        is_known = step.node in self._record.drawn.kinds
        if is_known and self._is_interrupted(step.node):
            return True
        return is_known and self._record.withdrawn_at is not None and not self.left.next_steps()

    def _takes_open(self, step: Step) -> bool:
        """Whether the case waits at this node now; else by the same act at one that the other drawing does not have."""
        others = (node for node in self._still_open if node not in self._target.drawn.kinds and step.act is not None
                  and self._record.drawn.acts.get(node) == step.act)  # fmt: skip
        found = step.node if step.node in self._still_open else next(others, None)
        if found is not None:
            self._still_open.remove(found)
        return found is not None

    def _is_interrupted(self, node: str) -> bool:
        hosts = self._record.drawn.hosts
        return any(self.left.peek("fired", timer) for timer, host in hosts.items() if host == node)

    def _again(self, done: Done, now: datetime) -> datetime:
        """When what was done then is done now: it takes as long as it took."""
        if self.as_it_was and done.opened_at <= now <= done.at:
            return done.at
        self.as_it_was = False
        unit = Unit.urgent_hours if self._record.case.is_urgent else Unit.working_hours
        worked = self._calendar.position(done.at, unit) - self._calendar.position(done.opened_at, unit)
        if worked <= 0:
            # Done by night, or on a day off: just as long, whatever the hour.
            return now + (done.at - done.opened_at)
        since = self._calendar.position(now, unit)
        return max(now, self._calendar.moment(since + worked, unit))

    def _usual(self, step: Step) -> tuple[float, str]:
        found = self._typical.seconds(step.act, step.lane)
        if found is not None:
            return found
        limit = self._clocks.limit_of(step.clock) if step.clock else None
        return (float(limit.seconds), "clock") if limit is not None else (0.0, "nothing")

    def _after(self, start: datetime, seconds: float) -> datetime:
        unit = Unit.urgent_hours if self._record.case.is_urgent else Unit.working_hours
        if seconds < 1:
            return start
        return self._calendar.moment(self._calendar.position(start, unit) + round(seconds), unit)

    def _goes_on(self, step: Step) -> str:
        """The outcome of a step that the case never had: the one that leads soonest to what was done next in it."""
        asked = self._target.outcomes.get(step.node, {})
        if not asked:
            return outcomes.OTHERWISE
        usual = self._typical.outcomes.get(step.act or "")
        goal = next((done.node for done in self.left.next_steps() if done.node in self._target.drawn.kinds), None)
        goal = goal or self._record.end
        far = {outcome: self._distance(step.node, outcome, goal) for outcome in asked}
        nearest = min(far.values())
        return usual if usual in asked and far[usual] == nearest else min(far, key=lambda each: far[each])

    def _distance(self, node: str, outcome: str, goal: str | None) -> int:
        first = self._target.behind.get((node, outcome))
        return self._target.ways.get(first, {}).get(goal or "", 1_000_000) if first else 1_000_000
