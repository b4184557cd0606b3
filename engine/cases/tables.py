"""What decision tables are asked about a case: its time limit of handling, and the department that gets it.

They are asked first: before the filing condition's limit, and before the authority list, though after what a meeting
confirmed. Where no row applies, everything is as if there were no table.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from engine.cases import routing
from engine.cases.models import Case, Source
from engine.catalog.limits import AREA_CLASSES
from engine.catalog.models import FilingCondition
from engine.components.models import Component
from engine.decisions import asking, vocabulary
from engine.decisions.asking import Answer
from engine.decisions.vocabulary import Answers, Decision, Input, Value
from engine.dispatch_rules.answers import CHINA, Explanation, Verdict
from engine.kit.db import db
from engine.kit.facts import FactKind
from engine.kit.i18n import N_
from engine.organization.models import Department

LIMIT = "handling_limit"
DISPATCH = "dispatch"

_INPUTS = (
    Input(
        "kind", N_("Component or event"), values={key: label for key, label in routing.VALUES["kind"].items() if key}
    ),
    Input("major_category", N_("Category")),
    Input("category", N_("Subcategory")),
    Input("filing_condition", N_("Number of the filing condition"), FactKind.whole, least=0),
    Input("area_class", N_("Area class"), values={one: one for one in AREA_CLASSES}),
    Input("district", N_("District code")),
    Input("street", N_("Street code")),
    Input("grid", N_("Responsibility grid")),
    Input("source", N_("Source"), values=routing.SOURCES),
    Input("is_urgent", N_("The case is urgent"), FactKind.truth),
    Input("is_public", N_("A citizen reported it"), FactKind.truth),
    Input("return_count", N_("How often it was returned"), FactKind.whole, least=0),
    Input("reopen_count", N_("How often it was reopened"), FactKind.whole, least=0),
    Input("month", N_("Month"), FactKind.whole, least=1, most=12),
    Input("hour", N_("Hour of the day"), FactKind.whole, least=0, most=23),
)
_OWNER = Input("owner", N_("Code of the department that owns the component"))


@dataclass(frozen=True)
class Advice(Explanation):
    """What the authority list and the decision table say together. ``asked`` is the table's part, used or not."""

    asked: Answer | None = None
    is_by_table: bool = False


def declare() -> None:
    """Tell which decisions tables can be made for."""
    vocabulary.declare(LIMIT, lambda: _LIMIT)
    vocabulary.declare(DISPATCH, lambda: _DISPATCH)


_LIMIT = Decision(
    LIMIT,
    N_("Time limit of handling"),
    Answers.limit,
    _INPUTS,
    N_("Where no row applies, the limit is that of the filing condition, as if there were no table."),
)
_DISPATCH = Decision(
    DISPATCH,
    N_("Department that handles it"),
    Answers.department,
    (*_INPUTS, _OWNER),
    N_("Where no row applies, the authority list decides, as if there were no table."),
)


def limit_of(
    case: Case, at: datetime, *, condition: FilingCondition | None = None, area_class: str | None = None
) -> Answer | None:
    """What the table of limits says of a case, or would with another condition or class; None without a table."""
    chosen = condition or case.filing_condition
    known = _Facts(case, at.astimezone(CHINA), chosen, area_class or case.area_class)
    return asking.ask(LIMIT, known.value)


def advised(found: Explanation, case: Case, at: datetime) -> Explanation:
    """What the authority list said, and, where it has a row for the case, the decision table in its place."""
    asked = asking.ask(DISPATCH, _Facts(case, at.astimezone(CHINA), case.filing_condition, case.area_class).value)
    if asked is None:
        return found
    said = {one.name: getattr(found, one.name) for one in fields(found)}
    if found.ownership is not None or not asked.outcome:
        return Advice(**said, asked=asked)
    return Advice(**said | _in_place(found, asked), asked=asked, is_by_table=True)


def _in_place(found: Explanation, asked: Answer) -> dict[str, Any]:
    departments = db.session.scalars(
        select(Department).where(Department.code.in_(asked.outcome.departments)).order_by(Department.id)
    ).all()
    able = [one for one in departments if one.is_active and one.kind != "center"]
    why_not, params = _why_not(departments, able)
    return {
        "winner": None,
        "is_automatic": why_not is None,
        "why_not": why_not,
        "params": params,
        "department_ids": tuple(one.id for one in able),
        "verdicts": [_behind(one) for one in found.verdicts],
    }


def _why_not(named: Sequence[Department], able: Sequence[Department]) -> tuple[str | None, dict[str, Any]]:
    if len(able) == 1:
        return None, {}
    if able:
        names = "、".join(one.short_name for one in able)
        return N_("Several departments answer for it: %(names)s."), {"names": names}
    names = "、".join(one.short_name for one in named)
    return N_("The decision table names a department that handles no cases: %(names)s."), {"names": names}


def _behind(verdict: Verdict) -> Verdict:
    if not verdict.matched:
        return verdict
    return replace(verdict, reason=N_("It would apply, but the decision table comes first."), params={})


@dataclass(frozen=True)
class _Facts:
    """The facts of one case, looked up when a table asks for them; ``at`` is told by the city's clocks."""

    case: Case
    at: datetime
    condition: FilingCondition | None
    area_class: str

    def value(self, name: str) -> Value:
        """One fact by its name; "" or 0 where it is not known."""
        return _VALUES[name](self)

    def category(self, name: str) -> str:
        """What the category, that of the condition first, says of itself."""
        category = self.condition.category if self.condition is not None else self.case.category
        return str(getattr(category, name)) if category is not None else ""

    def owner(self) -> str:
        """The code of the department that owns the component."""
        component = db.session.get(Component, self.case.component_id) if self.case.component_id else None
        owner_id = component.owner_department_id if component is not None else None
        owner = db.session.get(Department, owner_id) if owner_id is not None else None
        return owner.code if owner is not None else ""

    def grid(self) -> str:
        """The code of the responsibility grid."""
        grid = self.case.responsibility_grid
        return grid.code if grid is not None else ""


_VALUES: dict[str, Callable[[_Facts], Value]] = {
    "kind": lambda facts: facts.category("kind") or facts.case.kind or "",
    "major_category": lambda facts: facts.category("major_code"),
    "category": lambda facts: facts.category("code"),
    "filing_condition": lambda facts: facts.condition.number if facts.condition is not None else 0,
    "area_class": lambda facts: facts.area_class,
    "district": lambda facts: facts.case.region_code or "",
    "street": lambda facts: facts.case.street_code or "",
    "grid": lambda facts: facts.grid(),
    "source": lambda facts: facts.case.source,
    "is_urgent": lambda facts: facts.case.is_urgent,
    "is_public": lambda facts: facts.case.source in Source.from_public(),
    "return_count": lambda facts: facts.case.return_count,
    "reopen_count": lambda facts: facts.case.reopen_count,
    "month": lambda facts: facts.at.month,
    "hour": lambda facts: facts.at.hour,
    "owner": lambda facts: facts.owner(),
}
