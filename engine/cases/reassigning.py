"""Giving an open step to somebody else (改派), and taking it over (接办).

Only its holder changes: the step, its clock and its due moment stay what they are.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select

from engine.access import actors
from engine.access.actors import Actor
from engine.access.models import Role
from engine.access.permissions import Permission, Scope
from engine.cases import assignment, policy, stages, step_departments, steps, timeline
from engine.cases.errors import CaseEnded, HasItAlready, StepNotOpen
from engine.cases.models import Case, Stage
from engine.kit.db import db
from engine.kit.errors import Invalid, NotAllowed
from engine.kit.i18n import N_
from engine.organization.models import Department, Post, User
from engine.process import placing
from engine.process import queries as process
from engine.process.models import OpenTask
from engine.process.subjects import Placement

NOBODY = N_("nobody by name")


def movable(case: Case, tasks: Sequence[OpenTask], by: Actor) -> list[OpenTask]:
    """The open steps that ``by`` may give to somebody else: a head those of his departments, a supervisor any."""
    return [task for task in tasks if may_move(case, task, by)]


def may_move(case: Case, task: OpenTask, by: Actor) -> bool:
    """A step with no lane of its own is nobody's to give: the program or its drawing ends it."""
    if task.lane is None:
        return False
    return by.has(Permission.case_supervise) or policy.leads(case, task, by)


def takeable(case: Case, tasks: Sequence[OpenTask], by: Actor) -> list[OpenTask]:
    """The open steps that ``by`` may take himself: those of his groups, and as a head those of his departments."""
    return [task for task in tasks if task.assignee_id not in by.ids and _may_take(case, task, by)]


def _may_take(case: Case, task: OpenTask, by: Actor) -> bool:
    if not is_within_reach(case, task, by):
        return False
    return policy.allows(lambda case, actor: policy.check_hands(case, task, actor), case, by)


def is_within_reach(case: Case, task: OpenTask, by: Actor) -> bool:
    """Is this a step of his groups or, as a head, of his departments? What came before may keep him from it."""
    if task.lane is None:
        return False
    return policy.leads(case, task, by) or _is_of_his_groups(case, task, by)


def _is_of_his_groups(case: Case, task: OpenTask, by: Actor) -> bool:
    if stages.scope_of(task.lane) == Scope.department:
        return actors.group(str(task.lane), department_id=step_departments.of(case, task)) in by.groups
    # Also those of another beat: the pool of collectors works in the whole city.
    return task.lane in by.groups or task.group_name in by.groups


def candidates(case: Case, task: OpenTask) -> list[User]:
    """Who may do this step besides whoever has it: people of its lane whom nothing keeps apart from it, by name.

    A department's people, also of those below it. What a clerk would assign may go to a handler at once.
    """
    people = select(User).where(User.is_active, User.id != (task.assignee_id or 0), _serves(case, task))
    apart = _kept_apart(case, task)
    return [one for one in db.session.scalars(people.order_by(User.name, User.id)) if one.id not in apart]


def _serves(case: Case, task: OpenTask) -> ColumnElement[bool]:
    """A condition on ``User``."""
    in_lane = exists().where(Post.user_id == User.id, Post.role_id == Role.id, Role.code == task.lane)
    department = _department(case, task)
    if stages.scope_of(task.lane) == Scope.department and department is not None:
        below = Department.path.startswith(department.path)
        in_lane = in_lane.where(Post.department_id == Department.id, below)
        if task.act in {"assignment", stages.HANDLING}:
            handles = User.id.in_([one.id for one in assignment.handlers(case)])
            return handles if task.act == stages.HANDLING else or_(in_lane, handles)
    return in_lane


def _department(case: Case, task: OpenTask) -> Department | None:
    if not step_departments.is_elsewhere(case, task):
        return case.department
    return db.session.get(Department, step_departments.of(case, task))


def _kept_apart(case: Case, task: OpenTask) -> set[int]:
    """Ids of those whom ``policy.check_hands`` would refuse this step: two statements at most."""
    parts = {"handled"} if task.act in policy.APART_FROM_HANDLING else set()
    if task.act in policy.steps_apart_from_acceptance():
        parts.add("accepted")
    found = process.movers(task.instance_id) if task.act in policy.APART_FROM_ASKING else set()
    parts |= {timeline.moved(task.instance_id)} if task.act in policy.APART_FROM_ASKING else set()
    if task.act in policy.APART_FROM_HANDLING:
        found |= {one for one in (case.handler_id, case.reported_by_id if case.is_self_handled else None) if one}
    return found | timeline.people_with(case.id, parts) if parts else found


def reassign(case: Case, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Give a step to somebody by name. A head who gives the step of assigning to a handler has assigned the case.

    Raises StepNotOpen, CaseEnded, NotAllowed, HasItAlready, Invalid (beside the field).
    """
    task = _task(case, values.get("task_id"), movable(case, steps.open_steps(case), by))
    if not may_move(case, task, by):
        raise NotAllowed
    if task.assignee_id == values["person_id"]:
        raise HasItAlready
    person = next((one for one in candidates(case, task) if one.id == values["person_id"]), None)
    if person is None:
        raise Invalid.field("person_id", N_("Please choose somebody who may do this step."))
    if task.act == "assignment" and person.id in {one.id for one in assignment.handlers(case)}:
        _tell_before(case, task, task.assignee_id, by, at)
        assignment.assign(case, task, {"handler_id": person.id, "note": values["reason"]}, by=by, at=at)
    else:
        _give(case, task, person, "reassignment", values["reason"], by, at)


def take_over(case: Case, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Take a step oneself. Raises StepNotOpen, CaseEnded, NotAllowed."""
    task = _task(case, values.get("task_id"), takeable(case, steps.open_steps(case), by))
    person = db.session.get(User, by.id)
    if person is None or not _may_take(case, task, by):
        raise NotAllowed
    if task.assignee_id == person.id:
        raise HasItAlready
    _give(case, task, person, "takeover", values.get("note", ""), by, at)


def check_reassigning(case: Case, by: Actor) -> None:
    """Raises NotAllowed where no step of this case is ``by``'s to give, CaseEnded."""
    _check(case, bool(movable(case, steps.open_steps(case), by)))


def check_taking(case: Case, by: Actor) -> None:
    """Raises NotAllowed where no step of this case is ``by``'s to take, CaseEnded."""
    _check(case, bool(takeable(case, steps.open_steps(case), by)))


def _check(case: Case, is_possible: bool) -> None:
    if case.stage in Stage.ended() and not is_possible:
        raise CaseEnded
    if not is_possible:
        raise NotAllowed


def _task(case: Case, task_id: str | None, known: Sequence[OpenTask]) -> OpenTask:
    """The step that was meant; where only one comes into question, it need not be named."""
    if not task_id and len(known) == 1:
        return known[0]
    found = next((task for task in steps.open_steps(case) if task.id == task_id), None)
    if found is None:
        raise CaseEnded if case.stage in Stage.ended() else StepNotOpen
    return found


def _give(case: Case, task: OpenTask, person: User, act: str, note: str, by: Actor, at: datetime) -> None:
    before = db.session.get(User, task.assignee_id) if task.assignee_id is not None else None
    placement = Placement(group=task.group_name, assignee_id=person.id, due_at=task.due_at, amber_at=task.amber_at)
    placing.place(task.id, placement)
    if task.act == stages.HANDLING:
        case.handler_id = person.id
    told = before.name if before is not None else NOBODY
    timeline.add(case, act, by=by, at=at, note=note, step=task.name, person_before=told, person=person.name)
    _tell_before(case, task, before.id if before is not None else None, by, at)
    stages.given.send(case, step=task, placement=placement, by_id=by.id, at=at)


def _tell_before(case: Case, task: OpenTask, user_id: int | None, by: Actor, at: datetime) -> None:
    """Whoever had the step by name hears that it is his no more."""
    if user_id is not None:
        stages.taken_away.send(case, step=task, user_id=user_id, by_id=by.id, at=at)
