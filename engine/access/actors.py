"""A person together with what his posts let him do and see: what every act takes as ``by``."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from engine.access.models import Role, RolePermission
from engine.access.permissions import Permission, Scope
from engine.kit.db import db
from engine.organization.models import Department, Post, User


@dataclass(frozen=True)
class Reach:
    """What an actor sees: the whole city, or departments (with those below) and beats of collectors; always his own."""

    city: bool = False
    department_ids: frozenset[int] = frozenset()
    grid_ids: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Actor:
    """Who acts. ``groups`` name the open tasks offered to him: "acceptor", "collector@grid:5", "handler@dept:12"."""

    id: int | None
    name: str
    department_id: int | None = None
    department_name: str = ""
    permissions: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    reach: Reach = field(default_factory=Reach)
    locale: str = "zh_Hans_CN"

    def has(self, permission: Permission) -> bool:
        """May this person do that, as far as roles go? Whether *this case* allows it is its room's policy."""
        return permission.value in self.permissions


SYSTEM = Actor(id=None, name="系统")
"""The program itself: timers, automatic dispatch, imports."""


def group(role: str, *, department_id: int | None = None, grid_id: int | None = None) -> str:
    """The name under which a task is offered: a role, in a department, or on a responsibility grid."""
    if department_id is not None:
        return f"{role}@dept:{department_id}"
    return f"{role}@grid:{grid_id}" if grid_id is not None else role


def load(user_id: int) -> Actor | None:
    """The actor of one user, in two statements; None when there is no such active user."""
    user = (
        db.session.execute(
            select(User)
            .where(User.id == user_id, User.is_active)
            .options(joinedload(User.posts).joinedload(Post.department))
        )
        .unique()
        .scalar_one_or_none()
    )
    return of(user) if user else None


def of(user: User) -> Actor:
    """The actor of a user whose posts are loaded. One statement for roles, one more where a department tree is seen."""
    roles = _roles({post.role_id for post in user.posts})
    served = [(post, roles[post.role_id]) for post in user.posts]
    first = user.posts[0].department if user.posts else None
    return Actor(
        id=user.id,
        name=user.name,
        department_id=first.id if first else None,
        department_name=first.short_name if first else "",
        permissions=frozenset(permission for _, role in served for permission in role.permissions),
        roles=frozenset(role.code for _, role in served),
        groups=frozenset(name for post, role in served for name in _groups_of(post, role)),
        reach=_reach(served),
        locale=user.locale,
    )


@dataclass
class _Role:
    """A role as it is read at every request: as plain rows, which costs a tenth of what mapped objects do."""

    code: str
    scope: str
    permissions: set[str] = field(default_factory=set)


def _roles(ids: set[int]) -> dict[int, _Role]:
    if not ids:
        return {}
    rows = db.session.execute(
        select(Role.id, Role.code, Role.scope, RolePermission.permission)
        .outerjoin(RolePermission, RolePermission.role_id == Role.id)
        .where(Role.id.in_(ids))
    )
    found: dict[int, _Role] = {}
    for id_, code, scope, permission in rows.tuples():
        role = found.setdefault(id_, _Role(code, scope))
        if permission is not None:
            role.permissions.add(permission)
    return found


def _groups_of(post: Post, role: _Role) -> tuple[str, ...]:
    """A collector also belongs to the city-wide pool, for grids that have nobody of their own."""
    if role.scope == Scope.department:
        return (group(role.code, department_id=post.department_id),)
    if role.scope == Scope.grid:
        return group(role.code, grid_id=post.responsibility_grid_id), role.code
    return (role.code,)


def _reach(served: Iterable[tuple[Post, _Role]]) -> Reach:
    served = list(served)
    roots = [post.department.path for post, role in served if role.scope == Scope.department]
    return Reach(
        city=any(role.scope == Scope.city for _, role in served),
        department_ids=frozenset(_below(roots)) if roots else frozenset(),
        grid_ids=frozenset(
            post.responsibility_grid_id
            for post, role in served
            if role.scope == Scope.grid and post.responsibility_grid_id is not None
        ),
    )


def _below(paths: list[str]) -> Iterable[int]:
    return db.session.scalars(select(Department.id).where(or_(*(Department.path.startswith(path) for path in paths))))
