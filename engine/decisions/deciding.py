"""Asking a table: which rows apply to facts, and what they say together. Pure, and as long as the table."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.decisions import cells, outcomes
from engine.decisions.cells import Test
from engine.decisions.content import Content
from engine.decisions.outcomes import Outcome
from engine.decisions.vocabulary import Decision, HitPolicy, Value


@dataclass(frozen=True)
class Ruling:
    """What a table says of some facts: the numbers of the rows that apply, from 1 on, and the answer."""

    rows: tuple[int, ...]
    outcome: Outcome


@dataclass(frozen=True)
class Rule:
    """A row that can be read."""

    tests: tuple[Test, ...]
    outcome: Outcome

    def applies(self, values: tuple[Value, ...]) -> bool:
        """Whether every cell holds."""
        return all(test.holds(value) for test, value in zip(self.tests, values, strict=True))


@dataclass(frozen=True)
class Table:
    """A table that can be asked."""

    hit_policy: HitPolicy
    inputs: tuple[str, ...]
    rules: tuple[Rule, ...]

    def decide(self, facts: Mapping[str, Value]) -> Ruling:
        """What the table says; ``facts`` gives every one of its inputs."""
        values = tuple(facts[name] for name in self.inputs)
        hits = [number for number, rule in enumerate(self.rules, 1) if rule.applies(values)]
        if self.hit_policy is HitPolicy.first:
            hits = hits[:1]
        found = [self.rules[number - 1].outcome for number in hits]
        return Ruling(tuple(hits), outcomes.of_all(found, self.hit_policy))


def compiled(content: Content, decision: Decision) -> Table:
    """The table of ``content``. Raises Refused where a cell cannot be read (``checking`` says which)."""
    asked = [one for name in content.inputs if (one := decision.input(name)) is not None]
    if len(asked) != len(content.inputs):
        raise LookupError(f"the decision {decision.name} knows not all of {content.inputs}")
    rules = tuple(
        Rule(
            tuple(cells.read(text, one) for text, one in zip(row.tests, asked, strict=True)),
            outcomes.read(row.output, decision.answers),
        )
        for row in content.rows
    )
    return Table(content.hit_policy, content.inputs, rules)
