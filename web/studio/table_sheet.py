"""A decision table as its pages show it: what stands in it, findings where they belong, lists to choose from."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from flask_babel import gettext as _

from engine.decisions.checking import Check
from engine.decisions.content import Content
from engine.decisions.findings import Finding
from engine.decisions.models import DecisionTable
from engine.decisions.outcomes import UNITS
from engine.decisions.vocabulary import Answers, Decision, Input
from engine.grids import queries as grids
from web.desk import choices, wording
from web.studio import vocabulary

Choice = tuple[str, str]
MOST_CODES = 1000


@dataclass(frozen=True)
class Sheet:
    """A version or a draft, with ``content`` as it is shown."""

    table: DecisionTable
    decision: Decision
    content: Content

    @cached_property
    def check(self) -> Check:
        """Its check."""
        return Check(self.content, self.decision)

    def at_row(self, number: int, place: str) -> list[Finding]:
        """What is wrong with one cell, or with the answer ("output")."""
        return self._places.get((number, None, place), [])

    def at_example(self, number: int, place: str) -> list[Finding]:
        """What is wrong with one fact of a test case, or with what it expects."""
        return self._places.get((None, number, place), [])

    @property
    def unit_options(self) -> list[Choice]:
        """Units of time limits."""
        return [(unit, _(label)) for unit, label in UNITS.items()]

    def value_options(self, asked: Input) -> list[Choice]:
        """The values of a fact."""
        return [(value, value if value == label else _(label)) for value, label in asked.values.items()]

    def department_options(self, chosen: Iterable[str]) -> list[Choice]:
        """Departments that handle cases, by their codes; and those that are chosen though there are none such."""
        known = self._departments
        return [(code, code) for code in chosen if code and code not in known] + list(known.items())

    def told(self, output: dict[str, str]) -> str:
        """An answer in words."""
        if self.decision.answers is Answers.limit:
            return _limit(output)
        codes = [code for code in output.get("department", "").split(",") if code]
        return _(", ").join(self._departments.get(code, code) for code in codes)

    @property
    def codes(self) -> dict[str, list[Choice]]:
        """Codes with their names, by the name of a fact that takes any text: what a cell proposes to whoever types."""
        proposed = {
            "category": lambda: _categories("category"),
            "major_category": lambda: _categories("major_category"),
            "district": lambda: _regions("district"),
            "street": lambda: _regions("street"),
            "grid": lambda: [(one.code, f"{one.code} {one.name}") for one in grids.responsibility_grids()],
            "owner": lambda: list(self._departments.items()),
        }
        return {name: proposed[name]()[:MOST_CODES] for name in self.content.inputs if name in proposed}

    @cached_property
    def _departments(self) -> dict[str, str]:
        return choices.departments_by_code()

    @cached_property
    def _places(self) -> dict[tuple[int | None, int | None, str], list[Finding]]:
        found: dict[tuple[int | None, int | None, str], list[Finding]] = {}
        for one in self.check.findings:
            found.setdefault((one.row, one.example, one.place), []).append(one)
        return found


def _categories(name: str) -> list[Choice]:
    return [(one["value"], one["label"]) for one in vocabulary.categories(name)]


def _regions(level: str) -> list[Choice]:
    return [(one.code, f"{one.code} {one.name}") for one in grids.regions(level)]


def _limit(output: dict[str, str]) -> str:
    try:
        return wording.limit(float(output.get("value", "")), output.get("unit"))
    except ValueError:
        return ""
