"""What a move changes around an instance: its open tasks, timers, outbox and history, and the follower's ear."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Table, delete, literal_column, update

from engine.kit.errors import Conflict
from engine.process import batching, claiming, expressions, instances, subjects
from engine.process.batching import Kind, Write, inserting
from engine.process.errors import ExpressionFailed, Undecided
from engine.process.instances import TASK, Loaded
from engine.process.models import Delivery, OpenTimer, OutboxMessage, ProcessEvent
from engine.process.running import Run
from engine.process.subjects import Move, Step
from engine.process.timing import DueTimer

TIMER: Table = OpenTimer.__table__  # type: ignore[assignment]
OUTBOX: Table = OutboxMessage.__table__  # type: ignore[assignment]
EVENT: Table = ProcessEvent.__table__  # type: ignore[assignment]


@dataclass(frozen=True)
class Before:
    """What waited before the move. Compared with what waits after it, so that only differences are written."""

    steps: dict[str, Step] = field(default_factory=dict)
    timers: dict[tuple[str, str], DueTimer] = field(default_factory=dict)
    services: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, run: Run) -> "Before":
        """What waits now."""
        return cls(run.steps(), run.timers(), run.services())

    def node_of(self, task_id: str | None) -> str | None:
        """The node of a step or service task that waited."""
        if task_id in self.services:
            return str(self.services[task_id].task_spec.bpmn_id)
        return self.steps[task_id].node if task_id in self.steps else None


def finish(
    loaded: Loaded,
    before: Before | None,
    *,
    kind: str,
    facts: Mapping[str, Any],
    by_id: int | None,
    at: datetime,
    task_id: str | None = None,
    node: str | None = None,
    outcome: str | None = None,
) -> Move:
    """Tell the follower of a move that the run in memory has made, and write all its rows.

    ``before`` is None for an instance whose row has just been inserted. Raises Conflict where somebody wrote the
    instance since it was read, which its lock prevents, unless an action of a service task did so itself.
    """
    old, new = before or Before(), Before.of(loaded.run)
    move = _move(loaded, old, new, facts, by_id, at)
    subjects.follower_of(loaded.subject_kind).follow(move)
    event = {"instance_id": loaded.instance_id, "at": at, "kind": kind, "node": node or old.node_of(task_id),
             "task_id": task_id, "by_id": by_id, "facts": dict(facts), "path": loaded.run.path,
             "due_at": loaded.due_at if kind == "completed" else None}  # fmt: skip
    written = batching.write([
        *([instances.writing(loaded, at, outcome)] if before is not None else []),
        Write(EVENT_ROW, event),
        *closing(old, new, task_id if kind == "performed" else None, at),
        *opening_steps(loaded, move.opened, at),
        *opening_timers(loaded, added(old.timers, new.timers), at),
        *_moving_timers(loaded, _kept(old.timers, new.timers), at),
        *opening_services(loaded, added(old.services, new.services).values(), at),
    ])  # fmt: skip
    if written != 1:
        raise Conflict
    return move


def _move(
    loaded: Loaded, before: Before, after: Before, facts: Mapping[str, Any], by_id: int | None, at: datetime
) -> Move:
    run = loaded.run
    name, properties = run.last_end if run.ended or run.end_node else (None, {})
    return Move(
        instance_id=loaded.instance_id,
        subject_kind=loaded.subject_kind,
        subject_id=loaded.subject_id,
        opened=tuple(added(before.steps, after.steps).values()),
        closed=tuple(added(after.steps, before.steps).values()),
        ended=run.ended,
        end_node=None if run.is_withdrawn else name,
        end_properties={} if run.is_withdrawn else properties,
        facts=dict(facts),
        by_id=by_id,
        at=at,
        waiting=tuple(_kept(before.steps, after.steps).values()),
    )


def added(old: Mapping[Any, Any], new: Mapping[Any, Any]) -> dict[Any, Any]:
    """What is in ``new`` and not in ``old``."""
    return {key: value for key, value in new.items() if key not in old}


def _kept(old: Mapping[Any, Any], new: Mapping[Any, Any]) -> dict[Any, Any]:
    return {key: value for key, value in new.items() if key in old}


def closing(old: Before, new: Before, performed: str | None, at: datetime) -> Iterator[Write]:
    """The rows of what no longer waits go; ``performed`` is the service task whose row its worker closes himself."""
    for task_id in added(new.steps, old.steps):
        yield Write(_CLOSED_STEP, {"id": task_id})
    for task_id, node in added(new.timers, old.timers):
        yield Write(_CLOSED_TIMER, {"task_id": task_id, "node": node})
    for task_id in added(new.services, old.services):
        if task_id != performed:
            yield Write(_CANCELLED, {"task_id": task_id, "state": Delivery.cancelled.value, "done_at": at})


def opening_steps(loaded: Loaded, steps: Iterable[Step], at: datetime) -> Iterator[Write]:
    """Rows of steps that wait now, each placed by the follower."""
    follower = subjects.follower_of(loaded.subject_kind)
    for step in steps:
        placement = follower.place(loaded.subject_id, step, loaded.run.facts(step.task_id), at)
        yield Write(_STEP, {
            **_of_instance(loaded), "id": step.task_id, "definition_id": loaded.definition_id, "node": step.node,
            "name": step.name, "lane": step.lane, "form": step.form, "act": step.act, "stage": step.stage,
            "group_name": placement.group, "assignee_id": placement.assignee_id, "opened_at": at,
            "due_at": placement.due_at, "amber_at": placement.amber_at,
        })  # fmt: skip


def opening_timers(loaded: Loaded, timers: Mapping[tuple[str, str], DueTimer], at: datetime) -> Iterator[Write]:
    """Rows of timers that wait now."""
    for (task_id, node), timer in timers.items():
        due = _due(loaded, task_id, timer, at)
        values = {"task_id": task_id, "node": node, "clock": timer.clock, "due_at": due, "attempts": 0}
        yield Write(_TIMER, _of_instance(loaded) | values)


def _moving_timers(loaded: Loaded, timers: Mapping[tuple[str, str], DueTimer], at: datetime) -> Iterator[Write]:
    """Timers that wait on: the move may have stopped, moved or resumed the clocks that they follow."""
    for (task_id, node), timer in timers.items():
        if timer.clock:
            yield Write(_MOVED_TIMER, {"task_id": task_id, "node": node, "due_at": _due(loaded, task_id, timer, at)})


def _due(loaded: Loaded, task_id: str, timer: DueTimer, at: datetime) -> datetime | None:
    if timer.clock:
        return subjects.follower_of(loaded.subject_kind).timer_due(loaded.subject_id, timer.clock, at)
    try:
        return expressions.moment(timer.source or "", loaded.run.facts(task_id), at)
    except ExpressionFailed as error:
        raise Undecided(timer.node, error) from error


def opening_services(loaded: Loaded, services: Iterable[Any], at: datetime) -> Iterator[Write]:
    """Rows of service tasks that wait for a worker now."""
    for task in services:
        drawn = task.task_spec.extensions
        yield Write(_SERVICE, {
            **_of_instance(loaded), "task_id": task.id.hex, "node": task.task_spec.bpmn_id, "action": drawn["action"],
            "params": drawn["params"], "state": Delivery.pending.value, "attempts": 0, "next_at": at,
        })  # fmt: skip


def _of_instance(loaded: Loaded) -> dict[str, Any]:
    return {"instance_id": loaded.instance_id, "subject_kind": loaded.subject_kind, "subject_id": loaded.subject_id}


_INSTANCE = ("instance_id", "subject_kind", "subject_id")
EVENT_ROW = inserting(EVENT, "instance_id", "at", "kind", "node", "task_id", "by_id", "facts", "path", "due_at")
_STEP = inserting(
    TASK, *_INSTANCE, "id", "definition_id", "node", "name", "lane", "form", "act", "stage", "group_name",
    "assignee_id", "opened_at", "due_at", "amber_at",
)  # fmt: skip
_TIMER = inserting(TIMER, *_INSTANCE, "task_id", "node", "clock", "due_at", "attempts")
_SERVICE = inserting(
    OUTBOX, *_INSTANCE, "task_id", "node", "action", "params", "state", "attempts", "next_at"
)  # fmt: skip
_CLOSED_STEP = Kind(TASK, ("id",), lambda bind: delete(TASK).where(TASK.c.id == bind(TASK.c.id)))
_CLOSED_TIMER = Kind(TIMER, ("task_id", "node"), lambda bind: delete(TIMER).where(
    TIMER.c.task_id == bind(TIMER.c.task_id), TIMER.c.node == bind(TIMER.c.node)))  # fmt: skip
_MOVED_TIMER = Kind(TIMER, ("task_id", "node", "due_at"), lambda bind: update(TIMER).where(
    TIMER.c.task_id == bind(TIMER.c.task_id), TIMER.c.node == bind(TIMER.c.node),
    # One that an incident holds sleeps on: an administrator wakes it.
    TIMER.c.attempts < literal_column(str(claiming.MOST_ATTEMPTS))).values(due_at=bind(TIMER.c.due_at)))  # fmt: skip
_CANCELLED = Kind(OUTBOX, ("task_id", "state", "done_at"), lambda bind: update(OUTBOX)
                  .where(OUTBOX.c.task_id == bind(OUTBOX.c.task_id))
                  .values(state=bind(OUTBOX.c.state), done_at=bind(OUTBOX.c.done_at)))  # fmt: skip
