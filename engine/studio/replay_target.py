"""The drawing that cases are replayed through: ready to run, with what is needed to find the way on in it."""

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.process import outcomes, specs, xml
from engine.process.finding import GATEWAYS
from engine.process.outcomes import Outcomes
from engine.process.sharing import Shared
from engine.studio.recorded import Drawn, read_drawing


@dataclass(frozen=True)
class Target:
    """``outcomes`` are what the conditions behind each step ask for, ``behind`` the node that each of them leads to.

    ``ways`` says how many flows lie between two nodes.
    """

    runnable: specs.Drawn
    drawn: Drawn
    outcomes: Outcomes
    behind: Mapping[tuple[str, str], str]
    ways: Mapping[str, Mapping[str, int]]

    @classmethod
    def of(cls, source: str) -> "Target":
        """Raises UnreadableXml, Invalid."""
        drawn = read_drawing(source)
        behind = {(node, outcome): target for node, outcome, target in _behind_steps(source)}
        return cls(specs.parse(source), drawn, outcomes.read(source), behind, _distances(drawn))


targets: Shared[Target] = Shared(Target.of, most=10)
"""By the drawing's fingerprint."""


def _behind_steps(source: str) -> Iterator[tuple[str, str, str]]:
    root = xml.read(source)
    flows: dict[str, list[xml.Element]] = defaultdict(list)
    for flow in xml.find(root, ".//bpmn:sequenceFlow"):
        flows[flow.get("sourceRef", "")].append(flow)
    gateways = {each.get("id", "") for each in root.iter() if xml.kind(each) in GATEWAYS}
    for task in xml.find(root, ".//bpmn:userTask | .//bpmn:manualTask"):
        for outcome, target in _behind(task.get("id", ""), flows, gateways, outcomes.MOST_GATEWAYS):
            yield task.get("id", ""), outcome, target


def _behind(
    node: str, flows: Mapping[str, list[xml.Element]], gateways: set[str], most: int
) -> Iterator[tuple[str, str]]:
    found = {flow: outcomes.ASKED.findall(_condition(flow)) for flow in flows.get(node, [])}
    for flow, asked in found.items():
        target = flow.get("targetRef", "")
        yield from ((outcome, target) for outcome in asked)
        if not asked and any(found.values()) and not _condition(flow):
            yield outcomes.OTHERWISE, target
        elif not asked and most and target in gateways:
            yield from _behind(target, flows, gateways, most - 1)


def _condition(flow: xml.Element) -> str:
    return "".join("".join(each.itertext()) for each in xml.find(flow, "./bpmn:conditionExpression"))


def _distances(drawn: Drawn) -> dict[str, dict[str, int]]:
    """How many flows lie between any two nodes."""
    onward: dict[str, set[str]] = defaultdict(set)
    for node, sources in drawn.before.items():
        for source in sources:
            onward[source].add(node)
    found = {}
    for start in drawn.kinds:
        far, waiting = {start: 0}, deque([start])
        while waiting:
            node = waiting.popleft()
            for target in onward[node] - far.keys():
                far[target] = far[node] + 1
                waiting.append(target)
        found[start] = far
    return found
