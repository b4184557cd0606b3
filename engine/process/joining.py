"""The inclusive gateway, joining by what can still arrive."""

from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import InclusiveGateway as StockInclusiveGateway
from SpiffWorkflow.util.task import TaskState


class InclusiveGateway(StockInclusiveGateway):
    """Waits for every token that can still reach one of its inputs, and for no other.

    Stock SpiffWorkflow forgets tokens in started service tasks, and in a loop takes the inputs of the round before for
    those of this one; both let the join go on too early.
    """

    def _check_threshold_unstructured(self, my_task: Any) -> bool:
        tasks = my_task.workflow.tasks.values()
        past = set(_ancestors(my_task))
        arrived = {t.parent.task_spec.name for t in tasks if t.task_spec is self and t.id not in past
                   and t.parent.state == TaskState.COMPLETED}  # fmt: skip
        missing = [name for name in self._inputs if name not in arrived]
        active = {t.task_spec.name for t in tasks if t.task_spec is not self and t.id not in past
                  and t.has_state(TaskState.READY | TaskState.WAITING | TaskState.STARTED)}  # fmt: skip
        return not any(_reaches(self, name, active) for name in missing)


def _ancestors(task: Any) -> list[Any]:
    found = []
    while task.parent is not None:
        task = task.parent
        found.append(task.id)
    return found


def _reaches(gateway: Any, name: str, active: set[str]) -> bool:
    """Whether a token on one of the ``active`` nodes can come to ``gateway`` through the input ``name``."""
    specs, waiting, seen = gateway._wf_spec.task_specs, [name], {gateway.name}
    while waiting:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        if current in active:
            return True
        waiting.extend(specs[current]._inputs)
    return False
