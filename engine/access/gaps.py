"""What the giver of rights should look after: roles and permissions that nobody holds, departments without a head."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import aliased

from engine.access.models import Role, RolePermission
from engine.access.permissions import Permission, Scope
from engine.kit.db import db
from engine.organization.models import Department, Post, User


@dataclass(frozen=True)
class Held:
    """How many people with an open account hold each role (by id) and each permission; who is missing is held by none.

    ``roles`` has every role.
    """

    roles: dict[int, int]
    permissions: dict[str, int]

    @property
    def empty_roles(self) -> int:
        """Roles in which nobody serves."""
        return sum(not count for count in self.roles.values())

    @property
    def empty_permissions(self) -> int:
        """Permissions that nobody's posts give."""
        return sum(not self.permissions.get(one.value) for one in Permission)


def held() -> Held:
    """Who holds what, counted: two statements."""
    holders = func.count(User.id.distinct())
    roles = select(Role.id, holders).outerjoin(Post, Post.role_id == Role.id).outerjoin(User, _serves())
    permissions = (
        select(RolePermission.permission, holders)
        .join(Post, Post.role_id == RolePermission.role_id)
        .join(User, _serves())
    )
    return Held(
        dict(db.session.execute(roles.group_by(Role.id)).tuples().all()),
        dict(db.session.execute(permissions.group_by(RolePermission.permission)).tuples().all()),
    )


def departments_without_head() -> set[int]:
    """Ids of departments with people who work within them, but nobody there or above who leads them: one statement."""
    lower, upper = Department, aliased(Department)
    works = _serving(lower.id).where(Role.scope == Scope.department.value)
    leads = (
        _serving(upper.id)
        .join(upper, lower.path.startswith(upper.path))
        .join(RolePermission, RolePermission.role_id == Role.id)
        .where(RolePermission.permission == Permission.department_lead.value)
    )
    found = select(lower.id).where(lower.is_active, works.correlate(lower).exists(), ~leads.correlate(lower).exists())
    return set(db.session.scalars(found))


def _serving(department_id: Any) -> Select[int]:
    """Posts of people with an open account in a department, each with its role."""
    return (
        select(Post.id)
        .join(User, _serves())
        .join(Role, Role.id == Post.role_id)
        .where(Post.department_id == department_id)
    )


def _serves() -> ColumnElement[bool]:
    return (User.id == Post.user_id) & User.is_active
