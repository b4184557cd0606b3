"""Assignment (内部指派): the department's clerk gives the case to one of its people."""

from datetime import datetime
from typing import Any

from sqlalchemy import exists, select

from engine.access.actors import Actor
from engine.access.models import RolePermission
from engine.access.permissions import Permission
from engine.cases import steps, timeline
from engine.cases.models import Case
from engine.kit.db import db
from engine.kit.errors import Invalid
from engine.kit.i18n import N_
from engine.organization.models import Department, Post, User
from engine.process.models import OpenTask


def assign(case: Case, task: OpenTask, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Name the handler. Raises Invalid for somebody who does not handle cases in this department."""
    handler = next((user for user in handlers(case) if user.id == values["handler_id"]), None)
    if handler is None:
        raise Invalid.field("handler_id", N_("Please choose somebody of this department who handles cases."))
    case.handler_id = handler.id
    steps.finish(task, "assign", by=by, at=at)
    timeline.add(case, "assignment", by=by, at=at, note=values.get("note", ""), handler=handler.name)


def handlers(case: Case) -> list[User]:
    """Everybody in the department (and below it) who may handle its cases, by name."""
    if case.department is None:
        return []
    may_handle = exists().where(
        RolePermission.role_id == Post.role_id, RolePermission.permission == Permission.case_handle.value
    )
    return list(
        db.session.scalars(
            select(User)
            .join(Post, Post.user_id == User.id)
            .join(Department, Department.id == Post.department_id)
            .where(User.is_active, Department.path.startswith(case.department.path), may_handle)
            .order_by(User.name, User.id)
            .distinct()
        )
    )
