"""Who is meant when a case calls for somebody: a role, as it is served on this very case."""

from typing import Any

from sqlalchemy import Select, select

from engine.access.models import Role
from engine.access.permissions import Scope
from engine.cases.models import Case
from engine.kit.db import db
from engine.organization.models import Department, Post, User
from engine.process.models import OpenTask

HOLDER = "holder"
"""Whoever has the case in hand now: the persons named in its open steps, else those whom they are offered to."""


def of(case: Case, role: str) -> list[int]:
    """Ids of the active users who serve in ``role`` for ``case``, or hold it; by id.

    A department's role is that of the department which has the case, or, where nobody serves there, of the nearest one
    above; any other is the city's.
    """
    return _holders(case) if role == HOLDER else _serving(case, role)


def _holders(case: Case) -> list[int]:
    tasks = db.session.execute(
        select(OpenTask.assignee_id, OpenTask.group_name).where(
            OpenTask.subject_kind == "case", OpenTask.subject_id == case.id
        )
    ).all()
    named = {task.assignee_id for task in tasks if task.assignee_id is not None}
    groups = [task.group_name for task in tasks if task.assignee_id is None and task.group_name]
    for name in groups:
        named.update(in_group(name))
    return sorted(named)


def in_group(name: str) -> list[int]:
    """Ids of the active users whom a group of open steps stands for: "acceptor", "handling_clerk@dept:12"."""
    role, _, place = name.partition("@")
    where, _, number = place.partition(":")
    question = _users(role)
    if where == "dept":
        question = question.where(Post.department_id == int(number))
    elif where == "grid":
        question = question.where(Post.responsibility_grid_id == int(number))
    return list(db.session.scalars(question))


def _serving(case: Case, role: str) -> list[int]:
    scope = db.session.scalar(select(Role.scope).where(Role.code == role))
    if scope != Scope.department or case.department_id is None:
        return list(db.session.scalars(_users(role)))
    path = db.session.scalar(select(Department.path).where(Department.id == case.department_id)) or ""
    line = [int(number) for number in path.strip("/").split("/") if number]
    rows = db.session.execute(
        _users(role).add_columns(Post.department_id).where(Post.department_id.in_(line or [case.department_id]))
    ).all()
    for department_id in reversed(line):
        found = sorted({row.id for row in rows if row.department_id == department_id})
        if found:
            return found
    return []


def _users(role: str) -> Select[Any]:
    return (
        select(User.id)
        .join(Post, Post.user_id == User.id)
        .join(Role, Role.id == Post.role_id)
        .where(Role.code == role, User.is_active)
        .distinct()
        .order_by(User.id)
    )
