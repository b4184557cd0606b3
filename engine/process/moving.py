"""What a move changes around an instance: its open tasks, timers, outbox and history, and the follower's ear."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Table, delete, insert, tuple_, update

from engine.kit.errors import Conflict
from engine.process import batching, expressions, instances, subjects
from engine.process.instances import Loaded
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

    ``before`` is None for an instance whose row has just been inserted. Raises Conflict where somebody wrote the instance
    since it was read, which its lock prevents, unless an action of a service task did so itself.
    """
    old, new = before or Before(), Before.of(loaded.run)
    move = _move(loaded, old, new, facts, by_id, at)
    subjects.follower_of(loaded.subject_kind).follow(move)
    event = {"instance_id": loaded.instance_id, "at": at, "kind": kind, "node": node or old.node_of(task_id),
             "task_id": task_id, "by_id": by_id, "facts": dict(facts), "path": loaded.run.path}  # fmt: skip
    written = batching.write([
        *([instances.writing(loaded, at, outcome)] if before is not None else []),
        insert(EVENT).values(event),
        *_closing(old, new, task_id if kind == "performed" else None, at),
        *_opening_steps(loaded, move.opened, at),
        *_opening_timers(loaded, _added(old.timers, new.timers), at),
        *_opening_services(loaded, _added(old.services, new.services).values(), at),
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
        opened=tuple(_added(before.steps, after.steps).values()),
        closed=tuple(_added(after.steps, before.steps).values()),
        ended=run.ended,
        end_node=None if run.is_withdrawn else name,
        end_properties={} if run.is_withdrawn else properties,
        facts=dict(facts),
        by_id=by_id,
        at=at,
    )


def _added(old: Mapping[Any, Any], new: Mapping[Any, Any]) -> dict[Any, Any]:
    return {key: value for key, value in new.items() if key not in old}


def _closing(old: Before, new: Before, performed: str | None, at: datetime) -> Iterator[Any]:
    steps = _added(new.steps, old.steps)
    if steps:
        yield delete(instances.TASK).where(instances.TASK.c.id.in_(list(steps)))
    timers = _added(new.timers, old.timers)
    if timers:
        yield delete(TIMER).where(tuple_(TIMER.c.task_id, TIMER.c.node).in_(list(timers)))
    gone = [key for key in _added(new.services, old.services) if key != performed]
    if gone:
        given_up = {"state": Delivery.cancelled.value, "done_at": at}
        yield update(OUTBOX).where(OUTBOX.c.task_id.in_(gone)).values(given_up)


def _opening_steps(loaded: Loaded, steps: Iterable[Step], at: datetime) -> Iterator[Any]:
    follower = subjects.follower_of(loaded.subject_kind)
    for step in steps:
        placement = follower.place(loaded.subject_id, step, loaded.run.facts(step.task_id), at)
        yield insert(instances.TASK).values({
            **_of_instance(loaded), "id": step.task_id, "definition_id": loaded.definition_id, "node": step.node,
            "name": step.name, "lane": step.lane, "form": step.form, "act": step.act, "stage": step.stage,
            "group_name": placement.group, "assignee_id": placement.assignee_id, "opened_at": at,
            "due_at": placement.due_at, "amber_at": placement.amber_at,
        })  # fmt: skip


def _opening_timers(loaded: Loaded, timers: Mapping[tuple[str, str], DueTimer], at: datetime) -> Iterator[Any]:
    for (task_id, node), timer in timers.items():
        yield insert(TIMER).values({
            **_of_instance(loaded), "task_id": task_id, "node": node, "clock": timer.clock, "attempts": 0,
            "due_at": _due(loaded, task_id, timer, at),
        })  # fmt: skip


def _due(loaded: Loaded, task_id: str, timer: DueTimer, at: datetime) -> datetime | None:
    if timer.clock:
        return subjects.follower_of(loaded.subject_kind).timer_due(loaded.subject_id, timer.clock, at)
    return expressions.moment(timer.source or "", loaded.run.facts(task_id), at)


def _opening_services(loaded: Loaded, services: Iterable[Any], at: datetime) -> Iterator[Any]:
    for task in services:
        drawn = task.task_spec.extensions
        yield insert(OUTBOX).values({
            **_of_instance(loaded), "task_id": task.id.hex, "node": task.task_spec.bpmn_id, "action": drawn["action"],
            "params": drawn["params"], "state": Delivery.pending.value, "attempts": 0, "next_at": at,
        })  # fmt: skip


def _of_instance(loaded: Loaded) -> dict[str, Any]:
    return {"instance_id": loaded.instance_id, "subject_kind": loaded.subject_kind, "subject_id": loaded.subject_id}
