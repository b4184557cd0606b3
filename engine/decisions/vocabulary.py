"""Which decisions tables are made for, and what is known when they are asked: told by the rooms above."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from engine.decisions.errors import NoSuchDecision
from engine.kit.facts import FactKind
from engine.kit.i18n import N_


class HitPolicy(StrEnum):
    """What is answered where several rows apply (DMN 1.3, 8.2.10); ``collect`` may take the least or the greatest."""

    unique = "unique"
    first = "first"
    any = "any"
    collect = "collect"
    collect_min = "collect_min"
    collect_max = "collect_max"


class Answers(StrEnum):
    """What a table answers with."""

    limit = "limit"
    department = "department"

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of its output columns."""
        return ("value", "unit") if self is Answers.limit else ("department",)

    @property
    def policies(self) -> tuple[HitPolicy, ...]:
        """Hit policies that make sense for it: several departments can be offered, several limits cannot."""
        several = (HitPolicy.collect_min, HitPolicy.collect_max) if self is Answers.limit else (HitPolicy.collect,)
        return (HitPolicy.unique, HitPolicy.first, HitPolicy.any, *several)


Value = str | int | float | bool
"""A fact: "" and 0 stand for what is not known."""


@dataclass(frozen=True)
class Input:
    """A fact that tables may ask for. ``label`` and the labels of ``values`` are msgids; no values: any."""

    name: str
    label: str
    kind: FactKind = FactKind.text
    values: Mapping[str, str] = field(default_factory=dict)
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True)
class Decision:
    """Something that a table decides. ``otherwise`` is a msgid: what happens where no row applies."""

    name: str
    label: str
    answers: Answers
    inputs: tuple[Input, ...]
    otherwise: str

    def input(self, name: str) -> Input | None:
        """The fact of that name."""
        return next((one for one in self.inputs if one.name == name), None)


POLICIES = {
    HitPolicy.unique: N_("exactly one row may apply (UNIQUE)"),
    HitPolicy.first: N_("the first row that applies decides (FIRST)"),
    HitPolicy.any: N_("several rows may apply, if all say the same (ANY)"),
    HitPolicy.collect: N_("all rows that apply are offered (COLLECT)"),
    HitPolicy.collect_min: N_("the shortest of all that apply (COLLECT, MIN)"),
    HitPolicy.collect_max: N_("the longest of all that apply (COLLECT, MAX)"),
}

_declared: dict[str, Callable[[], Decision]] = {}


def declare(name: str, decision: Callable[[], Decision]) -> None:
    """Tell of a decision; it is asked for anew each time, because its lists may come from settings."""
    _declared[name] = decision


def names() -> list[str]:
    """The names of all decisions."""
    return list(_declared)


def get(name: str) -> Decision:
    """One decision. Raises NoSuchDecision."""
    if name not in _declared:
        raise NoSuchDecision
    return _declared[name]()
