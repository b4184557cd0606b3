"""Walks a drawing in memory, without database or calendar: stock SpiffWorkflow, with CEL for its conditions."""

from io import BytesIO
from pathlib import Path
from typing import Any

import cel
from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine, TaskDataEnvironment
from SpiffWorkflow.bpmn.specs.defaults import ServiceTask
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

WORKFLOWS = Path(__file__).resolve().parents[2] / "workflows"
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
OURS = "{urn:cityloop:bpmn}"


class Cel(TaskDataEnvironment):
    """Conditions are CEL over the facts."""

    def evaluate(self, expression: str, context: dict[str, Any], external_context: Any = None) -> Any:
        return cel.evaluate(expression, dict(context))


class DoneAtOnce(ServiceTask):
    """An action of the registry, taken as done: what it finds is among the start facts."""

    def _execute(self, task: Any) -> bool:
        return True


class Parser(BpmnParser):
    """The stock parser, except that actions do nothing."""

    OVERRIDE_PARSER_CLASSES = {f"{BPMN}serviceTask": (TaskParser, DoneAtOnce)}


def read(name: str) -> etree._Element:
    """The drawing ``name`` as an XML tree."""
    return etree.parse(WORKFLOWS / f"{name}.bpmn").getroot()


def timed(root: etree._Element, due: frozenset[str]) -> bytes:
    """The drawing with the timers of the clocks ``due`` at once and all others in ten years: clocks live elsewhere."""
    for timer in root.iter(f"{OURS}timer"):
        event = timer.getparent().getparent()
        text = '"PT0S"' if timer.get("clock") in due else '"P3650D"'
        etree.SubElement(event.find(f"{BPMN}timerEventDefinition"), f"{BPMN}timeDuration").text = text
    return etree.tostring(root)


class Walk:
    """One case on its way through a drawing: start facts first, then ``do(node, outcome)`` for every step."""

    def __init__(self, name: str, due: frozenset[str] = frozenset(), **facts: Any) -> None:
        parser = Parser()
        parser.add_bpmn_io(BytesIO(timed(read(name), due)), f"{name}.bpmn")
        engine = PythonScriptEngine(Cel())
        self.workflow = BpmnWorkflow(parser.get_spec(name), script_engine=engine)
        self.workflow.task_tree.data.update(facts)
        self._run()

    def do(self, node: str, outcome: str, **facts: Any) -> "Walk":
        """Complete the open step ``node`` and run on until somebody has to act again."""
        task = next((task for task in self._ready() if task.task_spec.bpmn_id == node), None)
        assert task is not None, f"{node} is not open, but {self.open()}"
        task.data.update(facts, outcome=outcome)
        task.run()
        self._run()
        return self

    def open(self) -> set[str]:
        """Ids of the steps that wait for somebody."""
        return {task.task_spec.bpmn_id for task in self._ready()}

    def visited(self) -> set[str]:
        """Ids of the nodes that are done."""
        done = self.workflow.get_tasks(state=TaskState.COMPLETED)
        return {task.task_spec.bpmn_id for task in done if task.task_spec.bpmn_id}

    @property
    def ended(self) -> bool:
        """Has every token reached an end?"""
        return self.workflow.completed

    def _ready(self) -> list[Any]:
        return [task for task in self.workflow.get_tasks(state=TaskState.READY) if task.task_spec.manual]

    def _run(self) -> None:
        self.workflow.do_engine_steps()
        self.workflow.refresh_waiting_tasks()
        self.workflow.do_engine_steps()
