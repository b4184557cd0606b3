"""What a decision table holds, as it was typed, right or wrong: ``checking`` says what is wrong with it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from engine.decisions import cells
from engine.decisions.errors import TooLarge
from engine.decisions.vocabulary import Decision, HitPolicy

MOST_ROWS = 200
MOST_INPUTS = 10
MOST_EXAMPLES = 100
LONGEST_NOTE = 200
LONGEST_TEXT = cells.MOST_CHARACTERS * 2
"""Of a cell as it is kept: what is longer than a cell may be is kept so far, so that its writer sees it."""

Output = Mapping[str, str]
"""An answer as it was typed, by the names of the output columns; all empty: none."""


@dataclass(frozen=True)
class Row:
    """One row: a cell for each input of the table, the answer, and what somebody noted about it."""

    tests: tuple[str, ...]
    output: Output = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class Example:
    """A test case: facts by name, and the answer that is expected of them; an empty one: that no row applies."""

    name: str
    facts: Mapping[str, str] = field(default_factory=dict)
    expected: Output = field(default_factory=dict)

    @property
    def expects_nothing(self) -> bool:
        """Whether no row is to apply."""
        return not any(self.expected.values())


@dataclass(frozen=True)
class Content:
    """A whole table. ``inputs`` are names of facts, in the order of the columns."""

    hit_policy: HitPolicy = HitPolicy.unique
    inputs: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    examples: tuple[Example, ...] = ()

    def __post_init__(self) -> None:
        too_many = len(self.rows) > MOST_ROWS or len(self.inputs) > MOST_INPUTS or len(self.examples) > MOST_EXAMPLES
        if too_many:
            raise TooLarge(rows=MOST_ROWS, inputs=MOST_INPUTS, examples=MOST_EXAMPLES)

    def as_json(self) -> dict[str, Any]:
        """As it is kept in a row of the database, or in a file."""
        return asdict(self)

    def tidied(self, decision: Decision) -> "Content":
        """The same with its cells in their customary form, and nothing longer than it may be."""
        asked = [decision.input(name) for name in self.inputs]
        rows = tuple(
            Row(
                tuple(
                    cells.tidy(text, one) if one else text
                    for text, one in zip((_plain(each, LONGEST_TEXT) for each in row.tests), asked, strict=False)
                ),
                _cut(row.output),
                _plain(row.note, LONGEST_NOTE),
            )
            for row in self.rows
        )
        examples = tuple(
            Example(_plain(one.name, LONGEST_NOTE), _cut(one.facts), _cut(one.expected)) for one in self.examples
        )
        inputs = tuple(_plain(name, LONGEST_NOTE) for name in self.inputs)
        return Content(self.hit_policy, inputs, rows, examples)


def from_json(kept: Mapping[str, Any]) -> Content:
    """A table as ``as_json`` wrote it. Raises TooLarge; ValueError, TypeError and KeyError where somebody else did."""
    return Content(
        HitPolicy(kept["hit_policy"]),
        tuple(map(str, kept["inputs"])),
        tuple(Row(tuple(map(str, row["tests"])), _texts(row["output"]), str(row["note"])) for row in kept["rows"]),
        tuple(Example(str(one["name"]), _texts(one["facts"]), _texts(one["expected"])) for one in kept["examples"]),
    )


def _texts(kept: Mapping[str, Any]) -> dict[str, str]:
    return {str(name): str(text) for name, text in kept.items()}


def _cut(texts: Mapping[str, str]) -> dict[str, str]:
    return {name[:LONGEST_TEXT]: _plain(text, LONGEST_TEXT) for name, text in texts.items()}


def _plain(text: str, most: int) -> str:
    """One line without characters that cannot be seen: neither XML nor PostgreSQL takes all of them."""
    return "".join(sign if sign.isprintable() else " " for sign in text[:most]).strip()
