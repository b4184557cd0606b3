"""What the lists of a case's forms offer, and what stands in them at first."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from engine.cases import assignment, dispatching, ownership, tables
from engine.cases.models import Case
from engine.catalog import code_system
from engine.catalog import queries as catalog
from engine.catalog.limits import AREA_CLASSES, limit_of
from engine.catalog.models import Category, FilingCondition
from engine.components import queries as components
from engine.forms.catalogue import Form
from engine.forms.definition import Option
from engine.kit import clock
from engine.kit.i18n import N_
from engine.organization import queries as organization
from engine.organization.models import Department
from engine.process import outcomes
from engine.process.models import OpenTask
from web import languages
from web.desk import moving, wording

RADIUS_M = 50
MANY_CATEGORIES = 2000


def of(
    form: Form, case: Case | None, typed: Any, *, only: str | None = None, task: OpenTask | None = None
) -> dict[str, list[Option]]:
    """The lists that this form's questions name, or ``only`` one of them.

    ``typed`` gives the chosen category or the place; ``task`` is the step whose outcomes are asked for.
    """
    makers = {
        "departments": departments,
        "handlers": lambda: handlers(case),
        "categories": lambda: categories(case),
        "filing_conditions": lambda: filing_conditions(_number(typed, "category_id"), area_class(case, typed), case),
        "components": lambda: near_components(_place(case, typed)),
        "rememberings": lambda: rememberings(case),
        "outcomes": lambda: outcomes_of(task),
        "movable_steps": lambda: step_options(moving.movable_steps(case)),
        "takeable_steps": lambda: step_options(moving.takeable_steps(case)),
        "step_people": lambda: moving.people(case),
    }
    wanted = {field.options_from for field in form.fields if only in (None, field.options_from)}
    return {name: makers[name]() for name in wanted if name is not None and name in makers}


def departments() -> list[Option]:
    """Every department that handles cases."""
    return [Option(str(one.id), one.name) for one in _handling()]


def departments_by_code() -> dict[str, str]:
    """The same: their names by their codes."""
    return {one.code: one.name for one in _handling()}


def _handling() -> list[Department]:
    return [one for one in organization.departments() if one.kind != "center"]


def handlers(case: Case | None) -> list[Option]:
    """Everybody who may handle this case."""
    return [Option(str(user.id), user.name) for user in assignment.handlers(case)] if case else []


def categories(case: Case | None = None) -> list[Option]:
    """Every category in force, and the one that the case has already."""
    found = catalog.search("", code_system=code_system.current(), limit=MANY_CATEGORIES)
    if case is not None and case.category is not None and case.category not in found:
        found.insert(0, case.category)
    return [Option(str(one.id), f"{one.code} {name_of(one)}") for one in found]


def name_of(category: Category) -> str:
    """A category's name in the reader's language."""
    return category.name_en or category.name if languages.chosen() == "en" else category.name


def filing_conditions(category_id: int | None, area: str, case: Case | None = None) -> list[Option]:
    """The conditions of a category with the limit that a case would get by each, in areas of class ``area``."""
    if category_id is None:
        return []
    return [Option(str(one.id), _condition(one, area, case)) for one in catalog.conditions_of(category_id)]


def _condition(condition: FilingCondition, area: str, case: Case | None) -> str:
    said = tables.limit_of(case, clock.now(), condition=condition, area_class=area) if case is not None else None
    decided = said.outcome.limit if said is not None else None
    limit = wording.limit(*((decided.value, decided.unit.value) if decided else limit_of(condition, area)))
    return _("%(number)s. %(text)s – limit %(limit)s", number=condition.number, text=condition.text, limit=limit)


def near_components(place: tuple[float, float] | None) -> list[Option]:
    """Components around a point, nearest first."""
    near = components.nearby(*place, radius_m=RADIUS_M) if place else []
    return [
        Option(str(one.component.id), f"{one.component.code} {one.component.name} · {one.metres:.0f} m") for one in near
    ]


def outcomes_of(task: OpenTask | None) -> list[Option]:
    """What a step that an administrator drew may come to, as its lines are called; just "done" where nothing asks."""
    found = outcomes.of(task.definition_id, task.node) if task is not None else {}
    return [Option(value, label) for value, label in found.items()] or [Option("done", N_("Done"))]


def rememberings(case: Case | None) -> list[Option]:
    """For what a decision about this case can be remembered."""
    return [Option(scope.value, wording.REMEMBERED[scope]) for scope in ownership.scopes(case)] if case else []


def step_options(tasks: Sequence[OpenTask]) -> list[Option]:
    """Open steps by their names."""
    return [Option(task.id, wording.step(task.name, task.act)) for task in tasks]


def area_class(case: Case | None, typed: Any) -> str:
    """The class that was chosen, else the case's own."""
    chosen = typed.get("area_class", "")
    return chosen if chosen in AREA_CLASSES else (case.area_class if case is not None else AREA_CLASSES[0])


def initial(form: Form, case: Case, given: Any, at: datetime) -> dict[str, Any]:
    """What stands in a form at first: what the case knows, and what the link to the form brought along."""
    names: Sequence[str] = [field.name for field in form.fields]
    known = {
        "category_id": case.category_id,
        "filing_condition_id": case.filing_condition_id,
        "area_class": case.area_class,
        "is_urgent": case.is_urgent,
        "handler_id": case.handler_id,
        "remember": ownership.proposed(case).value,
        "department_id": _suggested(case, at) if form.name == "dispatch" else None,
        "task_id": moving.only_step(form, case),
    }
    return {name: given.get(name) or known.get(name) for name in names if given.get(name) or known.get(name)}


def _suggested(case: Case, at: datetime) -> int | None:
    """The department that the authority list names, unless a department has given the case back already."""
    if case.return_count:
        return None
    found = dispatching.explain(case, at)
    return found.department_id if found is not None else None


def _number(typed: Any, name: str) -> int | None:
    text = str(typed.get(name, ""))
    return int(text) if text.isdecimal() and len(text) < 19 else None


def _place(case: Case | None, typed: Any) -> tuple[float, float] | None:
    if case is not None and case.lng is not None and case.lat is not None:
        return case.lng, case.lat
    try:
        lng, lat = (float(part) for part in str(typed.get("point", "")).split(","))
    except ValueError:
        return None
    return lng, lat
