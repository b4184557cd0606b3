"""Which department a step of a department's role is offered to: the one that has the case, or another that is drawn.

A drawing names a rule (``above``, ``authority``, ``owner`` …, see ``department_rules``) or a department by its code.
Where that comes to nobody, it is the department that has the case after all: no step waits for nobody.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from engine.access import actors
from engine.cases.models import Case
from engine.kit.db import db
from engine.organization import queries
from engine.organization.models import Department
from engine.process.models import OpenTask
from engine.process.subjects import Step

PROPERTY = "department"
"""What a step calls it in its drawing."""
CODE = "code:"
"""Before the code of one department: ``code:landscaping``."""


@dataclass(frozen=True)
class Rule:
    """One way of finding a department for a case. ``label`` is a msgid."""

    name: str
    label: str
    find: Callable[[Case, datetime], Department | None]


_rules: dict[str, Rule] = {}


def register(rule: Rule) -> None:
    """Enter a rule that drawings may name."""
    _rules[rule.name] = rule


def rules() -> list[Rule]:
    """Every rule, as they were entered."""
    return list(_rules.values())


def drawn(case: Case, step: Step, at: datetime) -> Department | None:
    """The department that the drawing asks for, as it is today; None where it says nothing, or that is nobody."""
    said = step.properties.get(PROPERTY, "")
    found = _by_code(said.removeprefix(CODE)) if said.startswith(CODE) else _by_rule(said, case, at)
    present = queries.successor_of(found) if found is not None else None
    return present if present is not None and present.is_active else None


def of(case: Case, task: OpenTask) -> int | None:
    """Id of the department whose step this open step is."""
    named = actors.department_in(task.group_name or "")
    return named if named is not None else case.department_id


def is_elsewhere(case: Case, task: OpenTask) -> bool:
    """Is this the step of another department than the one that has the case?"""
    return of(case, task) != case.department_id


def _by_code(code: str) -> Department | None:
    return db.session.scalar(select(Department).where(Department.code == code))


def _by_rule(name: str, case: Case, at: datetime) -> Department | None:
    rule = _rules.get(name)
    return rule.find(case, at) if rule is not None else None
