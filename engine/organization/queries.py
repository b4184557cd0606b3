"""Finding people and departments."""

from collections.abc import Collection, Sequence

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import selectinload

from engine.kit.db import db
from engine.kit.errors import NotFound
from engine.kit.paging import Page
from engine.organization.gaps import GAPS
from engine.organization.models import Department, Post, User


def user(user_id: int) -> User:
    """One person; raises NotFound."""
    found = db.session.get(User, user_id)
    if found is None:
        raise NotFound
    return found


def department(department_id: int) -> Department:
    """One department; raises NotFound."""
    found = db.session.get(Department, department_id)
    if found is None:
        raise NotFound
    return found


def names_of(ids: Collection[int]) -> dict[int, str]:
    """Short names of departments by their ids; without ids nothing is asked."""
    if not ids:
        return {}
    found = db.session.execute(select(Department.id, Department.short_name).where(Department.id.in_(sorted(ids))))
    return dict(found.tuples().all())


def departments(*, with_closed: bool = False) -> Sequence[Department]:
    """The tree, parents before their children, siblings by code."""
    found = select(Department)
    if not with_closed:
        found = found.where(Department.is_active)
    everyone = db.session.scalars(found.order_by(Department.code)).all()
    codes = {one.id: one.code for one in everyone}
    return sorted(everyone, key=lambda one: [codes.get(int(id), "") for id in one.path.strip("/").split("/")])


def successor_of(department: Department) -> Department:
    """Whoever answers for the department's duties now: itself, or the last of those that took over."""
    seen = {department.id}
    while not department.is_active and department.successor_id not in {None, *seen}:
        department = db.session.get_one(Department, department.successor_id)
        seen.add(department.id)
    return department


def people_of(department: Department, *, with_below: bool = False, with_closed: bool = False) -> Sequence[User]:
    """Who serves in a department (or also below it), by name."""
    places = Department.path.startswith(department.path) if with_below else Department.id == department.id
    serving = exists().where(Post.user_id == User.id, Post.department_id == Department.id, places)
    return db.session.scalars(_people(with_closed=with_closed).where(serving)).all()


def search(typed: str, *, department: Department | None = None, limit: int = 20) -> Sequence[User]:
    """Active people whose name, user name or pinyin (full or initials) begins with what was typed: 王, wangf, wf."""
    return db.session.scalars(matching(typed, department=department).limit(limit)).all()


def page_of_people(
    typed: str,
    *,
    department: Department | None = None,
    with_closed: bool = False,
    lacking: str = "",
    page: int = 1,
    size: int = 50,
) -> Page[User]:
    """One page of the people found as by :func:`search`; ``lacking`` (a key of ``gaps.GAPS``) keeps to some of them."""
    found = matching(typed, department=department, with_closed=with_closed)
    if lacking in GAPS:
        found = found.where(User.is_active, GAPS[lacking])
    total = db.session.scalar(select(func.count()).select_from(found.order_by(None).subquery())) or 0
    return Page(db.session.scalars(found.offset((page - 1) * size).limit(size)).all(), page, size, total)


def counts_of_people() -> dict[int, int]:
    """How many people serve directly in each department, by its id."""
    serving = select(Post.department_id, func.count(Post.user_id.distinct())).join(User, User.id == Post.user_id)
    found = db.session.execute(serving.where(User.is_active).group_by(Post.department_id))
    return dict(found.tuples().all())


def matching(typed: str, *, department: Department | None = None, with_closed: bool = False) -> Select[User]:
    """The select behind :func:`search`, for lists that page."""
    found = _people(with_closed=with_closed)
    text = "".join(typed.lower().split())
    if text:
        found = found.where(
            or_(
                User.name.contains(typed.strip(), autoescape=True),
                User.username.startswith(text, autoescape=True),
                User.pinyin.startswith(text, autoescape=True),
                User.pinyin.contains(f" {text}", autoescape=True),
            )
        )
    if department is not None:
        found = found.where(
            exists().where(
                Post.user_id == User.id,
                Post.department_id == Department.id,
                Department.path.startswith(department.path),
            )
        )
    return found


def _people(*, with_closed: bool) -> Select[User]:
    found = select(User).options(selectinload(User.posts).joinedload(Post.department)).order_by(User.name, User.id)
    return found if with_closed else found.where(User.is_active)
