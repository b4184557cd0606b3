"""Giving an open step to somebody else: another group, or one person."""

from sqlalchemy import update

from engine.kit.db import db
from engine.process.errors import StepGone
from engine.process.models import OpenTask
from engine.process.subjects import Placement


def place(task_id: str, placement: Placement) -> None:
    """Place an open step anew, its due moment too.

    Raises StepGone where it is not open any more.
    """
    values = {
        "group_name": placement.group,
        "assignee_id": placement.assignee_id,
        "due_at": placement.due_at,
        "amber_at": placement.amber_at,
    }
    changed = db.session.execute(update(OpenTask).where(OpenTask.id == task_id).values(values))
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise StepGone
