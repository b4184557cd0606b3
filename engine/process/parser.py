"""From a drawing's XML to SpiffWorkflow's specification, with our own extension elements (``urn:cityloop:bpmn``)."""

from typing import Any

from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.parser.event_parsers import (
    BoundaryEventParser,
    EndEventParser,
    IntermediateCatchEventParser,
    ReceiveTaskParser,
)
from SpiffWorkflow.bpmn.parser.task_parsers import ConditionalGatewayParser, GatewayParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.specs.defaults import (
    BoundaryEvent,
    EndEvent,
    IntermediateCatchEvent,
    ManualTask,
    ReceiveTask,
    ServiceTask,
    UserTask,
)

from engine.process import xml
from engine.process.joining import InclusiveGateway, ParallelGateway
from engine.process.timing import DueTimer

TASK_ATTRIBUTES = ("form", "act", "stage", "clock")


class _Extended:
    """Reads the extension elements of a node into ``task_spec.extensions``."""

    node: Any

    def parse_extensions(self, node: Any = None) -> dict[str, Any]:
        node = self.node if node is None else node
        return {"name": node.get("name") or node.get("id"), **task_of(node), **action_of(node), **end_of(node)}

    def parse_timer_event(self, event: Any) -> DueTimer:  # noqa: ARG002 - Spiff's call
        clock, source = timer_of(self.node)
        return DueTimer(self.node.get("id"), clock, source)


class _Task(_Extended, TaskParser):
    pass


class _End(_Extended, EndEventParser):
    pass


class _Boundary(_Extended, BoundaryEventParser):
    pass


class _Catch(_Extended, IntermediateCatchEventParser):
    pass


class _Receive(_Extended, ReceiveTaskParser):
    pass


class DrawingParser(BpmnParser):
    """SpiffWorkflow's parser, with role codes for lanes."""

    OVERRIDE_PARSER_CLASSES = {
        full_tag("userTask"): (_Task, UserTask),
        full_tag("manualTask"): (_Task, ManualTask),
        full_tag("serviceTask"): (_Task, ServiceTask),
        full_tag("receiveTask"): (_Receive, ReceiveTask),
        full_tag("endEvent"): (_End, EndEvent),
        full_tag("boundaryEvent"): (_Boundary, BoundaryEvent),
        full_tag("intermediateCatchEvent"): (_Catch, IntermediateCatchEvent),
        full_tag("parallelGateway"): (GatewayParser, ParallelGateway),
        full_tag("inclusiveGateway"): (ConditionalGatewayParser, InclusiveGateway),
    }

    def _add_diagram_indexes(self, bpmn: Any) -> None:
        super()._add_diagram_indexes(bpmn)
        self.document_lanes[self._document_key(bpmn)] = roles_by_node(bpmn)


def task_of(node: Any) -> dict[str, Any]:
    """form, act, stage, clock and further ``properties`` of a user task."""
    element = xml.extension(node, "task")
    attributes = dict(element.attrib) if element is not None else {}
    properties = {name: value for name, value in attributes.items() if name not in TASK_ATTRIBUTES}
    if element is not None:
        properties |= {each.get("name"): each.get("value", "") for each in xml.find(element, "./cityloop:property")}
    return {**{name: attributes.get(name) for name in TASK_ATTRIBUTES}, "properties": properties}


def action_of(node: Any) -> dict[str, Any]:
    """The registered action of a service task and its parameters as written."""
    element = xml.extension(node, "action")
    if element is None:
        return {"action": None, "params": {}}
    params = {each.get("name"): each.get("value", "") for each in xml.find(element, "./cityloop:parameter")}
    return {"action": element.get("name"), "params": params}


def end_of(node: Any) -> dict[str, Any]:
    """What an end event means for the subject: stage, result …"""
    element = xml.extension(node, "end")
    return {"end": dict(element.attrib) if element is not None else None}


def timer_of(node: Any) -> tuple[str | None, str | None]:
    """The clock whose due moment a timer event takes, or the expression of its duration or date."""
    element = xml.extension(node, "timer")
    sources = xml.find(node, ".//bpmn:timeDuration | .//bpmn:timeDate")
    source = (sources[0].text or "").strip() if sources else None
    return (element.get("clock") if element is not None else None), source


def roles_by_node(root: Any) -> dict[str, str]:
    """The role code that each node is offered to.

    A step may name its own (``<cityloop:task role=…>``): other tools give single tasks to groups. Otherwise it is that
    of the lane in which it lies, or, where none is given, the lane's name; the innermost lane wins.
    """
    roles = {}
    for reference in xml.find(root, ".//bpmn:lane/bpmn:flowNodeRef"):
        lane = reference.getparent()
        element = xml.extension(lane, "lane")
        role = (element.get("role") if element is not None else None) or lane.get("name")
        if reference.text and role:
            roles[reference.text.strip()] = role
    for task in xml.find(root, ".//bpmn:extensionElements/cityloop:task[@role]"):
        roles[task.getparent().getparent().get("id")] = task.get("role")
    return roles
