"""Who has a case now: for every step that waits, the person it was given to, or the group it is offered to."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.access import queries as access
from engine.access.models import Role
from engine.cases.models import Case
from engine.organization import queries as organization
from engine.process.models import OpenTask


@dataclass(frozen=True)
class Holder:
    """A waiting step and who is expected to do it: ``person`` is empty while nobody is named."""

    task: OpenTask
    person: str = ""
    role: Role | None = None
    department: str = ""


def of(case: Case, tasks: Sequence[OpenTask]) -> list[Holder]:
    """The holders of a case's open steps."""
    roles = {role.code: role for role in access.names().values()} if tasks else {}
    return [_holder(case, task, roles) for task in tasks]


def _holder(case: Case, task: OpenTask, roles: dict[str, Role]) -> Holder:
    code, _, place = (task.group_name or task.lane or "").partition("@")
    return Holder(task, _person(case, task), roles.get(code), _department(case, place))


def _person(case: Case, task: OpenTask) -> str:
    if task.assignee_id is None:
        return ""
    if case.handler is not None and case.handler.id == task.assignee_id:
        return case.handler.name
    return organization.user(task.assignee_id).name


def _department(case: Case, place: str) -> str:
    kind, _, row_id = place.partition(":")
    if kind != "dept" or not row_id.isdecimal():
        return ""
    if case.department is not None and case.department.id == int(row_id):
        return case.department.short_name
    return organization.department(int(row_id)).short_name
