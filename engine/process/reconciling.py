"""Bringing the rows of an instance into line with a run that was given to another drawing.

What waits on under the same task id keeps its row, its person and its due moment, unless the new drawing gives it to
another lane or clock. The follower hears of what changed for the subject: another stage, other clocks.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Table, select, update

from engine.kit.db import db
from engine.process import claiming, expressions, moving, subjects
from engine.process.batching import Kind, Write
from engine.process.charts import Chart
from engine.process.instances import TASK, Loaded
from engine.process.models import Delivery
from engine.process.moving import OUTBOX, TIMER, Before
from engine.process.subjects import Move, Step
from engine.process.timing import DueTimer

OPEN_WORK = (Delivery.pending.value, Delivery.failed.value)
TimerKey = tuple[str, str]


@dataclass
class Rows:
    """The rows of one instance as they are."""

    steps: dict[str, Any] = field(default_factory=dict)
    timers: dict[TimerKey, Any] = field(default_factory=dict)
    services: dict[str, Any] = field(default_factory=dict)

    def claimed(self, at: datetime) -> str | None:
        """The node of an action that a worker is performing at ``at``."""
        claims = (row for row in self.services.values() if row.claimed_until is not None and row.claimed_until > at)
        return next((str(row.node) for row in claims), None)

    def dues(self) -> dict[str, str | None]:
        """Due moments of its timers, to be kept."""
        return {f"{task}/{node}": row.due_at.isoformat() if row.due_at else None
                for (task, node), row in self.timers.items()}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """From one drawing to another. ``names`` says what each timer's node is called there.

    ``dues`` are the due moments of timers that come back.
    """

    old: Chart
    new: Chart
    names: Mapping[TimerKey, str]
    at: datetime
    by_id: int | None
    dues: Mapping[str, str | None] = field(default_factory=dict)
    has_told: bool = False
    """The follower was told of something, and may have moved clocks."""


def read(instance_ids: Collection[int]) -> dict[int, Rows]:
    """The rows of these instances. Actions that wait are locked: no worker begins to perform them meanwhile."""
    found: dict[int, Rows] = defaultdict(Rows)
    for row in _of(TASK, instance_ids):
        found[row.instance_id].steps[row.id] = row
    for row in _of(TIMER, instance_ids):
        found[row.instance_id].timers[row.task_id, row.node] = row
    waiting = select(OUTBOX).where(OUTBOX.c.instance_id.in_(instance_ids), OUTBOX.c.state.in_(OPEN_WORK))
    for row in db.session.execute(waiting.order_by(OUTBOX.c.id).with_for_update()):
        found[row.instance_id].services[row.task_id] = row
    return found


def reconcile(loaded: Loaded, rows: Rows, change: Change) -> Iterator[Write]:
    """Tell the follower, and give the writes that make ``rows`` say what ``loaded.run`` does."""
    new = Before.of(loaded.run)
    named = {(task, change.names.get((task, node), node)): row for (task, node), row in rows.timers.items()}
    old = Before(rows.steps, named, rows.services)
    change = replace(change, has_told=_tell(loaded, rows, new, change))
    renamed = {(row.task_id, row.node) for key, row in named.items() if key not in new.timers}
    gone = Before(rows.steps, dict.fromkeys(renamed), rows.services)  # type: ignore[arg-type]
    yield from moving.closing(gone, replace(new, timers={}), None, change.at)
    yield from moving.opening_steps(loaded, moving.added(old.steps, new.steps).values(), change.at)
    yield from _added_timers(loaded, moving.added(old.timers, new.timers), change)
    yield from moving.opening_services(loaded, moving.added(old.services, new.services).values(), change.at)
    yield from _steps(loaded, rows, new, change)
    yield from _timers(loaded, named, new, change)
    yield from _services(rows, new)


def _of(table: Table, instance_ids: Collection[int]) -> Any:
    return db.session.execute(select(table).where(table.c.instance_id.in_(instance_ids)))


def _tell(loaded: Loaded, rows: Rows, new: Before, change: Change) -> bool:
    """The follower hears of steps whose clock or stage is another now, and of those that came or went, if any."""
    opened: list[Step] = list(moving.added(rows.steps, new.steps).values())
    closed = [_step(row, change) for key, row in rows.steps.items() if key not in new.steps]
    for key, row in rows.steps.items():
        step = new.steps.get(key)
        if step is None or (_clock(row, change), row.stage) == (step.clock, step.stage):
            continue
        has_same_clock = _clock(row, change) == step.clock
        opened.append(replace(step, clock=None) if has_same_clock else step)
        closed += [] if has_same_clock else [_step(row, change)]
    run = loaded.run
    if not (opened or closed or run.ended):
        return False
    name, properties = run.last_end if run.ended else (None, {})
    move = Move(loaded.instance_id, loaded.subject_kind, loaded.subject_id, tuple(opened), tuple(closed),
                run.ended, name, properties, {}, change.by_id, change.at)  # fmt: skip
    subjects.follower_of(loaded.subject_kind).follow(move)
    return True


def _step(row: Any, change: Change) -> Step:
    return Step(row.id, row.node, row.name, row.lane, row.form, row.act, row.stage, _clock(row, change), {})


def _clock(row: Any, change: Change) -> str | None:
    node = change.old.nodes.get(row.node)
    return node.clock if node is not None else None


def _steps(loaded: Loaded, rows: Rows, new: Before, change: Change) -> Iterator[Write]:
    follower = subjects.follower_of(loaded.subject_kind)
    for key, row in rows.steps.items():
        step = new.steps.get(key)
        if step is None:
            continue
        values = {"id": key, "definition_id": loaded.definition_id, "node": step.node, "name": step.name,
                  "lane": step.lane, "form": step.form, "act": step.act, "stage": step.stage}  # fmt: skip
        if step.lane == row.lane and step.clock == _clock(row, change):
            yield Write(_STEP, values)
            continue
        placed = follower.place(loaded.subject_id, step, loaded.run.facts(key), change.at)
        stays = step.lane == row.lane and row.assignee_id is not None
        who = {"group_name": placed.group, "assignee_id": row.assignee_id if stays else placed.assignee_id}
        yield Write(_PLACED_STEP, values | who | {"due_at": placed.due_at, "amber_at": placed.amber_at})


def _timers(loaded: Loaded, named: Mapping[TimerKey, Any], new: Before, change: Change) -> Iterator[Write]:
    for key, row in named.items():
        timer = new.timers.get(key)
        if timer is None:
            continue
        due = _due(loaded, row, timer, change)
        if (row.node, row.clock, row.due_at) != (timer.node, timer.clock, due):
            yield Write(_TIMER, {"id": row.id, "node": timer.node, "clock": timer.clock, "due_at": due})


def _due(loaded: Loaded, row: Any, timer: DueTimer, change: Change) -> datetime | None:
    """Of a timer that waits on. A duration that became longer moves it by as much; an incident holds it on."""
    if row.attempts >= claiming.MOST_ATTEMPTS:
        return None
    if timer.clock:
        same = timer.clock == row.clock and not change.has_told
        follower = subjects.follower_of(loaded.subject_kind)
        return row.due_at if same else follower.timer_due(loaded.subject_id, timer.clock, change.at)
    facts = loaded.run.facts(row.task_id)
    due = expressions.moment(timer.source or "", facts, change.at)
    former = change.old.nodes[row.node].source if row.node in change.old.nodes else None
    if row.clock is not None or row.due_at is None or former is None:
        return due
    return row.due_at + (due - expressions.moment(former, facts, change.at)) if former != timer.source else row.due_at


def _added_timers(loaded: Loaded, timers: Mapping[TimerKey, DueTimer], change: Change) -> Iterator[Write]:
    for write in moving.opening_timers(loaded, timers, change.at):
        kept = change.dues.get(f"{write.values['task_id']}/{write.values['node']}")
        if kept is not None and write.values["clock"] is None:
            write = Write(write.kind, write.values | {"due_at": datetime.fromisoformat(kept)})  # noqa: PLW2901
        yield write


def _services(rows: Rows, new: Before) -> Iterator[Write]:
    for key, row in rows.services.items():
        task = new.services.get(key)
        if task is None:
            continue
        drawn = task.task_spec.extensions
        values = {"node": task.task_spec.bpmn_id, "action": drawn["action"], "params": drawn["params"]}
        if values != {"node": row.node, "action": row.action, "params": row.params}:
            yield Write(_SERVICE, {"id": row.id, **values})


def _changing(table: Table, *columns: str) -> Kind:
    return Kind(table, ("id", *columns), lambda bind: update(table)
                .where(table.c.id == bind(table.c.id))
                .values({name: bind(table.c[name]) for name in columns}))  # fmt: skip


_DRAWN = ("definition_id", "node", "name", "lane", "form", "act", "stage")
_STEP = _changing(TASK, *_DRAWN)
_PLACED_STEP = _changing(TASK, *_DRAWN, "group_name", "assignee_id", "due_at", "amber_at")
_TIMER = _changing(TIMER, "node", "clock", "due_at")
_SERVICE = _changing(OUTBOX, "node", "action", "params")
