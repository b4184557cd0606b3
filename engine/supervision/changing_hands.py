"""Steps of many cases that change hands at once: which step of each is meant, why none is, and who can be chosen.

Only steps of the case's own drawing: what is asked about a case besides is decided on its page.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from engine.access.actors import Actor
from engine.access.models import Role, RolePermission
from engine.access.permissions import Permission, Scope
from engine.cases import acts, policy, reassigning, stages, steps
from engine.cases.errors import CaseEnded, HasItAlready
from engine.cases.models import Case, Involvement
from engine.kit.db import db
from engine.kit.errors import CityLoopError
from engine.organization.models import Department, Post, User
from engine.process.models import OpenTask
from engine.supervision.errors import NoStepOfYours, SeveralSteps

May = Callable[[Case, OpenTask, Actor], bool]
_TO_HANDLERS = frozenset({"assignment", stages.HANDLING})


def open_steps(cases: Mapping[int, Case]) -> dict[int, list[OpenTask]]:
    """The open steps of these cases' own drawings, by case: one statement."""
    chosen = select(OpenTask).where(OpenTask.subject_kind == stages.KIND, OpenTask.subject_id.in_(list(cases)))
    found: dict[int, list[OpenTask]] = defaultdict(list)
    for task in db.session.scalars(chosen.order_by(OpenTask.opened_at, OpenTask.id)):
        if task.instance_id == cases[task.subject_id].instance_id:
            found[task.subject_id].append(task)
    return found


def meant(case: Case, tasks: Sequence[OpenTask], may: May, by: Actor) -> OpenTask:
    """The one step that changes hands. Raises CaseEnded, NoStepOfYours, SeveralSteps."""
    if case.ended_at is not None:
        raise CaseEnded
    found = [task for task in tasks if any(may(case, task, face) for face in by.faces)]
    if not found:
        raise NoStepOfYours
    if len(found) > 1:
        raise SeveralSteps
    return found[0]


def untaken(case: Case, tasks: Sequence[OpenTask], by: Actor, taking_part: Collection[str]) -> OpenTask:
    """The step that ``by`` would take over; ``taking_part`` are the parts that he took in the case.

    Raises what ``meant`` raises, HasItAlready, HandledIt, ProposedIt.
    """
    task = meant(case, tasks, reassigning.is_within_reach, by)
    if task.assignee_id in by.ids:
        raise HasItAlready
    policy.check_parts(case, task, by, taking_part)
    return task


def parts_of(case_ids: Collection[int], by: Actor) -> dict[int, set[str]]:
    """Which parts ``by``, or whom he stands in for, took in these cases: one statement."""
    rows = select(Involvement.case_id, Involvement.part).where(
        Involvement.case_id.in_(list(case_ids)), Involvement.user_id.in_(sorted(by.ids))
    )
    found: dict[int, set[str]] = defaultdict(set)
    for case_id, part in db.session.execute(rows).tuples():
        found[case_id].add(part)
    return found


def people(pairs: Iterable[tuple[Case, OpenTask]]) -> list[tuple[User, str]]:
    """Whoever may do one of these steps at least, with a department of his, by name: one statement.

    Whether he may do a certain one of them is looked at when it is given to him.
    """
    wanted = _wanted(pairs)
    if not wanted:
        return []
    rows = db.session.execute(
        select(User, Department.short_name)
        .join(Post, Post.user_id == User.id)
        .join(Role, Role.id == Post.role_id)
        .join(Department, Department.id == Post.department_id)
        .where(User.is_active, or_(*wanted))
        .order_by(User.name, User.id, Post.id)
    )
    found: dict[int, tuple[User, str]] = {}
    for user, department in rows.tuples():
        found.setdefault(user.id, (user, department))
    return list(found.values())


def _wanted(pairs: Iterable[tuple[Case, OpenTask]]) -> list[ColumnElement[bool]]:
    """The posts that these steps need, as predicates: one for each department, and one for the city's roles."""
    city, lanes, handling = set[str](), defaultdict[str, set[str]](set), set[str]()
    for case, task in pairs:
        lane = str(task.lane)
        if stages.scope_of(lane) != Scope.department or case.department is None:
            city.add(lane)
            continue
        lanes[case.department.path].add(lane)
        if task.act in _TO_HANDLERS:
            handling.add(case.department.path)
    handles = select(RolePermission.role_id).where(RolePermission.permission == Permission.case_handle.value)
    return [
        *(and_(Department.path.startswith(path), Role.code.in_(sorted(of))) for path, of in sorted(lanes.items())),
        *(and_(Department.path.startswith(path), Role.id.in_(handles)) for path in sorted(handling)),
        *([Role.code.in_(sorted(city))] if city else []),
    ]


def give(case: Case, values: dict[str, Any], by: Actor, at: datetime) -> None:
    """Give the step that is meant to ``person_id``, with ``reason``. The case must be locked.

    Raises what ``meant`` and ``reassigning.reassign`` raise.
    """
    task = meant(case, _own(case), reassigning.may_move, by)
    _perform(case, "reassignment", values | {"task_id": task.id}, by, at)


def take(case: Case, values: dict[str, Any], by: Actor, at: datetime) -> None:
    """Take the step that is meant over, with ``note``. The case must be locked.

    Raises what ``untaken`` and ``reassigning.take_over`` raise.
    """
    task = untaken(case, _own(case), by, parts_of([case.id], by)[case.id])
    _perform(case, "takeover", values | {"task_id": task.id}, by, at)


def _own(case: Case) -> list[OpenTask]:
    return [task for task in steps.open_steps(case) if task.instance_id == case.instance_id]


def _perform(case: Case, name: str, values: dict[str, Any], by: Actor, at: datetime) -> None:
    offer = acts.find(name, steps.open_steps(case))
    acts.carry_out(case, offer, values, by=acts.check(case, offer, by), at=at)


def looked_for(find: Callable[..., OpenTask], *where: Any) -> tuple[CityLoopError | None, OpenTask | None]:
    """Why no step can change hands there, or the step that can; ``find`` is ``meant`` or ``untaken``."""
    try:
        return None, find(*where)
    except CityLoopError as refusal:
        return refusal, None
