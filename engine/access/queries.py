"""Reading roles, and explaining who may do what."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from engine.access.errors import RoleMissing
from engine.access.models import Role, RolePermission
from engine.access.permissions import Permission
from engine.kit.db import db
from engine.organization.models import Department, Post, User


@dataclass(frozen=True)
class Reason:
    """Why a person may do something: he serves at this department in this role, and sees as far as its scope."""

    user: User
    department: Department
    role: Role


def roles() -> Sequence[Role]:
    """Every role with its permissions, in the order in which they were made."""
    return db.session.scalars(select(Role).options(selectinload(Role.grants)).order_by(Role.id)).all()


def role(role_id: int) -> Role:
    """One role; raises RoleMissing."""
    found = db.session.get(Role, role_id)
    if found is None:
        raise RoleMissing
    return found


def names() -> dict[int, Role]:
    """Every role by its id, without its permissions: for lists that name posts."""
    return {role.id: role for role in db.session.scalars(select(Role))}


def permissions_of(user_id: int) -> set[str]:
    """Everything that a person's posts together let him do."""
    held = select(RolePermission.permission).join(Post, Post.role_id == RolePermission.role_id)
    return set(db.session.scalars(held.where(Post.user_id == user_id)))


def explain(user_id: int, permission: Permission) -> list[Reason]:
    """Through which posts a person holds a permission; empty where he does not."""
    return _reasons(permission, user_id=user_id)


def effective(user_id: int) -> dict[str, list[Reason]]:
    """Everything that a person may do, by permission, each with the posts that let him: one statement."""
    found: dict[str, list[Reason]] = defaultdict(list)
    for permission, *row in db.session.execute(_held(RolePermission.permission).where(User.id == user_id)):
        reason = Reason(*row)
        if reason not in found[permission]:
            found[permission].append(reason)
    return dict(found)


def who_may(permission: Permission) -> list[Reason]:
    """Everybody active who holds a permission, by name, with the posts that give it."""
    return _reasons(permission)


def holders_of(role: Role) -> list[int]:
    """Ids of the people who serve in a role."""
    return list(db.session.scalars(select(Post.user_id).where(Post.role_id == role.id).distinct()))


def _reasons(permission: Permission, *, user_id: int | None = None) -> list[Reason]:
    found = _held().where(RolePermission.permission == permission.value)
    if user_id is not None:
        found = found.where(User.id == user_id)
    # Two posts that differ in their grid alone are one reason.
    return list(dict.fromkeys(Reason(*row) for row in db.session.execute(found)))


def _held(*columns: Any) -> Select[Any]:
    """Each permission that somebody active holds through a post, with what a reason is made of."""
    return (
        select(*columns, User, Department, Role)
        .select_from(User)
        .join(Post, Post.user_id == User.id)
        .join(Department, Department.id == Post.department_id)
        .join(Role, Role.id == Post.role_id)
        .join(RolePermission, RolePermission.role_id == Role.id)
        .where(User.is_active)
        .order_by(User.name, User.id, Role.id)
    )
