"""What a move changes around an instance: its open tasks, timers, outbox and history, and the follower's ear."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Table, delete, insert, tuple_, update

from engine.kit.db import db
from engine.process import expressions, instances, subjects
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


def finish(
    loaded: Loaded,
    before: Before,
    *,
    kind: str,
    facts: Mapping[str, Any],
    by_id: int | None,
    at: datetime,
    task_id: str | None = None,
    node: str | None = None,
) -> Move:
    """Write the rows of a move that the instance has made, and tell the follower. The instance's row is written already."""
    after = Before.of(loaded.run)
    move = _move(loaded, before, after, facts, by_id, at)
    _close(before, after, task_id if kind == "performed" else None, at)
    follower = subjects.follower_of(loaded.subject_kind)
    follower.follow(move)
    _open_steps(loaded, move.opened, at)
    _open_timers(loaded, _added(before.timers, after.timers), at)
    _open_services(loaded, _added(before.services, after.services).values(), at)
    if node is None and task_id in before.steps:
        node = before.steps[task_id].node
    if node is None and task_id in before.services:
        node = before.services[task_id].task_spec.bpmn_id
    _insert(EVENT, [{"instance_id": loaded.instance_id, "at": at, "kind": kind, "node": node, "task_id": task_id,
                     "by_id": by_id, "facts": dict(facts), "path": loaded.run.path}])  # fmt: skip
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


def _close(before: Before, after: Before, performed: str | None, at: datetime) -> None:
    steps = _added(after.steps, before.steps)
    if steps:
        db.session.execute(delete(instances.TASK).where(instances.TASK.c.id.in_(list(steps))))
    timers = _added(after.timers, before.timers)
    if timers:
        db.session.execute(delete(TIMER).where(tuple_(TIMER.c.task_id, TIMER.c.node).in_(list(timers))))
    gone = [key for key in _added(after.services, before.services) if key != performed]
    if gone:
        given_up = {"state": Delivery.cancelled.value, "done_at": at}
        db.session.execute(update(OUTBOX).where(OUTBOX.c.task_id.in_(gone)).values(given_up))


def _open_steps(loaded: Loaded, steps: Iterable[Step], at: datetime) -> None:
    follower = subjects.follower_of(loaded.subject_kind)
    rows = []
    for step in steps:
        placement = follower.place(loaded.subject_id, step, loaded.run.facts(step.task_id), at)
        rows.append({
            **_of_instance(loaded), "id": step.task_id, "definition_id": loaded.definition_id, "node": step.node,
            "name": step.name, "lane": step.lane, "form": step.form, "act": step.act, "stage": step.stage,
            "group_name": placement.group, "assignee_id": placement.assignee_id, "opened_at": at,
            "due_at": placement.due_at, "amber_at": placement.amber_at,
        })  # fmt: skip
    _insert(instances.TASK, rows)


def _open_timers(loaded: Loaded, timers: Mapping[tuple[str, str], DueTimer], at: datetime) -> None:
    _insert(TIMER, [
        {**_of_instance(loaded), "task_id": task_id, "node": node, "clock": timer.clock, "attempts": 0,
         "due_at": _due(loaded, task_id, timer, at)}
        for (task_id, node), timer in timers.items()
    ])  # fmt: skip


def _due(loaded: Loaded, task_id: str, timer: DueTimer, at: datetime) -> datetime | None:
    if timer.clock:
        return subjects.follower_of(loaded.subject_kind).timer_due(loaded.subject_id, timer.clock, at)
    return expressions.moment(timer.source or "", loaded.run.facts(task_id), at)


def _open_services(loaded: Loaded, services: Iterable[Any], at: datetime) -> None:
    _insert(OUTBOX, [
        {**_of_instance(loaded), "task_id": task.id.hex, "node": task.task_spec.bpmn_id,
         "action": task.task_spec.extensions["action"], "params": task.task_spec.extensions["params"],
         "state": Delivery.pending.value, "attempts": 0, "next_at": at}
        for task in services
    ])  # fmt: skip


def _of_instance(loaded: Loaded) -> dict[str, Any]:
    return {"instance_id": loaded.instance_id, "subject_kind": loaded.subject_kind, "subject_id": loaded.subject_id}


def _insert(table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        db.session.execute(insert(table).values(rows))
