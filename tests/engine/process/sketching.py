"""Drawings for tests, written tersely: ``sketch("p").start().user("a").end().flow("start", "a") …`` becomes BPMN."""

from itertools import pairwise
from typing import Any
from xml.sax.saxutils import escape, quoteattr

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"'
    ' xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:cityloop="urn:cityloop:bpmn"'
    ' id="definitions" targetNamespace="urn:cityloop:workflows">\n'
)


class Sketch:
    """One process under construction; every method returns it."""

    def __init__(self, key: str = "sketch", *, executable: bool = True) -> None:
        self.key, self.executable = key, executable
        self.nodes: list[str] = []
        self.flows: list[str] = []
        self.names: list[str] = []
        self.messages: list[str] = []
        self._open: list[tuple[list[str], str]] = []

    def node(self, kind: str, name: str, inner: str = "", **attributes: Any) -> "Sketch":
        text = "".join(f" {key}={quoteattr(str(value))}" for key, value in attributes.items())
        self.nodes.append(f'<bpmn:{kind} id="{name}" name="{name}"{text}>{inner}</bpmn:{kind}>')
        self.names.append(name)
        return self

    def start(self, name: str = "begin") -> "Sketch":
        return self.node("startEvent", name)

    def end(self, name: str = "finish", inner: str = "", **end: str) -> "Sketch":
        return self.node("endEvent", name, (_extension("end", end) if end else "") + inner)

    def user(self, name: str, **task: str) -> "Sketch":
        return self.node("userTask", name, _extension("task", {"form": name, "act": name} | task))

    def service(self, name: str, action: str, **params: str) -> "Sketch":
        inner = "".join(f'<cityloop:parameter name="{k}" value={quoteattr(v)}/>' for k, v in params.items())
        return self.node("serviceTask", name, _extension("action", {"name": action}, inner))

    def script(self, name: str, script: str) -> "Sketch":
        return self.node("scriptTask", name, f"<bpmn:script>{escape(script)}</bpmn:script>")

    def xor(self, name: str, default: str | None = None) -> "Sketch":
        return self.node("exclusiveGateway", name, **({"default": default} if default else {}))

    def parallel(self, name: str) -> "Sketch":
        return self.node("parallelGateway", name)

    def inclusive(self, name: str, default: str | None = None) -> "Sketch":
        return self.node("inclusiveGateway", name, **({"default": default} if default else {}))

    def timer(self, name: str, on: str, *, clock: str = "", duration: str = "", cancel: bool = False) -> "Sketch":
        inner = (_extension("timer", {"clock": clock}) if clock else "") + _timer(duration)
        return self.node("boundaryEvent", name, inner, attachedToRef=on, cancelActivity=str(cancel).lower())

    def wait(self, name: str, *, clock: str = "", duration: str = "") -> "Sketch":
        inner = (_extension("timer", {"clock": clock}) if clock else "") + _timer(duration)
        return self.node("intermediateCatchEvent", name, inner)

    def receive(self, name: str, message: str) -> "Sketch":
        self.messages.append(f'<bpmn:message id="message_{message}" name="{message}"/>')
        inner = f'<bpmn:messageEventDefinition messageRef="message_{message}"/>'
        return self.node("intermediateCatchEvent", name, inner)

    def subprocess(self, name: str) -> "Sketch":
        """What follows until ``leave()`` lies inside."""
        self._open.append((self.nodes, name))
        self.nodes = []
        return self

    def leave(self) -> "Sketch":
        inner, (self.nodes, name) = "".join(self.nodes), self._open.pop()
        return self.node("subProcess", name, inner)

    def flow(self, source: str, target: str, condition: str = "", name: str = "") -> "Sketch":
        inner = f"<bpmn:conditionExpression>{escape(condition)}</bpmn:conditionExpression>" if condition else ""
        key = name or f"{source}_to_{target}"
        text = f'<bpmn:sequenceFlow id="{key}" sourceRef="{source}" targetRef="{target}">{inner}</bpmn:sequenceFlow>'
        # Inside a subprocess a flow lies among its nodes.
        (self.nodes if self._open else self.flows).append(text)
        return self

    def chain(self, *names: str) -> "Sketch":
        for source, target in pairwise(names):
            self.flow(source, target)
        return self

    def xml(self) -> str:
        runs = str(self.executable).lower()
        body = "\n".join([*self.nodes, *self.flows])
        shapes = "".join(
            f'<bpmndi:BPMNShape id="{n}_di" bpmnElement="{n}"><dc:Bounds x="{100 + 130 * (i % 8)}" '
            f'y="{100 + 110 * (i // 8)}" width="100" height="80"/></bpmndi:BPMNShape>' for i, n in enumerate(self.names)
        )  # fmt: skip
        return (
            f"{HEAD}{''.join(self.messages)}"
            f'<bpmn:process id="{self.key}" name="{self.key}" isExecutable="{runs}">\n{_lane(self.names)}{body}\n'
            f'</bpmn:process>\n<bpmndi:BPMNDiagram id="diagram"><bpmndi:BPMNPlane id="plane" bpmnElement="{self.key}">'
            f"{shapes}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></bpmn:definitions>\n"
        )


def _lane(names: list[str]) -> str:
    references = "".join(f"<bpmn:flowNodeRef>{name}</bpmn:flowNodeRef>" for name in names)
    return (
        f'<bpmn:laneSet id="lanes"><bpmn:lane id="lane" name="办事员">{_extension("lane", {"role": "clerk"})}'
        f"{references}</bpmn:lane></bpmn:laneSet>\n"
    )


def _timer(duration: str) -> str:
    inner = f"<bpmn:timeDuration>{escape(duration)}</bpmn:timeDuration>" if duration else ""
    return f"<bpmn:timerEventDefinition>{inner}</bpmn:timerEventDefinition>"


def _extension(name: str, attributes: dict[str, str], inner: str = "") -> str:
    text = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    return f"<bpmn:extensionElements><cityloop:{name}{text}>{inner}</cityloop:{name}></bpmn:extensionElements>"
