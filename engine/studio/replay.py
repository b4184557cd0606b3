"""One past case, run once more in memory through another drawing, with its real times and outcomes.

Every step of the other drawing takes up what was done in the case: at the node of the same id, else by the same act.
It then takes as long as it took, in working time (urgent cases: on the clock), from when it now begins; where nothing
has moved yet, it ends at the very moment at which it did. A step that this case never had takes as long as its act, or
its role, usually takes, else as long as its clock allows; and ends so that the case goes on as it did.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from engine.calendars.working_time import WorkingCalendar
from engine.cases.stages import KIND
from engine.kit.errors import CityLoopError
from engine.kit.i18n import N_
from engine.process import expressions, pruning
from engine.process.running import Run
from engine.process.subjects import Move, Step
from engine.process.vocabulary import OUTCOME
from engine.studio import replay_clocks
from engine.studio.recorded import Record
from engine.studio.replay_clocks import Clocks
from engine.studio.replay_models import Went
from engine.studio.replay_planning import Planner, Waiting
from engine.studio.replay_target import Target
from engine.studio.typical import Typical

MOST_MOVES = 300
_STEPS = {"userTask", "manualTask"}
_COUNTED = _STEPS | {"serviceTask", "endEvent"}
_STILL_MOVED = N_("It was moved by hand, or to another version, so its way is not that of a drawing.")


@dataclass
class Waited:
    """How often a run came to a node, and for how many seconds it waited there."""

    before: int = 0
    after: int = 0
    waited_before: float = 0
    waited_after: float = 0


@dataclass
class Replayed:
    """How one run of a case would have gone, beside how it went."""

    record: Record
    went: Went
    reason: tuple[str, dict[str, Any]] | None = None
    end: str | None = None
    last_at: datetime | None = None
    nodes: dict[str, Waited] = field(default_factory=dict)
    late_before: list[str] = field(default_factory=list)
    late_after: list[str] = field(default_factory=list)
    clocks: Clocks | None = None
    new_steps: list[tuple[str, str]] = field(default_factory=list)
    """Steps that the case never had, and what says how long each took: act, role, clock or nothing."""

    @property
    def later(self) -> timedelta:
        """By how much its end, or the last thing done in it, comes later."""
        return (self.last_at - self.record.last_at) if self.last_at else timedelta()


def replay(record: Record, target: Target, typical: Typical, calendar: WorkingCalendar, *, at: datetime) -> Replayed:
    """Replay one run. Who is late is judged as of ``at``, in what was and in what would have been."""
    walk = _Walk(record, target, typical, calendar, at)
    reason: tuple[str, dict[str, Any]] | None = None
    try:
        if record.is_moved:
            reason = (_STILL_MOVED, {})
        else:
            walk.go()
    except CityLoopError as error:
        reason = (error.message_id, {name: str(value) for name, value in error.params.items()})
    if reason is not None:
        return Replayed(record, Went.not_replayed, reason, late_before=replay_clocks.late(record.clocks, at))
    return walk.told()


class _Walk:
    def __init__(
        self, record: Record, target: Target, typical: Typical, calendar: WorkingCalendar, at: datetime
    ) -> None:
        self._record, self._target, self._asked_at = record, target, at
        self._clocks = Clocks(record.case, record.clocks)
        self._planner = Planner(record, target, typical, calendar, self._clocks)
        self._waiting: dict[str, Waiting] = {}
        self._since: dict[tuple[str, str], datetime] = {}
        self._now = record.started_at
        self._waits: dict[str, list[float]] = defaultdict(list)
        self._new: list[tuple[str, str]] = []

    def go(self) -> None:
        self._clocks.begin(self._record.facts.get("entry"), self._now)
        self._run = Run.new(self._target.runnable, self._record.facts)
        self._moved({}, (), self._record.facts)
        for _ in range(MOST_MOVES):
            happening = self._next()
            if self._run.ended or happening is None:
                return
            happening[2]()
            pruning.prune(self._run.workflow)
        raise _RunsOn

    def told(self) -> Replayed:
        self._clocks.grant_until(self._asked_at)
        record, at = self._record, self._asked_at
        nodes = self._nodes()
        end = self._run.last_end[0] if self._run.ended and not self._run.is_withdrawn else None
        withdrawn = record.withdrawn_at is not None and self._run.ended and self._run.is_withdrawn
        end = record.end if withdrawn else end
        is_same = end == record.end and all(each.before == each.after for each in nodes.values())
        return Replayed(
            record,
            Went.same if is_same else Went.otherwise,
            end=end,
            last_at=self._now,
            nodes=nodes,
            late_before=replay_clocks.late(record.clocks, at),
            late_after=self._clocks.late(at),
            clocks=self._clocks,
            new_steps=self._new,
        )

    def _nodes(self) -> dict[str, Waited]:
        found: dict[str, Waited] = defaultdict(Waited)
        kinds = {**self._record.drawn.kinds, **self._target.drawn.kinds}
        for node in self._record.passed:
            found[node].before += 1
        for node in self._run.path:
            found[node].after += 1
        # A way has a service task twice: where it comes to it, and where it goes on.
        for done in self._record.done:
            found[done.node].before -= done.kind == "performed"
            found[done.node].waited_before += (done.at - done.opened_at).total_seconds()
        for node, waits in self._waits.items():
            found[node].after -= len(waits) if self._target.drawn.kinds.get(node) == "serviceTask" else 0
            found[node].waited_after += sum(waits)
        return {node: waited for node, waited in found.items() if kinds.get(node) in _COUNTED}

    def _next(self) -> tuple[datetime, int, Any] | None:
        """What happens next, and when: the earliest of all that waits. Of things at one moment, as they were told."""
        happenings = [*self._of_grants(), *self._of_steps(), *self._of_timers(), *self._of_messages()]
        withdrawn = self._record.withdrawn_at
        if withdrawn is not None:
            happenings.append((max(withdrawn, self._now), 9, self._withdraw))
        return min(happenings, key=lambda each: each[:2], default=None)

    def _of_grants(self) -> Iterator[tuple[datetime, int, Any]]:
        at = self._clocks.next_grant
        if at is not None:
            # Before any timer is looked at: it moves what they wait for.
            yield at, 0, lambda: self._clocks.grant_until(at)

    def _of_steps(self) -> Iterator[tuple[datetime, int, Any]]:
        for task_id, waiting in self._waiting.items():
            if waiting.at is not None:
                order = 2 if waiting.step is None else 3
                yield waiting.at, order, lambda key=task_id: self._finish(key)  # type: ignore[misc]

    def _of_timers(self) -> Iterator[tuple[datetime, int, Any]]:
        for task_id, node in self._run.timers():
            due = self._timer_due(task_id, node)
            if due is not None:
                yield max(due, self._now), 1, lambda key=(task_id, node): self._fire(*key)  # type: ignore[misc]

    def _of_messages(self) -> Iterator[tuple[datetime, int, Any]]:
        for name in self._run.messages():
            sent = self._planner.left.peek("sent", name)
            if sent is not None:
                yield max(sent.at, self._now), 4, lambda name=name: self._send(name)  # type: ignore[misc]

    def _timer_due(self, task_id: str, node: str) -> datetime | None:
        clock, source = self._target.drawn.timers.get(node, (None, None))
        if self._planner.as_it_was and self._record.drawn.timers.get(node) == (clock, source):
            # Workers looked when they looked: it fired when it did, or not at all.
            fired = self._planner.left.peek("fired", node)
            return fired.at if fired is not None else None
        if clock:
            return self._clocks.due(clock)
        since = self._since.setdefault((task_id, node), self._now)
        return expressions.moment(source or "", {}, since)

    def _finish(self, task_id: str) -> None:
        waiting = self._waiting.pop(task_id)
        at = waiting.at or self._now
        self._now = max(self._now, at)
        self._waits[waiting.node].append((at - waiting.opened_at).total_seconds())
        before = self._run.steps()
        if waiting.step is None:
            action = self._target.drawn.actions.get(waiting.node)
            self._clocks.before_action(action, waiting.facts, self._now)
            self._run.perform(task_id, waiting.facts)
            self._moved(before, (), waiting.facts)
            return
        act = waiting.step.act
        if waiting.is_new is not None:
            self._planner.as_it_was = False
            self._new.append((waiting.node, waiting.is_new))
        stopping = self._clocks.before_step(act, waiting.facts.get(OUTCOME.name), self._now)
        self._run.complete(task_id, waiting.facts)
        self._moved(before, stopping, waiting.facts)

    def _fire(self, task_id: str, node: str) -> None:
        due = self._timer_due(task_id, node) or self._now
        taken = self._planner.left.take("fired", node, None)
        self._now = max(self._now, due)
        if taken is None or taken.at != self._now:
            self._planner.as_it_was = False
        before = self._run.steps()
        self._run.fire(task_id, node)
        self._moved(before, (), {})

    def _send(self, name: str) -> None:
        sent = self._planner.left.take("sent", name, None)
        if sent is None:
            return
        self._now = max(self._now, sent.at)
        before = self._run.steps()
        self._run.send(name, sent.facts)
        self._moved(before, (), sent.facts)

    def _withdraw(self) -> None:
        self._now = max(self._now, self._record.withdrawn_at or self._now)
        self._run.withdraw()
        self._waiting.clear()
        self._clocks.end(self._now)

    def _moved(self, before: Mapping[str, Step], stopping: tuple[str, ...], facts: dict[str, Any]) -> None:
        """After a move: clocks follow it, and whatever waits anew is told when it will be done."""
        after = self._run.steps()
        name, properties = self._run.last_end if self._run.ended else (None, {})
        move = Move(
            instance_id=0, subject_kind=KIND, subject_id=self._record.case.id,
            opened=tuple(step for key, step in after.items() if key not in before),
            closed=tuple(step for key, step in before.items() if key not in after),
            ended=self._run.ended, end_node=name, end_properties=properties, facts=facts, by_id=None, at=self._now,
            waiting=tuple(step for key, step in after.items() if key in before),
        )  # fmt: skip
        self._clocks.follow(move, stopping)
        services = self._run.services()
        for key in [key for key in self._waiting if key not in after and key not in services]:
            del self._waiting[key]
        for key, step in after.items():
            if key not in self._waiting:
                self._waiting[key] = self._planner.step(step, self._now)
        for key, task in services.items():
            if key not in self._waiting:
                self._waiting[key] = self._planner.service(str(task.task_spec.bpmn_id), self._now)


class _RunsOn(CityLoopError):
    """It would go round and round."""
