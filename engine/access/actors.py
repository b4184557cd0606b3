"""A person together with what his posts let him do and see: what every act takes as ``by``."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import CompoundSelect, func, literal, or_, select, union_all
from sqlalchemy.orm import contains_eager

from engine.access import policy
from engine.access.models import Delegation, Role, RolePermission
from engine.access.permissions import Permission, Scope
from engine.kit.db import BigId, db
from engine.organization.models import Department, Post, User


@dataclass(frozen=True)
class Reach:
    """What an actor sees: the whole city, or departments (with those below) and beats of collectors; always his own."""

    city: bool = False
    department_ids: frozenset[int] = frozenset()
    grid_ids: frozenset[int] = frozenset()

    def __or__(self, other: "Reach") -> "Reach":
        return Reach(
            self.city or other.city, self.department_ids | other.department_ids, self.grid_ids | other.grid_ids
        )


@dataclass(frozen=True)
class Absent:
    """Somebody who is away, in whose name another acts."""

    id: int
    name: str


@dataclass(frozen=True)
class Actor:
    """Who acts. ``groups`` name the open tasks offered to him: "acceptor", "collector@grid:5", "handler@dept:12".

    Whoever stands in for people who are away has their groups, permissions and reach besides his own; ``hats`` are then
    himself and himself in the name of each of them, and an act is done under one of these.
    """

    id: int | None
    name: str
    department_id: int | None = None
    department_name: str = ""
    permissions: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    reach: Reach = field(default_factory=Reach)
    locale: str = "zh_Hans_CN"
    on_behalf_of: Absent | None = None
    hats: tuple["Actor", ...] = ()

    def has(self, permission: Permission) -> bool:
        """May this person do that, as far as roles go? Whether *this case* allows it is its room's policy."""
        return permission.value in self.permissions

    @property
    def faces(self) -> tuple["Actor", ...]:
        """Under which he may act, his own first."""
        return self.hats or (self,)

    @property
    def ids(self) -> frozenset[int]:
        """Himself, and those in whose name he acts: what separates duties looks at all of them."""
        absent = {face.on_behalf_of.id for face in self.faces if face.on_behalf_of is not None}
        return frozenset(absent if self.id is None else {self.id, *absent})


SYSTEM = Actor(id=None, name="系统")
"""The program itself: timers, automatic dispatch, imports."""


def group(role: str, *, department_id: int | None = None, grid_id: int | None = None) -> str:
    """The name under which a task is offered: a role, in a department, or on a responsibility grid."""
    if department_id is not None:
        return f"{role}@dept:{department_id}"
    return f"{role}@grid:{grid_id}" if grid_id is not None else role


def department_in(name: str) -> int | None:
    """The department of a group's name, the other way round; None for a group of the city or of a grid."""
    _, _, number = name.partition("@dept:")
    return int(number) if number else None


@dataclass
class _Role:
    """A role as it is read at every request: as plain rows, which costs a tenth of what mapped objects do."""

    code: str
    scope: str
    permissions: frozenset[str]


_Roles = dict[int, _Role]
_Tree = dict[int, str]
# In one column, so that whoever reads people reads what they may do in the same statement. Codes have no blanks.
_PERMISSIONS = (
    select(func.aggregate_strings(RolePermission.permission, " "))
    .where(RolePermission.role_id == Role.id)
    .correlate(Role)
    .scalar_subquery()
)
_ROLE = (Role.id, Role.code, Role.scope, _PERMISSIONS)


@dataclass(frozen=True)
class Found:
    """An active user and the active ones for whom he stands in, with their posts and the roles of these."""

    user: User
    absent: tuple[User, ...]
    roles: _Roles


def load(user_id: int, *, at: datetime | None = None) -> Actor | None:
    """The actor of one user, in one or two statements; None when there is no such active user.

    With ``at`` he also has what is delegated to him at that moment.
    """
    found = read(user_id, at=at)
    return made_of(found) if found else None


def read(user_id: int, *, at: datetime | None) -> Found | None:
    """An active user, and those for whom he stands in at ``at``: one statement. None where he is not active."""
    rows = db.session.execute(
        select(User, *_ROLE)
        .outerjoin(User.posts)
        .outerjoin(Post.department)
        .outerjoin(Role, Role.id == Post.role_id)
        .where(User.id == user_id if at is None else User.id.in_(_self_and_absent(user_id, at)), User.is_active)
        .order_by(Post.id)
        .options(contains_eager(User.posts).contains_eager(Post.department))
        # Posts and roles are those of the same moment.
        .execution_options(populate_existing=True)
    ).unique().all()  # fmt: skip
    users = {row.User.id: row.User for row in rows}
    user = users.pop(user_id, None)
    roles = _by_id(row[1:] for row in rows)
    return Found(user, tuple(users[key] for key in sorted(users)), roles) if user else None


def _self_and_absent(user_id: int, at: datetime) -> CompoundSelect[Any]:
    running = select(Delegation.from_user_id).where(
        Delegation.to_user_id == user_id,
        Delegation.starts_at <= at,
        Delegation.ends_at > at,
        Delegation.revoked_at.is_(None),
    )
    return union_all(select(literal(user_id, BigId)), running)


def of(user: User) -> Actor:
    """The actor of a user whose posts are loaded, in his own name only: one statement for roles, and ``made_of``'s."""
    return made_of(Found(user, (), _roles({post.role_id for post in user.posts})))


def made_of(found: Found) -> Actor:
    """The actor of a user who was read: one statement where a department tree is seen, else none."""
    user, roles = found.user, found.roles
    posts = [*user.posts, *(post for one in found.absent for post in one.posts)]
    below = _below([post.department for post in posts if roles[post.role_id].scope == Scope.department])
    own = _own(user, roles, below)
    lent = [_in_the_name_of(own, one, _lent(one, user, roles), roles, below) for one in found.absent]
    hats = (own, *(hat for hat in lent if hat.permissions))
    return _together(hats) if len(hats) > 1 and policy.takes_part(own.permissions) else own


def _own(user: User, roles: _Roles, below: _Tree) -> Actor:
    first = user.posts[0].department if user.posts else None
    served = [roles[post.role_id] for post in user.posts]
    return Actor(
        id=user.id,
        name=user.name,
        department_id=first.id if first else None,
        department_name=first.short_name if first else "",
        permissions=frozenset(permission for role in served for permission in role.permissions),
        roles=frozenset(role.code for role in served),
        groups=_groups(user.posts, roles),
        reach=_reach(user.posts, roles, below),
        locale=user.locale,
    )


def _in_the_name_of(own: Actor, absent: User, posts: Sequence[Post], roles: _Roles, below: _Tree) -> Actor:
    held = {permission for post in posts for permission in roles[post.role_id].permissions}
    return replace(
        own,
        permissions=frozenset(held & policy.LENT),
        roles=frozenset(roles[post.role_id].code for post in posts),
        groups=_groups(posts, roles),
        reach=_reach(posts, roles, below),
        on_behalf_of=Absent(absent.id, absent.name),
    )


def _together(hats: tuple[Actor, ...]) -> Actor:
    whole = Reach()
    for hat in hats:
        whole |= hat.reach
    return replace(
        hats[0],
        permissions=frozenset().union(*(hat.permissions for hat in hats)),
        groups=frozenset().union(*(hat.groups for hat in hats)),
        reach=whole,
        hats=hats,
    )


def _lent(absent: User, stand_in: User, roles: _Roles) -> list[Post]:
    """The posts in which one may stand in for the other; of an administrator, none."""
    held = {permission for post in absent.posts for permission in roles[post.role_id].permissions}
    if not policy.takes_part(held):
        return []
    return [post for post in absent.posts if may_be_lent(post, roles[post.role_id].scope, stand_in)]


def may_be_lent(post: Post, scope: str, stand_in: User) -> bool:
    """A department's post goes to somebody of that department, one of the centre to somebody of the centre."""
    if scope == Scope.department:
        return any(other.department_id == post.department_id for other in stand_in.posts)
    return scope != Scope.own and any(other.department.kind == "center" for other in stand_in.posts)


def _roles(ids: set[int]) -> _Roles:
    return _by_id(db.session.execute(select(*_ROLE).where(Role.id.in_(ids)))) if ids else {}


def _by_id(rows: Iterable[Sequence[Any]]) -> _Roles:
    """Rows of ``_ROLE``, empty ones of people without posts among them."""
    return {
        key: _Role(code, scope, frozenset((held or "").split())) for key, code, scope, held in rows if key is not None
    }


def _groups(posts: Iterable[Post], roles: _Roles) -> frozenset[str]:
    return frozenset(name for post in posts for name in _groups_of(post, roles[post.role_id]))


def _groups_of(post: Post, role: _Role) -> tuple[str, ...]:
    """A collector also belongs to the city-wide pool, for grids that have nobody of their own."""
    if role.scope == Scope.department:
        return (group(role.code, department_id=post.department_id),)
    if role.scope == Scope.grid:
        return group(role.code, grid_id=post.responsibility_grid_id), role.code
    return (role.code,)


def _reach(posts: Sequence[Post], roles: _Roles, below: _Tree) -> Reach:
    scopes = [(post, roles[post.role_id].scope) for post in posts]
    roots = tuple(post.department.path for post, scope in scopes if scope == Scope.department)
    return Reach(
        city=any(scope == Scope.city for _, scope in scopes),
        department_ids=frozenset(key for key, path in below.items() if path.startswith(roots)),
        grid_ids=frozenset(
            post.responsibility_grid_id
            for post, scope in scopes
            if scope == Scope.grid and post.responsibility_grid_id is not None
        ),
    )


def _below(roots: Sequence[Department]) -> _Tree:
    """These departments and all below them: id to path."""
    if not roots:
        return {}
    paths = sorted({one.path for one in roots})
    found = select(Department.id, Department.path).where(or_(*(Department.path.startswith(path) for path in paths)))
    return dict(db.session.execute(found).tuples().all())
