"""Reading what is open, and what has happened."""

from collections.abc import Sequence
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
    """The open steps of ``actor``: given to him, or given to nobody and offered to one of his groups."""
    mine = OpenTask.assignee_id == actor.id
    offered = and_(OpenTask.assignee_id.is_(None), OpenTask.group_name.in_(actor.groups))
    return select(OpenTask).where(or_(mine, offered) if actor.id is not None else offered)


def instances_of(kind: str, subject_id: int) -> list[ProcessInstance]:
    """Every instance of a subject, the newest first."""
    of_subject = (ProcessInstance.subject_kind == kind) & (ProcessInstance.subject_id == subject_id)
    return list(db.session.scalars(select(ProcessInstance).where(of_subject).order_by(ProcessInstance.id.desc())))


def history(instance_id: int) -> list[ProcessEvent]:
    """The moves of an instance, oldest first."""
    return list(db.session.scalars(
        select(ProcessEvent).where(ProcessEvent.instance_id == instance_id).order_by(ProcessEvent.id)
    ))  # fmt: skip


def has_moved(instance_id: int, user_id: int | None) -> bool:
    """Has this person begun this instance, or done a step of it?"""
    return bool(db.session.scalar(select(exists().where(_moved(user_id), ProcessEvent.instance_id == instance_id))))


def moved_by(user_id: int | None) -> ColumnElement[bool]:
    """The same as a condition on ``OpenTask``: he had a hand in the instance that the step belongs to."""
    return exists().where(_moved(user_id), ProcessEvent.instance_id == OpenTask.instance_id)


def _moved(user_id: int | None) -> ColumnElement[bool]:
    return ProcessEvent.by_id == user_id


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
