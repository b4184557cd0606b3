"""What two versions of a drawing are compared by: its nodes, what leads to them, and what waits beside them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from sqlalchemy import select

from engine.kit.db import db
from engine.kit.errors import NotFound
from engine.process import instances, parser, xml
from engine.process.finding import NODES, is_bpmn
from engine.process.instances import DEFINITION
from engine.process.sharing import Shared

_STEPS = {"userTask", "manualTask"}
_JOINS = {"parallelGateway", "inclusiveGateway"}
_CATCHING = {"intermediateCatchEvent", "receiveTask"}


@dataclass(frozen=True)
class Node:
    """One node. ``scope`` is the sub-process that it lies in (None: the process itself).

    ``inputs`` and ``outputs`` are nodes, in the order of the flows; ``host`` is the activity that a boundary event
    stands beside; ``lane`` is a role code. ``family`` says what a token does there: nodes of one family can take over
    each other's tokens.
    """

    id: str
    kind: str
    name: str
    scope: str | None
    event: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    host: str | None
    interrupts: bool
    act: str | None
    clock: str | None
    source: str | None
    lane: str | None = None

    @property
    def label(self) -> str:
        """What people call it."""
        return self.name or self.id

    @property
    def family(self) -> str:
        """What a token does here: "step", "service", "join", "race", "inside", "wait timer", "beside message" …"""
        if self.kind in _STEPS:
            return "step"
        if self.kind in _JOINS:
            return "join"
        if self.kind in _CATCHING:
            return f"wait {self.event}"
        if self.kind == "boundaryEvent":
            return f"beside {self.event}"
        return {"serviceTask": "service", "eventBasedGateway": "race", "subProcess": "inside"}.get(self.kind, self.kind)

    @property
    def is_join(self) -> bool:
        """Whether tokens wait here for others."""
        return self.kind in _JOINS and len(self.inputs) > 1


@dataclass(frozen=True, eq=False)
class Chart:
    """A drawing's nodes by id; ``process`` is the id of the process itself."""

    process: str
    nodes: dict[str, Node]

    def label(self, node: str) -> str:
        """What people call a node; its id where it is not in the drawing."""
        return self.nodes[node].label if node in self.nodes else node

    def beside(self, host: str) -> tuple[str, ...]:
        """The boundary events of an activity."""
        return self._beside.get(host, ())

    def scopes(self) -> Iterator[str | None]:
        """The process itself (None) and its sub-processes."""
        yield None
        yield from (node.id for node in self.nodes.values() if node.kind == "subProcess")

    @cached_property
    def _beside(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for node in self.nodes.values():
            if node.host:
                found[node.host] = (*found.get(node.host, ()), node.id)
        return found


def read(source: str | bytes) -> Chart:
    """The chart of a drawing's XML. Raises UnreadableXml."""
    root = xml.read(source)
    inputs: dict[str, list[str]] = {}
    outputs: dict[str, list[str]] = {}
    for flow in xml.find(root, ".//bpmn:sequenceFlow"):
        begins, ends = flow.get("sourceRef", ""), flow.get("targetRef", "")
        outputs.setdefault(begins, []).append(ends)
        inputs.setdefault(ends, []).append(begins)
    found = [each for each in root.iter() if is_bpmn(each) and xml.kind(each) in NODES]
    roles = parser.roles_by_node(root)
    nodes = [replace(_node(each, inputs, outputs), lane=roles.get(each.get("id", ""))) for each in found]
    process = xml.find(root, "./bpmn:process")
    return Chart(process[0].get("id", "") if process else "", {node.id: node for node in nodes})


def of(definition_id: int) -> Chart:
    """The chart of a version.

    Raises NotFound.
    """
    digest = db.session.scalar(select(DEFINITION.c.digest).where(DEFINITION.c.id == definition_id))
    if digest is None:
        raise NotFound
    return shared(digest, definition_id)


def shared(digest: str, definition_id: int) -> Chart:
    """The same, where the fingerprint is known."""
    return _charts.get(digest, lambda: instances.source_of(definition_id))


def known(digest: str, source: str) -> Chart:
    """The same, where the XML is at hand."""
    return _charts.get(digest, lambda: source)


def _node(element: xml.Element, inputs: dict[str, list[str]], outputs: dict[str, list[str]]) -> Node:
    key, parent = element.get("id", ""), element.getparent()
    events = [xml.kind(each) for each in element if xml.kind(each).endswith("EventDefinition")]
    task, (clock, source) = parser.task_of(element), parser.timer_of(element)
    is_message = xml.kind(element) == "receiveTask"
    return Node(
        id=key,
        kind=xml.kind(element),
        name=element.get("name") or "",
        scope=parent.get("id") if xml.kind(parent) == "subProcess" else None,
        event="message" if is_message else events[0].removesuffix("EventDefinition") if events else "",
        inputs=tuple(inputs.get(key, ())),
        outputs=tuple(outputs.get(key, ())),
        host=element.get("attachedToRef"),
        interrupts=element.get("cancelActivity") != "false",
        act=task["act"],
        clock=task["clock"] or clock,
        source=source,
    )


_charts: Shared[Chart] = Shared(read)
