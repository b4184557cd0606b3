"""Facts that make conditions come true: values are tried that the drawing tells apart, one of each kind."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice, product
from typing import Any

from engine.process import expressions, outcomes, parser, vocabulary, xml
from engine.process.errors import ExpressionFailed
from engine.process.finding import Shape
from engine.process.vocabulary import OUTCOME, FactKind

MOST_TRIED = 2000
"""Combinations of values for one way out of a gateway."""
MOST_ANSWERS = 8
"""Combinations that are kept for one way: each may lead on differently further down."""
_ELSE = "…"
"""Any text that no condition names."""
_TEXT = r"""(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')"""
_VALUE = rf"(?:{_TEXT}|-?\d+(?:\.\d+)?)"
_ATOM = re.compile(
    rf"(?P<name>[A-Za-z_]\w*)\s*(?:(?:[=!<>]=|[<>])\s*{_VALUE}|"
    rf"in\s*\[[^\]]*\]|\.\s*(?:startsWith|endsWith|contains)\(\s*{_TEXT}\s*\))"
)
_LITERAL = re.compile(_VALUE)

Required = Sequence[tuple[str, bool]]
"""Conditions, and whether each is to hold."""


class Solver:
    """Knows a drawing's conditions and what the facts in them may be."""

    def __init__(self, shape: Shape) -> None:
        self._shape, self._facts = shape, vocabulary.facts()
        self._asked = outcomes.asked(shape.root)
        self._told = vocabulary.mapping("outcome")
        self._classes: dict[str, list[Any]] = {}

    @cached_property
    def sources(self) -> list[str]:
        """Every condition of the drawing."""
        return [(each.text or "").strip() for each in xml.find(self._shape.root, ".//bpmn:conditionExpression")]

    @cached_property
    def names(self) -> set[str]:
        """Every fact that a condition or a script reads."""
        scripts = [line for each in xml.find(self._shape.root, ".//bpmn:script") for line in _lines(each.text or "")]
        return {name for source in [*self.sources, *scripts] for name in variables(source)}

    def is_truth(self, name: str) -> bool:
        """Whether a fact is yes or no: such a one stays what it was found to be."""
        return self._kind(name) == FactKind.truth

    def outcomes_of(self, node: str) -> list[str]:
        """What the step ``node`` may end with, as its act offers it; else as the conditions behind it ask."""
        told = self._told.get(parser.task_of(self._shape.nodes[node])["act"]) if node in self._shape.nodes else None
        asked = list(self._asked.get(node, {}))
        return [*(each for each in asked if each in told), *sorted(set(told) - set(asked))] if told else asked

    def answers(
        self, required: Required, known: Mapping[str, Any], ended: Collection[str] | None = None
    ) -> list[dict[str, Any]]:
        """Values of the facts that are not ``known`` with which all that is required is so; some of each kind.

        ``ended`` are the outcomes that there may be; None: any that a condition names.
        """
        names = sorted({name for source, _ in required for name in variables(source)} - known.keys())
        values = [self._values_of(name, ended) for name in names]
        tried = (dict(zip(names, each, strict=True)) for each in islice(product(*values), MOST_TRIED))
        found = (each for each in tried if _is_so(required, {**known, **each}))
        return list(islice(found, MOST_ANSWERS))

    def example(self, name: str, ended: Collection[str] | None = None) -> Any:
        """One value that a fact may have."""
        return next(iter(self._values_of(name, ended)), True)

    def _values_of(self, name: str, ended: Collection[str] | None) -> list[Any]:
        if name == OUTCOME.name and ended:
            return list(ended)
        if name not in self._classes:
            self._classes[name] = self._different(name, self._possible(name))
        return self._classes[name]

    def _different(self, name: str, values: Iterable[Any]) -> list[Any]:
        """One of all values that no comparison in the drawing tells apart."""
        atoms = sorted(set(self._atoms(name)))
        kept: dict[tuple[Any, ...], Any] = {}
        for value in values:
            told = tuple(_truth(atom, {name: value}) for atom in atoms) if atoms else (value,)
            kept.setdefault(told, value)
        return list(kept.values())

    def _possible(self, name: str) -> list[Any]:
        kind, known, literals = self._kind(name), self._facts.get(name), self._literals(name)
        if kind == FactKind.truth:
            return [False, True]
        texts = [value[1:-1] for value in literals if _is_text(value)]
        if kind == FactKind.text:
            is_listed = known is not None and known.values and set(texts) <= set(known.values)
            return list(known.values) if known is not None and is_listed else [*texts, _ELSE]
        numbers = {float(value) for value in literals if not _is_text(value)} or {0.0}
        around = {value + step for value in numbers for step in (0, -1, 1)}
        is_whole = kind == FactKind.whole or all(value.is_integer() for value in around)
        # Counts begin with nought: what is less is tried last.
        return sorted({int(value) if is_whole else value for value in around}, key=lambda value: (value < 0, value))

    def _kind(self, name: str) -> FactKind:
        """What the drawing compares it with says; else what is known of a fact of this name."""
        literals, known = self._literals(name), self._facts.get(name)
        if literals and _is_text(literals[0]):
            return FactKind.text
        if literals:
            return FactKind.whole if known is not None and known.kind == FactKind.whole else FactKind.number
        return known.kind if known is not None else FactKind.truth

    def _atoms(self, name: str) -> list[str]:
        """The comparisons of a fact with plain values."""
        return self._by_name.get(name, [])

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for match in (match for source in self.sources for match in _ATOM.finditer(source)):
            found.setdefault(match["name"], []).append(match[0])
        return found

    def _literals(self, name: str) -> list[str]:
        return [value for atom in self._atoms(name) for value in _LITERAL.findall(atom.removeprefix(name))]


def _is_text(literal: str) -> bool:
    return literal[0] in "\"'"


def variables(source: str) -> set[str]:
    """The facts that an expression reads; none where it cannot be read."""
    try:
        return set(expressions.compiled(source).variables())
    except ValueError:
        return set()


def _lines(script: str) -> Iterator[str]:
    try:
        yield from (source for _, source in expressions.assignments(script))
    except ValueError:
        return


def _is_so(required: Required, facts: Mapping[str, Any]) -> bool:
    try:
        return all(expressions.holds(source, facts) is wanted for source, wanted in required)
    except ExpressionFailed:
        return False


def _truth(source: str, facts: Mapping[str, Any]) -> bool | None:
    try:
        return expressions.holds(source, facts)
    except ExpressionFailed:
        return None
