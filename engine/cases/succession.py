"""Succession (部门撤并): what a merged department still had in hand goes to its successor; its history stays its own.

Cases that wait at the department go over at once. One that is elsewhere by then, in review or on its way to closure,
was handled by the old department and stays with it, unless it comes back to be worked on (process.md §6).
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from engine.access import actors
from engine.access.actors import Actor
from engine.cases import assignment, dispatching, stages, step_departments, steps, timeline
from engine.cases.models import Case, Stage
from engine.cases.round_models import Dispatch
from engine.deadlines import clocks
from engine.kit.db import db
from engine.organization import queries
from engine.organization.models import Department
from engine.process import placing
from engine.process.models import OpenTask
from engine.process.subjects import Placement

IN_HAND = sorted(Stage.at_department() | {Stage.suspended})


def pass_on(old: Department, to: Department, *, by: Actor, at: datetime) -> int:
    """Give every case that ``old`` has in hand to ``to``; how many there were."""
    cases = db.session.scalars(
        select(Case)
        .where(Case.department_id == old.id, Case.stage.in_(IN_HAND))
        .order_by(Case.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for case in cases:
        _give(case, to, by, at)
    _offer_asked(old, to)
    return len(cases)


def come_back(case: Case, *, by: Actor, at: datetime) -> None:
    """A case comes back to a department that was merged meanwhile: whoever took over works on it."""
    if case.department is None or case.department.is_active:
        return
    present = queries.successor_of(case.department)
    if present.is_active:
        _give(case, present, by, at)


def _give(case: Case, to: Department, by: Actor, at: datetime) -> None:
    before = case.department.short_name if case.department else None
    own = [task for task in steps.open_steps(case) if not step_departments.is_elsewhere(case, task)]
    _dispatch_on(case, to, by, at)
    case.department = to
    if case.handler_id not in {None, *(user.id for user in assignment.handlers(case))}:
        case.handler_id = None
    # The time limit is the case's: a reorganisation gives nobody more of it.
    for clock in clocks.open_clocks(stages.KIND, case.id).values():
        if clock.name in {stages.HANDLING, stages.REWORK}:
            clock.department_id = to.id
    _offer(case, own)
    timeline.add(case, "succession", by=by, at=at, department=to.short_name, department_before=before)


def _dispatch_on(case: Case, to: Department, by: Actor, at: datetime) -> None:
    """The old dispatch ends; the new one has its grounds. What an arbitration decided binds the successor too."""
    old = dispatching.current(case)
    if old is None:
        return
    dispatching.end(case, "merger", at)
    db.session.add(
        Dispatch(
            case_id=case.id,
            department_id=to.id,
            at=at,
            by_id=by.id,
            mode="arbitration" if old.mode == "arbitration" else "succession",
            rule_id=old.rule_id,
            rule_version=old.rule_version,
            explanation=old.explanation,
            signed_at=old.signed_at,
        )
    )
    db.session.flush()


def _offer(case: Case, own: Sequence[OpenTask]) -> None:
    """Offer the steps that wait in the department to the same roles of the successor."""
    db.session.flush()
    for task in own:
        is_his = task.assignee_id is not None and task.assignee_id == case.handler_id
        group = None if is_his else stages.group_of(case, task.lane)
        if is_his or group != task.group_name or task.assignee_id is not None:
            assignee = task.assignee_id if is_his else None
            placing.place(task.id, Placement(group, assignee, task.due_at, task.amber_at))


def _offer_asked(old: Department, to: Department) -> None:
    """Offer what drawings ask of the department in cases of others to the same roles of the successor."""
    place = f"@dept:{old.id}"
    asked = select(OpenTask).join(Case, Case.id == OpenTask.subject_id).where(
        OpenTask.subject_kind == stages.KIND, OpenTask.group_name.endswith(place), Case.department_id != old.id
    )  # fmt: skip
    for task in db.session.scalars(asked):
        group = actors.group(str(task.lane), department_id=to.id)
        placing.place(task.id, Placement(group, task.assignee_id, task.due_at, task.amber_at))
