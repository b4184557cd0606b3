"""A person joins, and serves in posts."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import column, select, table

from engine.kit import pinyin
from engine.kit.db import db
from engine.kit.errors import Invalid
from engine.kit.i18n import N_
from engine.kit.signals import Doer, announce, signals
from engine.organization.errors import DepartmentClosed, NoSuchRole, OwnPosts
from engine.organization.models import Department, Post, User
from engine.organization.passwords import checked

Service = tuple[Department, str, object | None]
"""A department, a role's code, and, for a collector, a responsibility grid (anything with an ``id``)."""

posts_given = signals.signal("posts_given")
"""Sent with ``user`` after his posts changed. A listener above may refuse by raising."""

# Roles belong to ``access``, which looks down on this room: a post needs no more of them than their number.
_role = table("role", column("id"), column("code"))


def hire(
    username: str,
    name: str,
    password: str | None,
    posts: Sequence[Service] = (),
    *,
    by: Doer,
    at: datetime,
    phone: str | None = None,
    email: str | None = None,
) -> User:
    """Open an account and give its posts. Without a password it waits until one is set.

    Raises Invalid for ``username`` (taken) or ``password`` (weak), NoSuchRole, DepartmentClosed.
    """
    if db.session.scalar(select(User.id).where(User.username == username)):
        raise Invalid.field("username", N_("The user name %(username)s is taken."), username=username)
    user = User(
        username=username,
        name=name,
        pinyin=pinyin_of(name),
        password_hash=checked(password, username=username) if password else None,
        phone=phone,
        email=email,
        created_at=at,
    )
    db.session.add(user)
    db.session.flush()
    announce("user.hired", by=by, at=at, object_kind="user", object_id=user.id, detail={"username": username})
    give_posts(user, posts, by=by, at=at)
    return user


def give_posts(user: User, posts: Sequence[Service], *, by: Doer, at: datetime) -> None:
    """Let ``user`` serve in exactly these posts from now on. Raises OwnPosts, NoSuchRole, DepartmentClosed."""
    if by.id is not None and by.id == user.id:
        raise OwnPosts
    before = [_described(post) for post in user.posts]
    wanted = {_key(post): post for post in (_post(*service) for service in posts)}
    held = {_key(post): post for post in user.posts}
    user.posts = [held.get(key, post) for key, post in wanted.items()]
    db.session.flush()
    posts_given.send(user)
    after = [_described(post) for post in user.posts]
    if before != after:
        announce(
            "user.posts_changed",
            by=by,
            at=at,
            object_kind="user",
            object_id=user.id,
            detail={"before": before, "after": after},
        )


def pinyin_of(name: str) -> str:
    """Full pinyin and initials of a Chinese name: "王芳" gives "wangfang wf"."""
    return f"{pinyin.letters(name)} {pinyin.initials(name)}"[:120]


def _post(department: Department, role_code: str, grid: object | None) -> Post:
    if not department.is_active:
        raise DepartmentClosed(name=department.name)
    role_id = db.session.scalar(select(_role.c.id).where(_role.c.code == role_code))
    if role_id is None:
        raise NoSuchRole(code=role_code)
    return Post(
        department=department,
        department_id=department.id,
        role_id=role_id,
        responsibility_grid_id=getattr(grid, "id", None),
    )


def _key(post: Post) -> tuple[int, int, int | None]:
    return post.department_id, post.role_id, post.responsibility_grid_id


def _described(post: Post) -> dict[str, int | None]:
    return {"department": post.department_id, "role": post.role_id, "grid": post.responsibility_grid_id}
