"""When somebody leaves: what was given to him by name is offered to his colleagues again."""

from datetime import datetime

from sqlalchemy import select

from engine.access.actors import SYSTEM
from engine.cases import stages, step_departments, timeline
from engine.cases.models import Case
from engine.kit.db import db
from engine.process import placing
from engine.process.models import OpenTask
from engine.process.subjects import Placement


def offer_again(user_id: int, *, at: datetime) -> int:
    """Offer every open step of a person to the group of its lane; how many there were."""
    tasks = db.session.scalars(
        select(OpenTask).where(OpenTask.assignee_id == user_id, OpenTask.subject_kind == stages.KIND)
    ).all()
    for task in tasks:
        case = db.session.get(Case, task.subject_id)
        if case is None:
            continue
        is_elsewhere = step_departments.is_elsewhere(case, task)
        group = task.group_name if is_elsewhere else stages.group_of(case, task.lane)
        placing.place(task.id, Placement(group=group, due_at=task.due_at, amber_at=task.amber_at))
        if case.handler_id == user_id:
            case.handler_id = None
        timeline.add(case, "reassignment", by=SYSTEM, at=at, step=task.name)
    return len(tasks)
