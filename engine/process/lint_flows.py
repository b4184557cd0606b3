"""Rules about ids, starts and ends, flows and gateways."""

from collections.abc import Iterator, Mapping

from engine.kit.i18n import N_
from engine.process import expressions, translating, vocabulary, xml
from engine.process.dialects import naming
from engine.process.finding import GATEWAYS, Finding, Grade, Shape, at, is_bpmn, name_of

MOST_PIXELS = 1_000_000
_PASSING = {"exclusiveGateway", "inclusiveGateway", "parallelGateway", "scriptTask", "intermediateThrowEvent"}
_DECIDING = {"exclusiveGateway", "inclusiveGateway"}


def processes(shape: Shape) -> Iterator[Finding]:
    """Exactly one process, and it may be run."""
    if len(shape.processes) != 1:
        yield Finding("drawing", N_("Exactly one process is needed, not %(count)s."), {"count": len(shape.processes)})
    for process in shape.processes:
        if process.get("isExecutable") == "false":
            yield at(process, N_("The process is marked as not executable."))


def never_begun(shape: Shape) -> Iterator[Finding]:
    """Acts of the program begin processes by their keys; a drawing of another key would never run."""
    if not vocabulary.is_told("begun"):
        return
    begun = shape.known("begun")
    for key in (process.get("id", "") for process in shape.processes):
        if key not in begun:
            yield Finding(
                "drawing",
                N_('No act of the program begins cases on the process "%(key)s": published, it would stand unused.'),
                {"key": key, "begun": ", ".join(sorted(begun))},
                Grade.warning,
            )


def ids(shape: Shape) -> Iterator[Finding]:
    """Every element has an id of its own that nothing else uses."""
    seen: set[str] = set()
    for element in shape.root.iter():
        key = element.get("id") if is_bpmn(element) else None
        if key is None:
            continue
        if key in seen:
            yield at(element, N_("The id %(id)s is used twice."), id=key)
        seen.add(key)
        if key in naming.RESERVED:
            yield at(element, N_("The id %(id)s is reserved; please choose another."), id=key)
        elif not naming.PLAIN.fullmatch(key):
            yield at(element, N_("An id is made of letters, digits, _ and -, up to 100: %(id)s"), id=key[:120])
    for node in shape.nodes.values():
        if not node.get("id"):
            yield at(node, N_("An element has no id."))


def coordinates(shape: Shape) -> Iterator[Finding]:
    """Places in the picture are numbers that a picture can have; of a whole file one is told."""
    for each in xml.find(shape.root, ".//dc:Bounds | .//di:waypoint"):
        if not all(_is_place(each.get(name, "0")) for name in ("x", "y", "width", "height")):
            owner = each.getparent().get("bpmnElement") or "drawing"
            yield Finding(owner, N_("Its place in the picture is not given in numbers."))
            return


def _is_place(text: str) -> bool:
    try:
        return abs(float(text)) < MOST_PIXELS
    except ValueError:
        return False


def starts_and_ends(shape: Shape) -> Iterator[Finding]:
    """One plain start in each process and subprocess, and at least one end."""
    for scope in shape.scopes:
        starts = xml.find(scope, "./bpmn:startEvent")
        if len(starts) != 1:
            yield at(scope, N_("Exactly one start event is needed, not %(count)s."), count=len(starts))
        if not xml.find(scope, "./bpmn:endEvent"):
            yield at(scope, N_("There is no end event."))


def ways(shape: Shape) -> Iterator[Finding]:
    """Flows join nodes of the same process; every node but an end has one way on, gateways may have more."""
    for flow in shape.flows:
        ends = [shape.nodes.get(flow.get(end, "")) for end in ("sourceRef", "targetRef")]
        if any(end is None or end.getparent() is not flow.getparent() for end in ends):
            yield at(flow, N_("This flow does not join two elements of the same process."))
    for key, node in shape.nodes.items():
        leaving, kind = shape.outgoing.get(key, []), xml.kind(node)
        if not leaving and kind != "endEvent":
            yield at(node, N_('Nothing leads on from "%(name)s".'), name=name_of(node))
        if leaving and kind == "endEvent":
            yield at(node, N_('Nothing may lead on from the end "%(name)s".'), name=name_of(node))
        if len(leaving) > 1 and kind not in GATEWAYS:
            yield at(node, N_('Several flows leave "%(name)s"; please draw a gateway.'), name=name_of(node))


def gateways(shape: Shape) -> Iterator[Finding]:
    """Where a way is chosen, every flow but the default says when; nowhere else."""
    for key, node in shape.nodes.items():
        leaving, default = shape.outgoing.get(key, []), node.get("default")
        decides = xml.kind(node) in _DECIDING
        if default and default not in [flow.get("id") for flow in leaving]:
            yield at(node, N_('The default flow of "%(name)s" does not leave it.'), name=name_of(node))
        for flow in leaving:
            source = condition_of(flow)
            if source is not None and not decides:
                yield at(flow, N_("A condition here is never asked: only exclusive and inclusive gateways choose."))
            elif source is not None:
                yield from _condition(flow, source)
            elif decides and len(leaving) > 1 and flow.get("id") != default:
                yield at(
                    flow, N_('This flow from "%(name)s" has no condition and is not the default.'), name=name_of(node)
                )


def reachable(shape: Shape) -> Iterator[Finding]:
    """Every node can be come to from the start."""
    starts = [node.get("id", "") for node in shape.of("startEvent")]
    seen = _come_to(starts, shape.ways)
    for key, node in shape.nodes.items():
        if key not in seen:
            yield at(node, N_('No way leads to "%(name)s".'), name=name_of(node))


def endless(shape: Shape) -> Iterator[Finding]:
    """From every node some way leads to an end of the process: otherwise what comes there never ends.

    What a timer starts beside a step is no way out of it. Of a loop one node is told.
    """
    beside = {node.get("id", "") for node in shape.of("boundaryEvent") if node.get("cancelActivity") == "false"}
    ways = {key: [each for each in targets if each not in beside] for key, targets in shape.ways.items()}
    # Where nothing leads on at all, that is told already.
    goals = [key for key, targets in ways.items() if not targets]
    lost = set(shape.nodes) - _come_to(goals, _turned(ways))
    for key in shape.nodes:
        if key in lost:
            yield at(shape.nodes[key], N_('From "%(name)s" no way leads to an end.'), name=name_of(shape.nodes[key]))
            return


def circles(shape: Shape) -> Iterator[Finding]:
    """No way leads round and round past gateways and scripts alone: nothing would ever stop it."""
    passing = {key for key, node in shape.nodes.items() if xml.kind(node) in _PASSING}
    ways = {key: [each for each in shape.ways.get(key, []) if each in passing] for key in sorted(passing)}
    # Whatever leads nowhere is taken off, over and over; what remains lies on a circle or behind one.
    entering = _turned(ways)
    counts = {key: len(targets) for key, targets in ways.items()}
    waiting = [key for key, count in counts.items() if not count]
    while waiting:
        key = waiting.pop()
        del counts[key]
        for before in entering.get(key, []):
            counts[before] -= 1
            if not counts[before]:
                waiting.append(before)
    if counts:
        node = shape.nodes[_on_circle(ways, counts)]
        yield at(node, N_('A way leads round to "%(name)s" without any step that waits.'), name=name_of(node))


def _on_circle(ways: dict[str, list[str]], left: dict[str, int]) -> str:
    """Each of ``left`` leads on within them: whoever walks there sees some node again, and that lies on a circle."""
    seen: set[str] = set()
    key = next(iter(left))
    while key not in seen:
        seen.add(key)
        key = next(target for target in ways[key] if target in left)
    return key


def _turned(ways: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """The same ways, walked back."""
    back: dict[str, list[str]] = {}
    for key, targets in ways.items():
        for target in targets:
            back.setdefault(target, []).append(key)
    return back


def _come_to(starts: list[str], ways: Mapping[str, list[str]]) -> set[str]:
    waiting, seen = list(starts), set()
    while waiting:
        key = waiting.pop()
        if key not in seen:
            seen.add(key)
            waiting.extend(ways.get(key, []))
    return seen


def condition_of(flow: xml.Element) -> str | None:
    """The text of a flow's condition; None where it has none."""
    found = xml.find(flow, "./bpmn:conditionExpression")
    return (found[0].text or "").strip() if found else None


def _condition(flow: xml.Element, source: str) -> Iterator[Finding]:
    try:
        expressions.compiled(source)
    except expressions.Refused as error:
        better = translating.condition(source)
        if better is not None:
            text = N_("The condition %(source)s is written in another language; in CEL it reads: %(better)s")
            yield at(flow, text, source=source[:200], better=better[:200])
        else:
            text = N_("The condition %(source)s is not usable CEL. %(reason)s")
            yield at(flow, text, source=source[:200], reason=str(error))
