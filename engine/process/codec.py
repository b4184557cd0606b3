"""An instance as a few bytes: rows that name nodes of the shared drawing, the token's facts as differences, orjson.

Predicted tasks are not stored: SpiffWorkflow predicts them again when the instance is read.
"""

from typing import Any
from uuid import UUID, uuid4

import orjson
from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import SignalEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.util import BpmnEvent
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.process.errors import UnknownState
from engine.process.expressions import CelEngine
from engine.process.pruning import LIVE
from engine.process.running import Run
from engine.process.specs import Drawn
from engine.process.walking import Workflow

VERSION = 1
"""The first byte of a stored state. A change of the layout counts it up and keeps reading the older ones."""
_UNSTORED = TaskState.PREDICTED_MASK | TaskState.FUTURE
_EVENTS = {"message": MessageEventDefinition, "signal": SignalEventDefinition}


def dump(run: Run) -> bytes:
    """The stored form of an instance at rest."""
    top = run.workflow
    state: dict[str, Any] = {"w": _dump_one(top)}
    subprocesses = sorted(top.subprocesses.items(), key=lambda item: item[1].depth)
    if subprocesses:
        state["s"] = [[key.hex, _dump_one(each)] for key, each in subprocesses]
    events = [_dump_event(event) for event in top.bpmn_events]
    if any(events):
        state["e"] = [event for event in events if event]
    return packed(state)


def load(stored: bytes, drawn: Drawn, engine: Any = None) -> Run:
    """The instance of ``stored``, running on the shared ``drawn``; ``engine`` stands in for CEL.

    Raises UnknownState for bytes of a codec version that this program does not read.
    """
    state = unpacked(stored)
    top = Workflow(drawn.spec, drawn.subprocesses, script_engine=engine or CelEngine(), deserializing=True)
    _load_one(top, top, state["w"])
    for key, rows in state.get("s", ()):
        _load_subprocess(top, UUID(hex=key), rows)
    top.bpmn_events = [_load_event(*event) for event in state.get("e", ())]
    return Run(top)


def packed(state: dict[str, Any]) -> bytes:
    """The bytes of a state."""
    return bytes([VERSION]) + orjson.dumps(state)


def unpacked(stored: bytes) -> dict[str, Any]:
    """The state of these bytes: {"w": process, "s": [[task id, sub-process] …], "e": events}; see ``_row``.

    Raises UnknownState.
    """
    if not stored or stored[0] != VERSION:
        raise UnknownState(version=stored[0] if stored else 0)
    state: dict[str, Any] = orjson.loads(stored[1:])
    return state


def _dump_one(workflow: Any) -> dict[str, Any]:
    rows: list[list[Any]] = []
    waiting: list[Any] = [(workflow.task_tree, -1, {})]
    while waiting:
        task, parent, inherited = waiting.pop()
        if parent >= 0 and task.has_state(_UNSTORED):
            continue
        rows.append(_row(task, parent, inherited))
        number = len(rows) - 1
        waiting.extend((workflow.tasks[child], number, task.data) for child in reversed(task._children))
    return {key: value for key, value in _header(workflow).items() if value} | {"t": rows}


def _header(workflow: Any) -> dict[str, Any]:
    return {"d": workflow.data, "k": workflow.correlations, "c": workflow.completed, "f": not workflow.success}


def _row(task: Any, parent: int, inherited: dict[str, Any]) -> list[Any]:
    """[id or 0, node, row of the parent, state, triggered, what it waits with, changed, facts set, facts dropped]."""
    is_live = task.has_state(LIVE)
    row = [
        task.id.hex if is_live else 0,
        task.task_spec.name,
        parent,
        task._state,
        int(task.triggered),
        {key: value for key, value in task.internal_data.items() if value} if is_live else 0,
        # Joins merge their branches in the order in which they came.
        0 if is_live else task.last_state_change,
        {key: value for key, value in task.data.items() if key not in inherited or inherited[key] != value},
        [key for key in inherited if key not in task.data],
    ]
    while not row[-1]:
        row.pop()
    return row


def _load_one(top: Any, workflow: Any, stored: dict[str, Any]) -> None:
    tasks: list[Any] = []
    for row in stored["t"]:
        parent = tasks[row[2]] if row[2] >= 0 else None
        tasks.append(_task(workflow, parent, *row[:2], *row[3:]))
    workflow.task_tree, workflow.data = tasks[0], stored.get("d", {})
    workflow.correlations = stored.get("k", {})
    workflow.completed, workflow.success = stored.get("c", False), not stored.get("f", False)
    live = [task for task in tasks if task.has_state(LIVE)]
    for task in live:
        if task._state == TaskState.WAITING and isinstance(task.task_spec, CatchingEvent):
            top.event_manager.add_task(task)
        task.task_spec._predict(task, mask=TaskState.NOT_FINISHED_MASK)


def _task(
    workflow: Any,
    parent: Any,
    task_id: str | int,
    node: str,
    state: int,
    triggered: int = 0,
    waits_with: Any = 0,
    changed: float = 0,
    added: Any = 0,
    dropped: Any = 0,
) -> Any:
    """A Spiff task made from a row. Its constructor is passed by: that one announces a new task and stamps the time."""
    task = Task.__new__(Task)
    task.id = UUID(hex=task_id) if isinstance(task_id, str) else uuid4()
    task.workflow, task.task_spec, task.thread_id = workflow, workflow.spec.task_specs[node], 0
    task._parent, task._children, task._state = parent.id if parent else None, [], state
    task.triggered, task.last_state_change = bool(triggered), changed
    task.internal_data = dict(waits_with or {})
    task.data = (parent.data if parent else {}) | (added or {})
    for key in dropped or ():
        task.data.pop(key, None)
    workflow.tasks[task.id] = task
    if parent:
        parent._children.append(task.id)
    return task


def _load_subprocess(top: Any, key: UUID, stored: dict[str, Any]) -> None:
    caller = top.get_task_from_id(key)
    spec = top.subprocess_specs[caller.task_spec.spec]
    workflow = BpmnSubWorkflow(spec, parent_task_id=key, top_workflow=top, deserializing=True)
    _load_one(top, workflow, stored)
    top.subprocesses[key] = workflow
    workflow.completed_event.connect(caller.task_spec._on_subworkflow_completed, caller)


def _dump_event(event: Any) -> list[Any] | None:
    """A BPMN event that was thrown and that nothing has caught yet."""
    for kind, definition in _EVENTS.items():
        if isinstance(event.event_definition, definition):
            return [kind, event.event_definition.name, event.payload, event.correlations]
    return None


def _load_event(kind: str, name: str, payload: Any, correlations: Any) -> Any:
    return BpmnEvent(_EVENTS[kind](name), payload=payload, correlations=correlations)
