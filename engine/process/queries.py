"""Reading what is open, and what has happened."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from engine.access.actors import Actor
from engine.kit.db import db
from engine.process.models import (
    Delivery,
    OpenTask,
    OpenTimer,
    OutboxMessage,
    ProcessDefinition,
    ProcessEvent,
    ProcessInstance,
)


def open_steps(kind: str, subject_id: int) -> list[OpenTask]:
    """The steps that a subject waits in, oldest first."""
    of_subject = (OpenTask.subject_kind == kind) & (OpenTask.subject_id == subject_id)
    return list(db.session.scalars(select(OpenTask).where(of_subject).order_by(OpenTask.opened_at, OpenTask.id)))


def open_step(task_id: str) -> OpenTask | None:
    """One open step."""
    return db.session.get(OpenTask, task_id, populate_existing=True)


def offered_to(actor: Actor) -> Select[OpenTask]:
    """The open steps of ``actor``: given to him, or given to nobody and offered to one of his groups.

    So are those of people for whom he stands in.
    """
    return select(OpenTask).where(is_offered(actor))


def is_offered(actor: Actor) -> ColumnElement[bool]:
    """The same as a condition on ``OpenTask``."""
    mine = OpenTask.assignee_id.in_(sorted(actor.ids))
    offered = and_(OpenTask.assignee_id.is_(None), OpenTask.group_name.in_(actor.groups))
    return or_(mine, offered) if actor.ids else offered


def instances_of(kind: str, subject_id: int) -> list[ProcessInstance]:
    """Every instance of a subject, the newest first."""
    of_subject = (ProcessInstance.subject_kind == kind) & (ProcessInstance.subject_id == subject_id)
    return list(db.session.scalars(select(ProcessInstance).where(of_subject).order_by(ProcessInstance.id.desc())))


def history(instance_id: int) -> list[ProcessEvent]:
    """The moves of an instance, oldest first."""
    return list(db.session.scalars(
        select(ProcessEvent).where(ProcessEvent.instance_id == instance_id).order_by(ProcessEvent.id)
    ))  # fmt: skip


def moved(instance_id: int) -> Select[int | None]:
    """Ids of those who made the moves of this instance; None for the program's own."""
    return select(ProcessEvent.by_id).where(ProcessEvent.instance_id == instance_id)


def movers(instance_id: int) -> set[int]:
    """Ids of all who have begun this instance or done a step of it."""
    return {one for one in db.session.scalars(moved(instance_id)) if one is not None}


def moved_by(user_ids: Collection[int]) -> ColumnElement[bool]:
    """Did one of these people have a hand in the instance that an ``OpenTask`` belongs to? A condition."""
    return exists().where(ProcessEvent.by_id.in_(sorted(user_ids)), ProcessEvent.instance_id == OpenTask.instance_id)


def definitions() -> Sequence[ProcessDefinition]:
    """Every version of every drawing, the newest first."""
    return db.session.scalars(
        select(ProcessDefinition).order_by(ProcessDefinition.key, ProcessDefinition.version.desc())
    ).all()


def next_due() -> datetime | None:
    """When the next timer fires or the next action is to be performed; None where nothing waits. One statement."""
    timer = select(func.min(OpenTimer.due_at)).scalar_subquery()
    action = select(func.min(OutboxMessage.next_at)).where(OutboxMessage.state == Delivery.pending.value)
    moments = db.session.execute(select(timer, action.scalar_subquery())).one()
    return min((moment for moment in moments if moment is not None), default=None)
