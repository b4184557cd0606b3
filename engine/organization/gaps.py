"""What an administrator should look after among people: accounts that lack something. Rights are the room above's."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select

from engine.kit.db import db
from engine.organization.models import Department, Post, User

GAPS: dict[str, ColumnElement[bool]] = {
    "post": ~select(Post.id).where(Post.user_id == User.id).exists(),
    "sign_in": User.last_sign_in_at.is_(None),
}
"""What an open account may lack, by the word in a list's address."""


@dataclass(frozen=True)
class Standing:
    """Counts of open accounts and of departments."""

    people: int
    without_post: int
    never_signed_in: int
    departments: int
    merged: int


def standing() -> Standing:
    """How people and departments stand: one statement."""
    people = select(func.count()).select_from(User).where(User.is_active)
    departments = select(func.count()).select_from(Department)
    counts = (
        people,
        people.where(GAPS["post"]),
        people.where(GAPS["sign_in"]),
        departments.where(Department.is_active),
        departments.where(Department.is_active.is_(False)),
    )
    return Standing(*db.session.execute(select(*(one.scalar_subquery() for one in counts))).one())
