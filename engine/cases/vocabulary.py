"""The names that a drawing of cases may use: its check refuses any other form, act, stage, clock, role or fact."""

from typing import Any

from sqlalchemy import Executable, select

from engine.access import seeds
from engine.access.models import Role
from engine.access.permissions import Scope
from engine.cases import (
    drawn_facts,
    limits,
    list_of_acts,
    policy,
    reporting,
    stages,
    step_departments,
    step_notices,
    suspension,
    tables,
)
from engine.cases.adjustment_models import AdjustmentKind
from engine.cases.models import Stage
from engine.forms import catalogue
from engine.kit.db import db
from engine.organization.models import Department
from engine.process import linting

_OTHER_CLOCKS = (stages.HANDLING, stages.REWORK, stages.ESCALATION, suspension.CLOCK)
_PLAIN = str(list_of_acts.CUSTOM.step)


def tell() -> None:
    """Tell the check of drawings what there is, and the decision tables what they can decide."""
    linting.know("form", catalogue.names)
    linting.know("act", lambda: {*filter(None, list_of_acts.KNOWN_STEPS), _PLAIN})
    linting.know("stage", lambda: {stage.value for stage in Stage})
    linting.know("clock", clock_names)
    linting.know("role", _roles)
    linting.know("department", department_names)
    linting.know("department_role", _department_roles)
    linting.know("notify", lambda: step_notices.WORDS)
    linting.know("plain_step", lambda: {"form": _PLAIN, "act": _PLAIN})
    linting.know("form_act", lambda: {act.name: act.step for act in list_of_acts.STEP_ACTS if act.step is not None})
    linting.know("handling", lambda: {"handling", "feedback"})
    linting.know("apart", lambda: policy.APART_FROM_HANDLING)
    linting.know("closed", lambda: {Stage.closed.value})
    linting.know("begun", lambda: {reporting.STANDARD, *(kind.value for kind in AdjustmentKind)})
    drawn_facts.tell()
    tables.declare()


def clock_names() -> list[str]:
    """The clocks that a step may have, or a timer may wait for."""
    variants = {"public_acceptance", "urgent_signing"}  # the settings of clocks that have another name
    return [*(name for name in limits.STEP_MINUTES if name not in variants), *_OTHER_CLOCKS]


def department_names() -> list[str]:
    """What a step may name as its department: the rules, and every department of the city by its code."""
    named = [rule.name for rule in step_departments.rules()]
    codes = select(Department.code).where(Department.is_active).order_by(Department.code)
    return named + [f"{step_departments.CODE}{code}" for (code,) in _read(codes)]


def _roles() -> dict[str, tuple[str, ...]]:
    """The program's own roles and those that the city made, with their names."""
    own: dict[str, tuple[str, ...]] = {seed.code: (seed.name, seed.name_en) for seed in seeds.ROLES}
    return own | {code: tuple(filter(None, names)) for code, *names in _read(_EVERY_ROLE)}


def _department_roles() -> set[str]:
    """Roles whose people serve their own department."""
    reach = {seed.code: seed.scope for seed in seeds.ROLES} | dict(_read(select(Role.code, Role.scope)))
    return {code for code, scope in reach.items() if scope == Scope.department}


def _read(asked: Executable) -> list[Any]:
    """Rows; none where there is no database."""
    try:
        return [tuple(row) for row in db.session.execute(asked)]
    except RuntimeError:
        return []


_EVERY_ROLE = select(Role.code, Role.name, Role.name_en)
