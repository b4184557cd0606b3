"""Who decides on a request where nobody serves in the lane that its drawing asks: a request never waits for nobody.

First the department's own people, then those of the nearest department above that has any, as the ladder does; then the
ladder's next rung, the supervisors. The centre's own reviewers are left alone: who says yes in one step may not in a
later one, and a city that has one dispatcher would wait for ever.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from engine.access import actors
from engine.access.models import Role
from engine.cases.models import Case
from engine.kit.db import db
from engine.organization.models import Department, Post, User
from engine.process.models import OpenTask

HEAD = "department_head"
NEXT_RUNG = "supervisor"


@dataclass(frozen=True)
class Decider:
    """Who is asked in a department's name: the people of ``department``, or, where that is None, the supervisors."""

    group: str
    department: Department | None
    is_own: bool
    """Is it the department that has the case?"""


def of(case: Case, role: str, apart: Collection[int | None] = (), *, department: Department | None = None) -> Decider:
    """Who answers for the case's department in ``role``; ``apart`` are those who may not: one statement.

    ``role`` is one that reaches as far as a department; ``department`` is asked in place of the case's.
    """
    asked = department or case.department
    if asked is None:
        return Decider(NEXT_RUNG, None, is_own=False)
    line = [int(number) for number in asked.path.strip("/").split("/") if number]
    found = db.session.scalars(
        select(Department)
        .join(Post, Post.department_id == Department.id)
        .join(Role, Role.id == Post.role_id)
        .join(User, User.id == Post.user_id)
        .where(Role.code == role, User.is_active, Department.id.in_(line))
        .where(User.id.not_in(sorted(one for one in apart if one is not None)))
    ).all()
    nearest = max(found, key=lambda one: line.index(one.id), default=None)
    if nearest is None:
        return Decider(NEXT_RUNG, None, is_own=False)
    is_own = nearest.id == case.department_id
    return Decider(actors.group(role, department_id=nearest.id), nearest, is_own)


def is_passed_on(task: OpenTask) -> bool:
    """Is this step offered to the supervisors because nobody serves in its own lane?"""
    return task.group_name == NEXT_RUNG != task.lane
