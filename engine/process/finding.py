"""A finding about a drawing, and the drawing as the rules look at it."""

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from engine.kit.i18n import translate
from engine.process import hints, parser, vocabulary, xml

GATEWAYS = {"exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway"}
EVENTS = {"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"}
TASKS = {"userTask", "manualTask", "serviceTask", "scriptTask", "receiveTask"}
NODES = GATEWAYS | EVENTS | TASKS | {"subProcess"}


class Grade(StrEnum):
    """What a finding means for whoever drew."""

    error = "error"
    """The drawing cannot go live."""
    warning = "warning"
    """It can, once somebody has read this and says so."""
    loss = "loss"
    """Something that another tool had written could not be honoured, and was left out."""
    note = "note"
    """Something that another tool had written was translated into ours."""


@dataclass(frozen=True)
class Finding:
    """``text`` is an English msgid with ``%(name)s`` places, filled from ``params``; so is ``hint``: how to mend it."""

    element_id: str
    text: str
    params: dict[str, Any] = field(default_factory=dict)
    grade: Grade = Grade.error

    @property
    def hint(self) -> str:
        """What to do about it; empty where the sentence says it all."""
        return hints.HINTS.get(self.text, "")

    def told(self, locale: str) -> str:
        """The sentence in ``locale``; a reason among the params is a msgid itself, and is translated too."""
        return self._in(self.text, locale)

    def mended(self, locale: str) -> str:
        """How to mend it, in ``locale``; empty where nothing is to be said."""
        return self._in(self.hint, locale) if self.hint else ""

    def _in(self, text: str, locale: str) -> str:
        words = {
            key: translate(value, locale) if isinstance(value, str) else value for key, value in self.params.items()
        }
        return translate(text, locale, **words)


class Shape:
    """A drawing's elements by what they are. Elements without an id are told of as "drawing"."""

    def __init__(self, root: xml.Element) -> None:
        self.root = root
        self._names: dict[str, Collection[str]] = {}

    @cached_property
    def processes(self) -> list[xml.Element]:
        """Every process of the file."""
        return xml.find(self.root, "./bpmn:process")

    @cached_property
    def scopes(self) -> list[xml.Element]:
        """Processes and subprocesses: each has its own start and flows."""
        return [*self.processes, *xml.find(self.root, ".//bpmn:subProcess")]

    @cached_property
    def nodes(self) -> dict[str, xml.Element]:
        """Flow nodes of kinds that the engine runs, by id."""
        found = [each for each in self.root.iter() if xml.kind(each) in NODES and is_bpmn(each)]
        return {each.get("id", ""): each for each in found}

    @cached_property
    def flows(self) -> list[xml.Element]:
        """Every sequence flow."""
        return xml.find(self.root, ".//bpmn:sequenceFlow")

    @cached_property
    def outgoing(self) -> dict[str, list[xml.Element]]:
        """Flows by the node they leave."""
        return self._grouped("sourceRef")

    @cached_property
    def incoming(self) -> dict[str, list[xml.Element]]:
        """Flows by the node they enter."""
        return self._grouped("targetRef")

    @cached_property
    def attached(self) -> dict[str, list[str]]:
        """Boundary events by the step that they sit on."""
        grouped: dict[str, list[str]] = {}
        for node in self.of("boundaryEvent"):
            grouped.setdefault(node.get("attachedToRef", ""), []).append(node.get("id", ""))
        return grouped

    @cached_property
    def roles(self) -> dict[str, str]:
        """Role codes by node; lanes that name no role code are passed over."""
        given = {lane.get("name") for lane in xml.find(self.root, ".//bpmn:lane") if not has_role(lane)}
        return {node: role for node, role in parser.roles_by_node(self.root).items() if role not in given}

    @cached_property
    def ways(self) -> dict[str, list[str]]:
        """Where a token may come to next from each node: along flows, through boundary events, in and out of scopes."""
        found = {key: self._along(key) for key in self.nodes}
        for scope in xml.find(self.root, ".//bpmn:subProcess"):
            key = scope.get("id", "")
            starts = [each.get("id", "") for each in xml.find(scope, "./bpmn:startEvent")]
            for end in xml.find(scope, "./bpmn:endEvent"):
                found[end.get("id", "")] = self._along(key)
            found[key] = starts or self._along(key)
        for key, events in self.attached.items():
            found.setdefault(key, []).extend(events)
        return {key: [each for each in targets if each in self.nodes] for key, targets in found.items()}

    def of(self, *kinds: str) -> list[xml.Element]:
        """The nodes of these kinds."""
        return [node for node in self.nodes.values() if xml.kind(node) in kinds]

    def role_of(self, node: xml.Element) -> str | None:
        """The role that a node is offered to."""
        while node is not None:
            if node.get("id") in self.roles:
                return self.roles[node.get("id")]
            node = node.getparent()
        return None

    def known(self, kind: str) -> Collection[str]:
        """The names of a kind that exist, asked once for the whole drawing."""
        if kind not in self._names:
            self._names[kind] = vocabulary.names(kind)
        return self._names[kind]

    def _along(self, key: str) -> list[str]:
        return [flow.get("targetRef", "") for flow in self.outgoing.get(key, [])]

    def _grouped(self, end: str) -> dict[str, list[xml.Element]]:
        grouped: dict[str, list[xml.Element]] = {}
        for flow in self.flows:
            grouped.setdefault(flow.get(end, ""), []).append(flow)
        return grouped


def has_role(lane: xml.Element) -> bool:
    """Whether a lane names its role code."""
    element = xml.extension(lane, "lane")
    return element is not None and bool(element.get("role"))


def is_bpmn(element: xml.Element) -> bool:
    """Whether an element belongs to BPMN itself, not to an extension."""
    return isinstance(element.tag, str) and element.tag.startswith(f"{{{xml.BPMN}}}")


def name_of(element: xml.Element) -> str:
    """What people call an element."""
    return element.get("name") or element.get("id") or xml.kind(element)


def at(element: xml.Element, text: str, **params: Any) -> Finding:
    """An error at ``element``."""
    return Finding(element.get("id") or "drawing", text, params)


def warn(element: xml.Element, text: str, **params: Any) -> Finding:
    """A warning about ``element``."""
    return Finding(element.get("id") or "drawing", text, params, Grade.warning)
