"""Trying the test cases of a table: what it says of each, and whether that is what is expected."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.decisions import cells, outcomes
from engine.decisions.content import Content, Example
from engine.decisions.deciding import Ruling, Table
from engine.decisions.findings import EXPECTED, Finding
from engine.decisions.outcomes import NOTHING, Outcome
from engine.decisions.vocabulary import Decision, Value
from engine.kit.cells import Refused


@dataclass(frozen=True)
class Tried:
    """A test case that was tried: ``ruling`` is None where it, or the table, cannot be read."""

    ruling: Ruling | None
    is_as_expected: bool
    findings: tuple[Finding, ...] = ()


def try_all(content: Content, table: Table | None, decision: Decision) -> list[Tried]:
    """Try every test case; without a table they are only read."""
    return [_tried(number, one, table, content.inputs, decision) for number, one in enumerate(content.examples, 1)]


def _tried(number: int, example: Example, table: Table | None, inputs: Sequence[str], decision: Decision) -> Tried:
    findings: list[Finding] = []
    facts = _facts(number, example, inputs, decision, findings)
    expected = _expected(number, example, decision, findings)
    if findings or table is None or len(facts) < len(inputs):
        return Tried(None, is_as_expected=False, findings=tuple(findings))
    ruling = table.decide(facts)
    return Tried(ruling, ruling.outcome == expected)


def _facts(
    number: int, example: Example, inputs: Sequence[str], decision: Decision, findings: list[Finding]
) -> dict[str, Value]:
    facts: dict[str, Value] = {}
    for name in inputs:
        asked = decision.input(name)
        if asked is None:
            continue
        try:
            facts[name] = cells.value(example.facts.get(name, ""), asked)
        except Refused as refusal:
            findings.append(Finding(refusal.text, refusal.params, example=number, place=name))
    return facts


def _expected(number: int, example: Example, decision: Decision, findings: list[Finding]) -> Outcome:
    if example.expects_nothing:
        return NOTHING
    try:
        return outcomes.read(example.expected, decision.answers)
    except Refused as refusal:
        findings.append(Finding(refusal.text, refusal.params, example=number, place=EXPECTED))
        return NOTHING
