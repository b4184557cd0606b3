"""A process under way in memory: SpiffWorkflow behind a few words of ours. Knows nothing of tables and time."""

import logging
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent, EndEvent, ServiceTask
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.bpmn.util import BpmnEvent
from SpiffWorkflow.exceptions import WorkflowException
from SpiffWorkflow.util.task import TaskState

from engine.process import facts as facts_room
from engine.process import timing
from engine.process.errors import NobodyWaits, NoWayOn, RunsInCircles, StepGone
from engine.process.expressions import CelEngine
from engine.process.specs import Drawn
from engine.process.subjects import Step
from engine.process.walking import Workflow

MOST_ENGINE_STEPS = 500
"""Nodes that one move may pass without any person: a drawing that needs more runs in circles."""
_END = "end"

for _name in ("spiff", "spiff.task", "spiff.workflow"):
    # Below WARNING the library collects the whole task tree for every log line.
    logging.getLogger(_name).setLevel(logging.WARNING)


class Run:
    """One instance in memory. Every move notes the nodes it passes in ``path``."""

    def __init__(self, workflow: Any) -> None:
        self.workflow = workflow
        self.path: list[str] = []
        self.end_node: str | None = None
        self._engine_steps = 0
        self._current: Any = None

    @classmethod
    def new(cls, drawn: Drawn, facts: Mapping[str, Any], engine: Any = None) -> "Run":
        """Begin ``drawn`` with ``facts`` and go on to the first steps that wait; ``engine`` stands in for CEL."""
        run = cls.laid_out(drawn, facts, engine)
        run.advance()
        return run

    @classmethod
    def laid_out(cls, drawn: Drawn, facts: Mapping[str, Any], engine: Any = None) -> "Run":
        """The same before its first move."""
        run = cls(Workflow(drawn.spec, drawn.subprocesses, script_engine=engine or CelEngine()))
        run.workflow.task_tree.data.update(facts_room.check(facts))
        return run

    @property
    def ended(self) -> bool:
        """Whether no token is left."""
        return bool(self.workflow.completed)

    @property
    def is_withdrawn(self) -> bool:
        """Whether every token was taken off."""
        return not self.workflow.success

    @property
    def last_end(self) -> tuple[str | None, dict[str, str]]:
        """The last end reached that carries ``cityloop:end``, and its attributes; kept while other tokens go on."""
        name, properties = self.workflow.data.get(_END, (None, {}))
        return name, dict(properties)

    def steps(self) -> dict[str, Step]:
        """The steps that wait for people, by task id."""
        return {task.id.hex: step_of(task) for task in self.tasks() if is_step(task)}

    def services(self) -> dict[str, Any]:
        """Service tasks that wait for a worker, by task id."""
        return {task.id.hex: task for task in self.tasks() if is_service(task)}

    def timers(self) -> dict[tuple[str, str], timing.DueTimer]:
        """Timers that wait, by task id and node."""
        waiting = [task for task in self.tasks() if task._state == TaskState.WAITING]
        return {(task.id.hex, timer.node): timer for task in waiting for timer in timing.timers_of(task)}

    def messages(self) -> set[str]:
        """Names of the messages that are waited for."""
        waiting = [each for task in self.workflow.event_manager.tasks.values() for each in timing.caught_by(task)]
        return {each.name for each in waiting if isinstance(each, MessageEventDefinition)}

    def waiting_nodes(self) -> set[str]:
        """The nodes where tokens are: steps, service tasks, joins and events, but not the events beside a step."""
        live = TaskState.READY | TaskState.WAITING | TaskState.STARTED
        specs = [task.task_spec for task in self.tasks() if task.has_state(live)]
        return {spec.bpmn_id for spec in specs if spec.bpmn_id and not isinstance(spec, BoundaryEvent)}

    def facts(self, task_id: str) -> dict[str, Any]:
        """All that the token of an open task knows."""
        return dict(self._task(task_id).data)

    def data_of(self, task_id: str) -> dict[str, Any]:
        """The facts of a live token themselves, for a dry run that takes some of them back."""
        data: dict[str, Any] = self._task(task_id).data
        return data

    def standing(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Task id, node and facts of every live token, the events beside steps too: for telling states apart."""
        live = TaskState.READY | TaskState.WAITING | TaskState.STARTED
        for task in self.tasks():
            if task.has_state(live) and task.task_spec.bpmn_id:
                yield task.id.hex, str(task.task_spec.bpmn_id), task.data

    def service_facts(self, task_id: str) -> dict[str, Any]:
        """All that the token of a waiting service task knows. Raises StepGone where it does not wait any more."""
        task = self._task(task_id)
        if not is_service(task):
            raise StepGone
        return dict(task.data)

    def complete(self, task_id: str, facts: Mapping[str, Any]) -> None:
        """A person has done the step ``task_id``.

        Raises StepGone where it does not wait any more, FactsRefused, and what the drawing's expressions raise.
        """
        task = self._task(task_id)
        if not is_step(task):
            raise StepGone
        self._finish(task, facts)

    def perform(self, task_id: str, facts: Mapping[str, Any]) -> None:
        """A worker has performed the service task ``task_id``; ``facts`` are its results. Raises like ``complete``."""
        task = self._task(task_id)
        if not is_service(task):
            raise StepGone
        self._finish(task, facts)

    def fire(self, task_id: str, node: str) -> None:
        """The due moment of a timer has come. Raises StepGone where it does not wait any more."""
        task = self._task(task_id)
        timer = next((each for each in timing.timers_of(task) if each.node == node), None)
        if timer is None or task._state != TaskState.WAITING:
            raise StepGone
        timing.fire(task, timer)
        self.advance()

    def send(self, message: str, facts: Mapping[str, Any]) -> None:
        """Hand a message to whoever waits for it. Raises NobodyWaits."""
        facts_room.check_size(facts)
        event = BpmnEvent(MessageEventDefinition(message), payload=facts_room.check(facts))
        try:
            self.workflow.send_event(event)
        except WorkflowException as error:
            raise NobodyWaits from error
        self.advance()

    def withdraw(self) -> None:
        """Take every token off."""
        self.workflow.cancel()

    def advance(self) -> None:
        """Pass everything that needs nobody. Raises NoWayOn, RunsInCircles, ExpressionFailed."""
        self._engine_steps, self._current = 0, None
        try:
            self.workflow.do_engine_steps(self._before, self._passed)
        except WorkflowException as error:
            raise NoWayOn(node=_name_of(self._current)) from error

    def arrive(self, task_id: str) -> None:
        """The token that was just put down as ``task_id`` comes to its node: it begins to wait there, or goes on."""
        task = self._task(task_id)
        task.task_spec._predict(task, mask=TaskState.NOT_FINISHED_MASK)
        task.task_spec._update(task)
        self.advance()

    def settle(self) -> None:
        """Look at every waiting join again: tokens that it waited for may have been taken off. Raises like ``advance``.

        Only after an instance was given to another drawing; a move does so itself.
        """
        for task in [each for each in self.tasks() if each._state == TaskState.WAITING]:
            if isinstance(task.task_spec, UnstructuredJoin) and task._state == TaskState.WAITING:
                task.task_spec._update(task)
        self.advance()

    @property
    def came_to(self) -> str:
        """What people call the node that the last move came to: where one failed, that at which it did."""
        return _name_of(self._current)

    def tasks(self) -> Iterator[Any]:
        """Every task of the instance, those of its subprocesses too."""
        yield from self.workflow.tasks.values()
        for each in self.workflow.subprocesses.values():
            yield from each.tasks.values()

    def _finish(self, task: Any, facts: Mapping[str, Any]) -> None:
        task.data.update(facts_room.check(facts))
        facts_room.check_size(task.data)
        self._current = task
        task.complete()
        self._passed(task)
        self.advance()

    def _task(self, task_id: str) -> Any:
        wanted = UUID(hex=task_id)
        for each in (self.workflow, *self.workflow.subprocesses.values()):
            if wanted in each.tasks:
                return each.tasks[wanted]
        raise StepGone

    def _before(self, task: Any) -> None:
        self._engine_steps += 1
        self._current = task
        if self._engine_steps > MOST_ENGINE_STEPS:
            raise RunsInCircles(node=task.task_spec.name)

    def _passed(self, task: Any) -> None:
        spec = task.task_spec
        if spec.bpmn_id is None:
            return
        self.path.append(spec.bpmn_id)
        if isinstance(spec, EndEvent) and spec.extensions.get("end") is not None:
            self.end_node = spec.bpmn_id
            self.workflow.data[_END] = [spec.bpmn_id, spec.extensions["end"]]


def is_step(task: Any) -> bool:
    """Whether a Spiff task waits for a person."""
    return task._state == TaskState.READY and task.task_spec.manual


def is_service(task: Any) -> bool:
    """Whether a Spiff task waits for a worker."""
    return task._state == TaskState.STARTED and isinstance(task.task_spec, ServiceTask)


def step_of(task: Any) -> Step:
    """The step as the drawing describes it."""
    spec, drawn = task.task_spec, task.task_spec.extensions
    return Step(
        task_id=task.id.hex,
        node=spec.bpmn_id,
        name=drawn["name"],
        lane=spec.lane,
        form=drawn["form"],
        act=drawn["act"],
        stage=drawn["stage"],
        clock=drawn["clock"],
        properties=drawn["properties"],
    )


def _name_of(task: Any) -> str:
    return (task.task_spec.bpmn_name or task.task_spec.name) if task is not None else ""
