"""What an arbitration leaves behind (确权): who answers for this component, or this category here, from now on."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from engine.access.actors import Actor
from engine.cases.models import Case
from engine.components.models import Component
from engine.dispatch_rules import ownership
from engine.dispatch_rules.answers import CHINA
from engine.dispatch_rules.models import ConfirmedOwnership
from engine.kit.db import db, today
from engine.kit.errors import Invalid
from engine.kit.i18n import N_


class Scope(StrEnum):
    """For what a decision is remembered."""

    component = "component"
    grid = "grid"
    street = "street"
    nothing = "nothing"


def scopes(case: Case) -> list[Scope]:
    """For what a decision about this case can be remembered, the most exact first."""
    found = [Scope.component] if case.component_id else []
    if case.category_id is not None:
        found += [Scope.grid] if case.responsibility_grid_id else []
        found += [Scope.street] if case.street_code else []
    return [*found, Scope.nothing]


def proposed(case: Case) -> Scope:
    """For the component where the case has one: whose it is does not change with the next report of it."""
    return Scope.component if case.component_id else Scope.nothing


def remember(
    case: Case, scope: str, department_id: int, *, basis: str, minutes_number: str, by: Actor, at: datetime
) -> ConfirmedOwnership | None:
    """Remember the decision for ``scope``, in place of any before it; None where nothing is to be remembered.

    Raises Invalid beside ``remember`` for a scope that this case does not have.
    """
    if scope not in scopes(case):
        raise Invalid.field("remember", N_("Please choose one from the list."))
    if scope == Scope.nothing:
        return None
    values = {
        "department_id": department_id,
        "basis": basis,
        "minutes_number": minutes_number,
        "valid_from": today(at, CHINA),
        **_scope(case, Scope(scope)),
    }
    return ownership.confirm(values, by=by, at=at, case_id=case.id, replacing=True)


def _scope(case: Case, scope: Scope) -> dict[str, Any]:
    if scope is Scope.component:
        return {"component_code": db.session.get_one(Component, case.component_id).code}
    place = "responsibility_grid_id" if scope is Scope.grid else "street_code"
    return {"category_id": case.category_id, place: getattr(case, place)}
