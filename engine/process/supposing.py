"""What if? The facts of a gateway are supposed to have all values that they may have, and its conditions are asked."""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import islice, product
from typing import Any

from engine.process import expressions, outcomes, parser, vocabulary, xml
from engine.process.errors import ExpressionFailed
from engine.process.finding import Shape
from engine.process.vocabulary import OUTCOME, Fact, FactKind

MOST_TRIALS = 20_000
"""Conditions asked for one drawing: 15 microseconds each."""
_MOST_OF_ONE = 600
_ELSE = "…"
"""Stands for any text that no condition names."""
_TEXT = re.compile(r"""([A-Za-z_]\w*)\s*[=!]=\s*(["'])((?:\\.|(?!\2).)*)\2""")
_NUMBER = re.compile(r"([A-Za-z_]\w*)\s*(?:[<>]=?|[=!]=)\s*(-?\d+(?:\.\d+)?)")

Impossible = tuple[xml.Element, str, str, str, list[str]]
"""Flow, its condition, the fact, the value that it never has, and those that it may have."""


def gateways(shape: Shape) -> Iterator["Gateway"]:
    """Every gateway that chooses between ways."""
    asked = outcomes.asked(shape.root)
    facts = vocabulary.facts()
    for node in shape.of("exclusiveGateway", "inclusiveGateway"):
        if len(shape.outgoing.get(node.get("id", ""), [])) > 1:
            yield Gateway(shape, node, facts, asked)


class Gateway:
    """A gateway, with the conditions of the flows that leave it."""

    def __init__(self, shape: Shape, node: xml.Element, facts: Mapping[str, Fact], asked: outcomes.Outcomes) -> None:
        self.node, self._shape, self._facts, self._asked = node, shape, facts, asked
        self._key = str(node.get("id", ""))

    @property
    def has_default(self) -> bool:
        """Whether a way is open where no condition holds."""
        return self.node.get("default") is not None or len(self._conditions) < len(self._shape.outgoing[self._key])

    def without_way(self, most: int) -> tuple[dict[str, Any] | None, int]:
        """Values with which no condition holds, None where there are none; and how many conditions were asked."""
        spent, sources = 0, [source for _, source in self._conditions]
        values = {name: self._values_of(name) for name in self._variables}
        for chosen in islice(product(*values.values()), min(_MOST_OF_ONE, most)):
            facts = dict(zip(values, chosen, strict=True))
            spent += len(sources)
            try:
                if self._comes_here(facts) and not any(expressions.holds(source, facts) for source in sources):
                    return facts, spent
            except ExpressionFailed:
                return None, spent
        return None, spent

    def impossible(self) -> Iterator[Impossible]:
        """Comparisons with values that the fact never has."""
        for flow, source in self._conditions:
            for name, _, value in _TEXT.findall(source):
                values = self._known_values(name)
                if values and value not in values:
                    yield flow, source, name, value, sorted(values)

    @cached_property
    def _conditions(self) -> list[tuple[xml.Element, str]]:
        leaving = self._shape.outgoing.get(self._key, [])
        found = [(flow, each) for flow in leaving for each in xml.find(flow, "./bpmn:conditionExpression")]
        return [(flow, (each.text or "").strip()) for flow, each in found]

    @cached_property
    def _variables(self) -> list[str]:
        sources = [source for _, source in self._conditions] + self._brought
        return sorted({name for source in sources for name in expressions.compiled(source).variables()})

    @cached_property
    def _brought(self) -> list[str]:
        """Conditions under which a token comes here, where it comes straight from other gateways; else none."""
        found = []
        for flow in self._shape.incoming.get(self._key, []):
            before = self._shape.nodes.get(flow.get("sourceRef", ""))
            conditions = xml.find(flow, "./bpmn:conditionExpression")
            if before is None or xml.kind(before) != "exclusiveGateway" or not conditions:
                return []
            found.append((conditions[0].text or "").strip())
        return found

    def _comes_here(self, facts: dict[str, Any]) -> bool:
        return not self._brought or any(expressions.holds(source, facts) for source in self._brought)

    def _known_values(self, name: str) -> set[str]:
        """All texts that a fact may be; empty where that is not known."""
        if name == OUTCOME.name:
            return self._outcomes
        return set(self._facts[name].values) if name in self._facts else set()

    def _values_of(self, name: str) -> list[Any]:
        known = self._known_values(name)
        if known:
            return sorted(known)
        kind = self._facts[name].kind if name in self._facts else None
        sources = " ; ".join([source for _, source in self._conditions] + self._brought)
        texts = {value for found, _, value in _TEXT.findall(sources) if found == name}
        numbers = {float(value) for found, value in _NUMBER.findall(sources) if found == name}
        if kind == FactKind.text or texts:
            return [*sorted(texts), _ELSE]
        if kind in {FactKind.whole, FactKind.number} or numbers:
            around = {value + step for value in numbers or {0.0} for step in (-1, 0, 1)}
            return sorted(int(value) if value.is_integer() else value for value in around)
        return [True, False]

    @cached_property
    def _outcomes(self) -> set[str]:
        """What the steps that come before may end with; empty where one of them is not known."""
        told, found = vocabulary.mapping("outcome"), set()
        for key in self._steps_before():
            act = parser.task_of(self._shape.nodes[key])["act"]
            # A step of no particular act offers just the outcomes that are asked for behind it.
            values = set(told.get(act, ())) or set(self._asked.get(key, {}))
            if not values:
                return set()
            found |= values
        return found

    def _steps_before(self) -> list[str]:
        waiting, seen, steps = [self._key], set(), []
        while waiting:
            for flow in self._shape.incoming.get(waiting.pop(), []):
                key = flow.get("sourceRef", "")
                if key in seen or key not in self._shape.nodes:
                    continue
                seen.add(key)
                if xml.kind(self._shape.nodes[key]) in {"userTask", "manualTask"}:
                    steps.append(key)
                else:
                    waiting.append(key)
        return steps
