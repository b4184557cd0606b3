"""Which facts a drawing's steps, actions and scripts give, and which of them are known wherever a token comes to."""

from collections.abc import Iterable, Mapping

from engine.process import expressions, parser, vocabulary, xml
from engine.process.finding import Shape
from engine.process.vocabulary import OUTCOME

MOST_ROUNDS = 50
"""How often each node may be come to, on average, before the walk is broken off."""


class Given:
    """The facts of one drawing. What the vocabulary does not tell of is taken to give nothing."""

    def __init__(self, shape: Shape) -> None:
        self._shape = shape
        self._at_start = frozenset(shape.known("fact"))
        self._by_act, self._by_action = vocabulary.mapping("act_fact"), vocabulary.mapping("action_fact")
        self._by_form, self._plain = vocabulary.mapping("form_fact"), vocabulary.mapping("plain_step")
        self._by_node = {key: frozenset(self._of(node)) for key, node in shape.nodes.items()}
        self._before: dict[str, frozenset[str]] | None = None

    @property
    def is_anything(self) -> bool:
        """Whether facts come from outside, with messages."""
        return bool(xml.find(self._shape.root, ".//bpmn:messageEventDefinition | .//bpmn:receiveTask"))

    @property
    def anywhere(self) -> frozenset[str]:
        """Every fact that is given at all."""
        return self._at_start.union(*self._by_node.values())

    def known_from(self, places: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
        """What is surely known at each node that tokens can come to from these nodes, where so much is known now."""
        return self._walked(places)

    def before(self, key: str) -> frozenset[str]:
        """The facts that are surely known when a token comes to a node."""
        if self._before is None:
            starts = (each.get("id", "") for each in self._shape.of("startEvent"))
            self._before = self._walked(dict.fromkeys(starts, self._at_start))
        return self._before.get(key, self.anywhere)

    def _walked(self, begin: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
        """From there on: what is known at a node is what all ways bring, at joins of tokens what any brings."""
        known: dict[str, frozenset[str]] = {}
        entering = self._entering()
        waiting = list(begin)
        left = MOST_ROUNDS * len(self._shape.nodes)
        while waiting and left:
            key, left = waiting.pop(), left - 1
            brought = [self._after(before, key, known) for before in entering.get(key, []) if before in known]
            now = self._joined(key, [*brought, begin[key]] if key in begin else brought)
            if known.get(key) != now:
                known[key] = now
                waiting.extend(self._shape.ways.get(key, []))
        return known

    def _entering(self) -> dict[str, list[str]]:
        back: dict[str, list[str]] = {}
        for key, targets in self._shape.ways.items():
            for target in targets:
                back.setdefault(target, []).append(key)
        return back

    def _after(self, before: str, key: str, known: dict[str, frozenset[str]]) -> frozenset[str]:
        # A timer on a step's edge rings before the step is done.
        is_edge = self._shape.nodes[key].get("attachedToRef") == before
        return known[before] if is_edge else known[before] | self._by_node[before]

    def _joined(self, key: str, brought: list[frozenset[str]]) -> frozenset[str]:
        if xml.kind(self._shape.nodes[key]) in {"parallelGateway", "inclusiveGateway"}:
            return frozenset().union(*brought)
        return frozenset.intersection(*brought)

    def _of(self, node: xml.Element) -> Iterable[str]:
        kind = xml.kind(node)
        if kind in {"userTask", "manualTask"}:
            yield from self._of_step(parser.task_of(node))
        elif kind == "serviceTask":
            yield from self._by_action.get(parser.action_of(node)["action"] or "", {})
        elif kind == "scriptTask":
            found = xml.find(node, "./bpmn:script")
            try:
                yield from (name for name, _ in expressions.assignments((found[0].text or "") if found else ""))
            except expressions.Refused:
                return

    def _of_step(self, task: dict[str, str | None]) -> Iterable[str]:
        yield OUTCOME.name
        yield from self._by_act.get(task["act"] or "", {})
        if task["act"] == self._plain.get("act"):
            yield from self._by_form.get(task["form"] or "", {})
