"""The check of a table: cells that cannot be read, rows that contradict each other, gaps, test cases that fail."""

from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import select

from engine.decisions import cells, deciding, examples, outcomes
from engine.decisions.content import Content, Row
from engine.decisions.deciding import Table
from engine.decisions.examples import Tried
from engine.decisions.findings import OUTPUT, Finding
from engine.decisions.overlaps import MOST_OVERLAPS, Coverage, Gap, TooWild
from engine.decisions.vocabulary import Answers, Decision, HitPolicy
from engine.kit.cells import Refused
from engine.kit.db import db
from engine.kit.i18n import N_
from engine.organization.models import Department

MOST_VALUES = 2000
"""In all cells together: the search for gaps must end soon."""
SHOWN_VALUES = 6
_SEVERAL = frozenset({HitPolicy.collect, HitPolicy.collect_min, HitPolicy.collect_max})


@dataclass(frozen=True)
class Check:
    """A table, and what is to be said about it."""

    content: Content
    decision: Decision

    @cached_property
    def findings(self) -> list[Finding]:
        """Everything, what stands first in the table first; asks once for the departments that are named."""
        found = [*self._shape, *self._unread]
        if self.table is not None:
            found += [*self._departments(), *_covered(self.table, self.decision)]
        return found + self._examples()

    @property
    def errors(self) -> list[Finding]:
        """What keeps it from being put in force."""
        return [one for one in self.findings if one.is_error]

    @property
    def warnings(self) -> list[Finding]:
        """What whoever puts it in force must have read."""
        return [one for one in self.findings if not one.is_error]

    @cached_property
    def table(self) -> Table | None:
        """The table, where it can be read."""
        return None if self._shape or self._unread else deciding.compiled(self.content, self.decision)

    @cached_property
    def tried(self) -> list[Tried]:
        """Its test cases, tried."""
        return examples.try_all(self.content, self.table, self.decision)

    @cached_property
    def _shape(self) -> list[Finding]:
        content, found = self.content, []
        if content.hit_policy not in self.decision.answers.policies:
            found.append(Finding(N_("This hit policy makes no sense for this decision.")))
        if not content.inputs:
            found.append(Finding(N_("The table asks nothing: please add a column.")))
        if not content.rows:
            found.append(Finding(N_("The table has no row.")))
        for name in content.inputs:
            if self.decision.input(name) is None:
                found.append(Finding(N_("There is no fact called %(name)s."), {"name": name}))
        if len(set(content.inputs)) < len(content.inputs):
            found.append(Finding(N_("A fact has more than one column.")))
        if any(len(row.tests) != len(content.inputs) for row in content.rows):
            found.append(Finding(N_("A row has more or fewer cells than the table has columns.")))
        return found

    @cached_property
    def _unread(self) -> list[Finding]:
        if self._shape:
            return []
        found, values = [], 0
        for number, row in enumerate(self.content.rows, 1):
            values += sum(text.count(",") + 1 for text in row.tests)
            found += self._row(number, row)
        if values > MOST_VALUES + len(self.content.rows) * len(self.content.inputs):
            found.append(Finding(N_("At most %(most)s values stand in one table."), {"most": MOST_VALUES}))
        return found

    def _row(self, number: int, row: Row) -> list[Finding]:
        found = []
        for name, text in zip(self.content.inputs, row.tests, strict=True):
            asked = self.decision.input(name)
            try:
                if asked is not None:
                    cells.read(text, asked)
            except Refused as refusal:
                found.append(Finding(refusal.text, refusal.params, row=number, place=name))
        try:
            outcomes.read(row.output, self.decision.answers)
        except Refused as refusal:
            found.append(Finding(refusal.text, refusal.params, row=number, place=OUTPUT))
        return found

    def _departments(self) -> list[Finding]:
        if self.decision.answers is not Answers.department or self.table is None:
            return []
        named = {code for rule in self.table.rules for code in rule.outcome.departments}
        known = _handling_departments(named)
        return [
            Finding(N_("There is no department that handles cases with the code %(code)s."), {"code": code},
                    row=number, place=OUTPUT)
            for number, rule in enumerate(self.table.rules, 1)
            for code in rule.outcome.departments
            if code not in known
        ]  # fmt: skip

    def _examples(self) -> list[Finding]:
        found = [finding for one in self.tried for finding in one.findings]
        found += [
            Finding(N_("The table says something else than this test case expects."), example=number)
            for number, one in enumerate(self.tried, 1)
            if one.ruling is not None and not one.is_as_expected
        ]
        if not self.content.examples:
            found.append(Finding(N_("There is no test case: please say what you expect of at least one.")))
        elif self.table is not None:
            met = {row for one in self.tried if one.ruling for row in one.ruling.rows}
            missed = [number for number in range(1, len(self.table.rules) + 1) if number not in met]
            found += [Finding(N_("No test case meets this row."), row=number, is_error=False) for number in missed]
        return found


def _covered(table: Table, decision: Decision) -> list[Finding]:
    coverage = Coverage(table, decision)
    found = _overlaps(table, coverage)
    try:
        if table.hit_policy is HitPolicy.first:
            text = N_("This row never applies: the rows above it take everything that it asks for.")
            found += [Finding(text, row=number, is_error=False) for number in coverage.never()]
        found += [_gap(gap, decision) for gap in coverage.gaps()]
    except TooWild:
        found.append(Finding(N_("The table is too intricate to say where no row applies."), is_error=False))
    return found


def _overlaps(table: Table, coverage: Coverage) -> list[Finding]:
    """Pairs of rows that the hit policy does not allow."""
    if table.hit_policy in _SEVERAL and len({_unit(one.outcome) for one in table.rules}) > 1:
        return [Finding(N_("Only limits in the same unit can be compared: please use one unit in all rows."))]
    if table.hit_policy is HitPolicy.first or table.hit_policy in _SEVERAL:
        return []
    is_any = table.hit_policy is HitPolicy.any
    found = []
    for first, second in coverage.overlaps():
        if is_any and table.rules[first - 1].outcome == table.rules[second - 1].outcome:
            continue
        text = (
            N_("This row and row %(other)s apply to the same facts, and say different things.")
            if is_any
            else N_("This row and row %(other)s apply to the same facts: only one may.")
        )
        found.append(Finding(text, {"other": first}, row=second))
        if len(found) == MOST_OVERLAPS:
            break
    return found


def _unit(outcome: outcomes.Outcome) -> str | None:
    return outcome.limit.unit if outcome.limit is not None else None


def _gap(gap: Gap, decision: Decision) -> Finding:
    facts = [(asked.label, _short(cell)) for name, cell in gap.items() if (asked := decision.input(name)) is not None]
    return Finding(N_("No row applies here: %(facts)s."), {"facts": facts}, is_error=False)


def _short(cell: str) -> str:
    """The first few values of a long cell, and how many there are."""
    values = cell.split(", ")
    return f"{', '.join(values[:SHOWN_VALUES])} … ({len(values)})" if len(values) > SHOWN_VALUES + 2 else cell


def _handling_departments(codes: set[str]) -> set[str]:
    asked = select(Department.code).where(Department.code.in_(codes), Department.is_active, Department.kind != "center")
    return set(db.session.scalars(asked))
