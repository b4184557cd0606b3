"""The rules by which a drawing gives a step to another department than the one that has the case."""

from datetime import datetime

from engine.cases import dispatching, step_departments
from engine.cases.models import Case
from engine.cases.step_departments import Rule
from engine.components.models import Component
from engine.kit.db import db
from engine.kit.i18n import N_
from engine.organization.models import Department


def register_all() -> None:
    """Enter the rules that drawings may name."""
    step_departments.register(Rule("above", N_("The department above the one that has the case"), _above))
    step_departments.register(Rule("authority", N_("The department that the authority list names"), _by_authority))
    step_departments.register(Rule("owner", N_("The department that owns the component"), _owner))


def _above(case: Case, _: datetime) -> Department | None:
    parent_id = case.department.parent_id if case.department is not None else None
    return db.session.get(Department, parent_id) if parent_id is not None else None


def _by_authority(case: Case, at: datetime) -> Department | None:
    """None where the list names several, or none."""
    explanation = dispatching.explain(case, at)
    named = explanation.department_id if explanation is not None else None
    return db.session.get(Department, named) if named is not None else None


def _owner(case: Case, _: datetime) -> Department | None:
    component = db.session.get(Component, case.component_id) if case.component_id else None
    named = component.owner_department_id if component is not None else None
    return db.session.get(Department, named) if named is not None else None
