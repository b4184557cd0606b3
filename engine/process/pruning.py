"""Dropping history that no token needs any more, so that an instance stays small however often it goes round.

What stays is the root, and the subtree of the deepest finished ancestor that all live tasks have in common. A split
whose region is still open is such an ancestor itself: boundary events, parallel and event splits keep what they need.
"""

from typing import Any

from SpiffWorkflow.bpmn.specs.control import _EndJoin
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.util.task import TaskState

LIVE = TaskState.WAITING | TaskState.READY | TaskState.STARTED


def prune(top: Any) -> None:
    """Prune a Spiff workflow and its subprocesses in place. It must be at rest: no engine steps left to do."""
    for task_id in [key for key in top.subprocesses if _is_over(top, key)]:
        del top.subprocesses[task_id]
    for each in (top, *top.subprocesses.values()):
        _prune_one(top, each)


def _is_over(top: Any, task_id: Any) -> bool:
    """Whether a subprocess has ended, or went with the pruned task that called it."""
    for each in (top, *top.subprocesses.values()):
        if task_id in each.tasks:
            return bool(each.tasks[task_id].has_state(TaskState.FINISHED_MASK))
    return True


def _prune_one(top: Any, workflow: Any) -> None:
    root, tasks = workflow.task_tree, workflow.tasks
    common = _common(workflow)
    # The first of them is the root: keeping it would keep everything.
    for anchor in reversed(common[1:]):
        kept = _below(tasks, anchor)
        kept.add(root.id)
        if not _join_needs(workflow, kept):
            _cut(top, workflow, anchor, kept)
            return


def _common(workflow: Any) -> list[Any]:
    """Finished tasks that all live tasks descend from, from the root down."""
    paths = [_path(workflow.tasks, task) for task in workflow.tasks.values() if _counts(task)]
    common = []
    for level in zip(*paths, strict=False):
        if any(task is not level[0] for task in level) or not level[0].has_state(TaskState.FINISHED_MASK):
            break
        common.append(level[0])
    return common


def _counts(task: Any) -> bool:
    """Live, and not an end that merely waits for the other tokens: the last of those will come to an end of its own.

    Such a waiting end would hold the split of, say, a timer that fired in the first round until the case closes.
    """
    return task.has_state(LIVE) and not isinstance(task.task_spec, _EndJoin)


def _path(tasks: dict[Any, Any], task: Any) -> list[Any]:
    path, parent = [], tasks.get(task._parent)
    while parent is not None:
        path.append(parent)
        parent = tasks.get(parent._parent)
    return path[::-1]


def _below(tasks: dict[Any, Any], anchor: Any) -> set[Any]:
    found, waiting = set(), [anchor]
    while waiting:
        task = waiting.pop()
        found.add(task.id)
        waiting.extend(tasks[child] for child in task._children)
    return found


def _join_needs(workflow: Any, kept: set[Any]) -> bool:
    """Whether a waiting parallel or inclusive join counts on a token outside ``kept``.

    In a join of three, the waiting task of the first arrival is cancelled by the second, so that nothing live may be
    left where it came from; without its mark the join would wait for ever.
    """
    tasks = workflow.tasks.values()
    joins = {task.task_spec for task in tasks if task._state == TaskState.WAITING and _is_join(task.task_spec)}
    arrived = (task for task in tasks if task._state == TaskState.CANCELLED and task.task_spec in joins)
    return any(task.id not in kept for task in arrived)


def _is_join(spec: Any) -> bool:
    return isinstance(spec, UnstructuredJoin) and not isinstance(spec, _EndJoin) and len(spec._inputs) > 1


def _cut(top: Any, workflow: Any, anchor: Any, kept: set[Any]) -> None:
    root = workflow.task_tree
    for task_id in [key for key in workflow.tasks if key not in kept]:
        top.event_manager.remove_task(workflow.tasks.pop(task_id))
        top.subprocesses.pop(task_id, None)
    root._children, anchor._parent = [anchor.id], root.id
    # What it knew was handed down long ago.
    root.data = {}
    if workflow.last_task is not None and workflow.last_task.id not in workflow.tasks:
        workflow.last_task = anchor
