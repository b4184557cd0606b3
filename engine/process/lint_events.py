"""Rules about events: timers, messages, and what they are attached to."""

from collections.abc import Iterator
from datetime import UTC, datetime

from engine.kit.i18n import N_
from engine.process import expressions, parser, translating, xml
from engine.process.errors import ExpressionFailed
from engine.process.finding import Finding, Shape, at, name_of

_ALLOWED = {
    "startEvent": set(),
    "endEvent": {"terminateEventDefinition"},
    "intermediateCatchEvent": {"timerEventDefinition", "messageEventDefinition"},
    "boundaryEvent": {"timerEventDefinition", "messageEventDefinition"},
    "intermediateThrowEvent": set(),
}  # fmt: skip
_HOSTS = {"userTask", "manualTask", "serviceTask", "receiveTask", "subProcess"}
_SAMPLE = datetime(2026, 3, 2, tzinfo=UTC)


def timers(shape: Shape) -> Iterator[Finding]:
    """A timer names a clock, or a duration or moment in ISO 8601; never a cycle."""
    for node in shape.of("intermediateCatchEvent", "boundaryEvent", "startEvent"):
        if not xml.find(node, "./bpmn:timerEventDefinition"):
            continue
        clock, source = parser.timer_of(node)
        if xml.find(node, ".//bpmn:timeCycle"):
            yield at(node, N_('The timer "%(name)s" repeats; cycles and cron are not run.'), name=name_of(node))
        elif not clock and not source:
            yield at(node, N_('The timer "%(name)s" names neither a clock nor a duration.'), name=name_of(node))
        elif source and not clock:
            yield from _moment(node, source)


def messages(shape: Shape) -> Iterator[Finding]:
    """A message event names its message."""
    named = {each.get("id") for each in xml.find(shape.root, "./bpmn:message") if each.get("name")}
    holders = [*xml.find(shape.root, ".//bpmn:messageEventDefinition"), *shape.of("receiveTask")]
    for each in holders:
        if each.get("messageRef") not in named:
            node = each if xml.kind(each) == "receiveTask" else each.getparent()
            yield at(node, N_('The event "%(name)s" names no message.'), name=name_of(node))


def boundaries(shape: Shape) -> Iterator[Finding]:
    """Each event has one definition of a kind that is run where it stands; a boundary event sits on a step."""
    for kind, allowed in _ALLOWED.items():
        for node in shape.of(kind):
            found = [xml.kind(each) for each in node if xml.kind(each).endswith("EventDefinition")]
            catches = kind in {"intermediateCatchEvent", "boundaryEvent"}
            if not set(found) <= allowed or len(found) > 1 or (catches and not found):
                yield at(node, N_('An event of this kind is not run here: "%(name)s".'), name=name_of(node))
    for node in shape.of("boundaryEvent"):
        host = shape.nodes.get(node.get("attachedToRef", ""))
        if host is None or xml.kind(host) not in _HOSTS:
            yield at(node, N_('The event "%(name)s" is attached to nothing that waits.'), name=name_of(node))


def event_gateways(shape: Shape) -> Iterator[Finding]:
    """An event gateway leads to events that are caught."""
    for node in shape.of("eventBasedGateway"):
        for flow in shape.outgoing.get(node.get("id", ""), []):
            target = shape.nodes.get(flow.get("targetRef", ""))
            if target is not None and xml.kind(target) != "intermediateCatchEvent":
                yield at(flow, N_('Only timers and messages may follow the gateway "%(name)s".'), name=name_of(node))


def _moment(node: xml.Element, source: str) -> Iterator[Finding]:
    better = translating.moment(source)
    if better is not None:
        yield at(node, N_("The time %(source)s needs quotation marks: %(better)s"), source=source, better=better)
        return
    try:
        names = expressions.compiled(source).variables()
        if not set(names) - {"at"}:
            expressions.moment(source, {}, _SAMPLE)
    except (expressions.Refused, ExpressionFailed) as error:
        text = N_("The time %(source)s is not usable. %(reason)s")
        yield at(node, text, source=source[:200], reason=str(error))
