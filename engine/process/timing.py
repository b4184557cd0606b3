"""A timer event whose due moment is kept in ``open_timer`` rows: it never looks at a clock of its own."""

from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.multiple import MultipleEventDefinition
from SpiffWorkflow.bpmn.util import BpmnEvent


class DueTimer(EventDefinition):
    """Waits until it is told that its moment has come.

    Not Spiff's TimerEventDefinition: that one compares with the wall clock whenever it is refreshed, so simulated time
    and paused clocks could not work. ``clock`` names whose due moment it takes; else ``source`` is an expression.
    """

    def __init__(self, node: str, clock: str | None, source: str | None, **kwargs: Any) -> None:
        super().__init__(name=node, **kwargs)
        self.node, self.clock, self.source = node, clock, source

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DueTimer) and other.node == self.node

    def __hash__(self) -> int:
        return hash(self.node)


def timers_of(task: Any) -> list[DueTimer]:
    """The timers that the waiting Spiff task listens to: its own, or those behind an event gateway."""
    return [each for each in caught_by(task) if isinstance(each, DueTimer)]


def caught_by(task: Any) -> list[EventDefinition]:
    """What the waiting Spiff task listens to."""
    definition = getattr(task.task_spec, "event_definition", None)
    if isinstance(definition, MultipleEventDefinition):
        return list(definition.event_definitions)
    return [definition] if definition is not None else []


def fire(task: Any, timer: DueTimer) -> None:
    """The moment has come for ``timer`` on the waiting ``task``: the token may go on."""
    task.task_spec.catch(task, BpmnEvent(timer))
    task.task_spec._update(task)
