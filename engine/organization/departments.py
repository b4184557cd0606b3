"""The tree of departments: founding, moving, merging."""

from datetime import datetime

from sqlalchemy import func, select

from engine.kit.db import db
from engine.kit.errors import Invalid
from engine.kit.i18n import N_
from engine.kit.signals import Doer, announce, signals
from engine.organization.errors import DepartmentClosed, DepartmentLoop, StillServing
from engine.organization.models import Department, Post

KINDS = ("center", "municipal", "district", "street", "enterprise")

department_merged = signals.signal("department_merged")
"""Sent with the department, its successor ``into``, ``by`` and ``at``: rooms above hand over what is still open."""


def found(
    code: str,
    name: str,
    kind: str,
    *,
    by: Doer,
    at: datetime,
    short_name: str = "",
    parent: Department | None = None,
    region_code: str | None = None,
    credit_code: str | None = None,
    phone: str | None = None,
) -> Department:
    """Create a department below ``parent``. Raises Invalid for ``code`` (taken) or ``kind`` (unknown)."""
    if kind not in KINDS:
        raise Invalid.field("kind", N_("This kind of department is not known."))
    if db.session.scalar(select(Department.id).where(Department.code == code)):
        raise Invalid.field("code", N_("The code %(code)s is taken."), code=code)
    department = Department(
        code=code,
        name=name,
        short_name=short_name or name[:30],
        kind=kind,
        path="",
        parent_id=parent and parent.id,
        region_code=region_code,
        credit_code=credit_code,
        phone=phone,
    )
    db.session.add(department)
    db.session.flush()
    department.path = _path(parent, department)
    db.session.flush()
    announce(
        "department.founded",
        by=by,
        at=at,
        object_kind="department",
        object_id=department.id,
        detail={"code": code, "name": name},
    )
    return department


def move(department: Department, to: Department | None, *, by: Doer, at: datetime) -> None:
    """Hang a department, with all below it, under another one (None: at the root). Raises DepartmentLoop."""
    if to is not None and to.path.startswith(department.path):
        raise DepartmentLoop
    before, old = department.parent_id, department.path
    department.parent_id = to.id if to else None
    new = _path(to, department)
    for child in db.session.scalars(select(Department).where(Department.path.startswith(old))):
        child.path = new + child.path.removeprefix(old)
    db.session.flush()
    announce(
        "department.moved",
        by=by,
        at=at,
        object_kind="department",
        object_id=department.id,
        detail={"before": before, "after": department.parent_id},
    )


def merge(department: Department, into: Department, *, by: Doer, at: datetime) -> None:
    """Close a department; ``into`` takes over. Its history stays its own (process.md §6).

    Raises DepartmentClosed, DepartmentLoop, StillServing (people first, so that nobody loses his rights unseen).
    """
    for one in (department, into):
        if not one.is_active:
            raise DepartmentClosed(name=one.name)
    if into.path.startswith(department.path):
        raise DepartmentLoop
    serving = db.session.scalar(select(func.count()).where(Post.department_id == department.id)) or 0
    if serving:
        raise StillServing(name=department.name, count=serving)
    department.is_active = False
    department.successor_id = into.id
    db.session.flush()
    department_merged.send(department, into=into, by=by, at=at)
    announce(
        "department.merged", by=by, at=at, object_kind="department", object_id=department.id, detail={"into": into.id}
    )


def _path(parent: Department | None, department: Department) -> str:
    return f"{parent.path if parent else '/'}{department.id}/"
