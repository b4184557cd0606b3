"""Parallel and inclusive gateways whose joins go by the tokens that have arrived in this round.

Stock SpiffWorkflow 3.2 leaves the marks of tokens that a join has consumed in the task tree, and counts them again when
a loop comes to the join a second time: it goes on too early, depending on which history is still there. Its inclusive
join also forgets tokens in started service tasks, and a second token through a split drops the branches of the first.
"""

from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import InclusiveGateway as StockInclusiveGateway
from SpiffWorkflow.bpmn.specs.defaults import ParallelGateway as StockParallelGateway
from SpiffWorkflow.util.deep_merge import DeepMerge
from SpiffWorkflow.util.task import TaskState

from engine.process.errors import NoWayOn

ACTIVE = TaskState.READY | TaskState.WAITING | TaskState.STARTED


class ParallelGateway(StockParallelGateway):
    """Joins once every incoming flow has brought a token."""

    def _check_threshold_unstructured(self, my_task: Any) -> bool:
        return not _missing(my_task)

    def _run_hook(self, my_task: Any) -> bool:
        _consume(my_task)
        return True


class InclusiveGateway(StockInclusiveGateway):
    """Joins once no token is left that could still come to one of its other inputs (BPMN 2.0, 13.4.3)."""

    def _check_threshold_unstructured(self, my_task: Any) -> bool:
        missing = _missing(my_task)
        # A token that could also come where one waits already belongs to a later round of a loop around the gateway.
        awaited = _leading_to(self, missing) - _leading_to(self, set(self._inputs) - missing)
        tasks = my_task.workflow.tasks.values()
        return not any(task.has_state(ACTIVE) and task.task_spec.name in awaited for task in tasks)

    def _run_hook(self, my_task: Any) -> bool:
        _consume(my_task)
        matches, defaults = self._get_matching_outputs(my_task)
        if not matches and not defaults:
            raise NoWayOn(node=self.bpmn_name or self.name)
        my_task._sync_children(matches or defaults, TaskState.FUTURE)
        for child in my_task.children:
            child.task_spec._predict(child, mask=TaskState.FUTURE | TaskState.PREDICTED_MASK)
        return True


def _arrivals(my_task: Any) -> list[Any]:
    """Tokens that wait at the join beside ``my_task``; SpiffWorkflow lets the last wait and cancels the others."""
    waiting = TaskState.WAITING | TaskState.CANCELLED
    return [
        task for task in my_task.workflow.tasks.values()
        if task.task_spec is my_task.task_spec and task is not my_task and task.has_state(waiting)
        and task.parent.state == TaskState.COMPLETED
    ]  # fmt: skip


def _missing(my_task: Any) -> set[str]:
    """Inputs of the join that have brought no token in this round."""
    arrived = {task.parent.task_spec.name for task in (*_arrivals(my_task), my_task)}
    return set(my_task.task_spec._inputs) - arrived


def _consume(my_task: Any) -> None:
    """Take what the other tokens know, in the order in which they came, and take them out of the tree."""
    for task in sorted(_arrivals(my_task), key=lambda each: each.last_state_change):
        DeepMerge.merge(my_task.data, task.parent.data)
        my_task.workflow._remove_task(task.id)
    my_task._inherit_data()


def _leading_to(gateway: Any, inputs: set[str]) -> set[str]:
    """The nodes from which a token can come to one of the ``inputs`` without passing ``gateway``."""
    specs, waiting, found = gateway._wf_spec.task_specs, list(inputs), {gateway.name}
    while waiting:
        current = waiting.pop()
        if current not in found:
            found.add(current)
            waiting.extend(specs[current]._inputs)
    return found - {gateway.name}
