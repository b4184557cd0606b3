"""What failed three times and waits for an administrator: looked at, then tried again or settled by hand."""

import logging
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from engine.kit.db import db
from engine.kit.errors import NotFound
from engine.kit.signals import signals
from engine.process import execution, instances
from engine.process.errors import IncidentClosed, InstanceEnded, NotSkippable, StepGone
from engine.process.models import Delivery, Incident, OpenTimer, OutboxMessage
from engine.process.subjects import Move

log = logging.getLogger(__name__)

_OVER = "The version that the case was moved to has no such place."

opened = signals.signal("incident-opened")
"""Sent with the incident and ``at``; whoever delivers messages listens."""

retried = signals.signal("incident-retried")
"""Sent with the incident and ``at``: whoever opened it for work of his own wakes that work."""


def open_incidents(*, most: int = 200) -> list[Incident]:
    """Unresolved incidents, the newest first."""
    unresolved = select(Incident).where(Incident.resolved_at.is_(None))
    return list(db.session.scalars(unresolved.order_by(Incident.opened_at.desc(), Incident.id.desc()).limit(most)))


def open_ids(*, until: int | None = None, most: int) -> list[int]:
    """Ids of unresolved incidents, the oldest first; up to the id ``until``."""
    unresolved = select(Incident.id).where(Incident.resolved_at.is_(None))
    chosen = unresolved if until is None else unresolved.where(Incident.id <= until)
    return list(db.session.scalars(chosen.order_by(Incident.id).limit(most)))


def count_open() -> int:
    """How many are unresolved."""
    return db.session.scalar(select(func.count(Incident.id)).where(Incident.resolved_at.is_(None))) or 0


def some(incident_ids: Collection[int]) -> dict[int, Incident]:
    """These incidents, open or not, by id."""
    chosen = select(Incident).where(Incident.id.in_(incident_ids)).order_by(Incident.id)
    return {one.id: one for one in db.session.scalars(chosen)}


def open_for(work: OpenTimer | OutboxMessage, error: Exception, at: datetime) -> Incident:
    """Open an incident for a timer or an outbox message that has failed too often."""
    log.warning("incident at %s of instance %s", work.node, work.instance_id, exc_info=error)
    incident = Incident(
        instance_id=work.instance_id,
        task_id=work.task_id,
        node=work.node,
        timer_id=work.id if isinstance(work, OpenTimer) else None,
        outbox_id=work.id if isinstance(work, OutboxMessage) else None,
        error=sentence(error),
        attempts=work.attempts,
        opened_at=at,
    )
    db.session.add(incident)
    db.session.flush()
    opened.send(incident, at=at)
    return incident


def open_about(
    instance_id: int, *, node: str, clock_id: int, attempts: int, error: Exception, at: datetime
) -> Incident:
    """Open an incident for work about an instance that a room above does, and has failed at too often."""
    log.warning("incident at %s of instance %s", node, instance_id, exc_info=error)
    incident = Incident(
        instance_id=instance_id,
        task_id="",
        node=node,
        clock_id=clock_id,
        error=sentence(error),
        attempts=attempts,
        opened_at=at,
    )
    db.session.add(incident)
    db.session.flush()
    opened.send(incident, at=at)
    return incident


def retry(incident_id: int, *, by_id: int | None, at: datetime, note: str = "") -> None:
    """Let the workers try it again now, with three fresh attempts.

    Raises NotFound, or IncidentClosed.
    """
    incident = _unresolved(incident_id)
    if incident.timer_id is not None:
        timer = db.session.get(OpenTimer, incident.timer_id, with_for_update=True)
        if timer is not None:
            timer.due_at, timer.attempts, timer.claimed_until = at, 0, None
    if incident.outbox_id is not None:
        message = db.session.get(OutboxMessage, incident.outbox_id, with_for_update=True)
        if message is not None and message.state == Delivery.failed:
            message.state, message.next_at = Delivery.pending.value, at
            message.attempts, message.claimed_until = 0, None
    retried.send(incident, at=at)
    _settle(incident, by_id, at, note)


def resolve(
    incident_id: int,
    *,
    by_id: int | None,
    at: datetime,
    note: str,
    facts: dict[str, str | int | float | bool] | None = None,
) -> Move | None:
    """Settle an incident by hand, and say how in ``note``.

    With ``facts`` the failed service task counts as performed with these results, and the process goes on; without, the
    token stays where it is. Raises NotFound, IncidentClosed, FactsRefused.
    """
    incident = _unresolved(incident_id)
    move = _performed_by_hand(incident, facts, at) if facts is not None and incident.outbox_id is not None else None
    _settle(incident, by_id, at, note)
    return move


def follow(instance_ids: Collection[int], *, at: datetime) -> None:
    """These instances run on another drawing now: their incidents name its nodes, or are over with their work."""
    unresolved = Incident.instance_id.in_(instance_ids) & Incident.resolved_at.is_(None)
    about_work = Incident.timer_id.is_not(None) | Incident.outbox_id.is_not(None)
    for incident in db.session.scalars(select(Incident).where(unresolved, about_work).with_for_update()).all():
        work = _work(incident)
        if work is not None:
            incident.node = work.node
        else:
            _settle(incident, None, at, _OVER)


def _work(incident: Incident) -> OpenTimer | OutboxMessage | None:
    """The timer or action that an incident is about, while it waits."""
    if incident.timer_id is not None:
        return db.session.get(OpenTimer, incident.timer_id, populate_existing=True)
    message = db.session.get(OutboxMessage, incident.outbox_id, populate_existing=True)
    return message if message is not None and message.state != Delivery.cancelled else None


def skip(incident_id: int, facts: dict[str, Any], *, by_id: int | None, at: datetime, note: str) -> Move:
    """Go on as if the failed action had been performed with these results, or as if the failed timer had fired.

    Raises NotFound, IncidentClosed, NotSkippable, StepGone, InstanceEnded, FactsRefused, and what the drawing raises.
    """
    incident = _unresolved(incident_id)
    if incident.timer_id is None and incident.outbox_id is None:
        raise NotSkippable
    loaded = instances.of(incident.instance_id)
    if incident.timer_id is not None:
        move = execution.fire(loaded, incident.task_id, incident.node, at=at)
    else:
        move = execution.perform(loaded, incident.task_id, facts, at=at)
        message = db.session.get_one(OutboxMessage, incident.outbox_id, with_for_update=True)
        message.state, message.done_at, message.claimed_until = Delivery.done.value, at, None
    _settle(incident, by_id, at, note)
    return move


def sentence(error: Exception) -> str:
    """What went wrong, short enough for a list. The first line: a database's further ones quote the row."""
    return f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"[:1000]


def _performed_by_hand(incident: Incident, facts: dict[str, str | int | float | bool], at: datetime) -> Move | None:
    try:
        loaded = instances.of(incident.instance_id)
        move = execution.perform(loaded, incident.task_id, facts, at=at)
    except (StepGone, InstanceEnded):
        return None
    message = db.session.get(OutboxMessage, incident.outbox_id, with_for_update=True)
    if message is not None:
        message.state, message.done_at = Delivery.done.value, at
    return move


def _unresolved(incident_id: int) -> Incident:
    incident = db.session.get(Incident, incident_id, with_for_update=True, populate_existing=True)
    if incident is None:
        raise NotFound
    if incident.resolved_at is not None:
        raise IncidentClosed
    return incident


def _settle(incident: Incident, by_id: int | None, at: datetime, note: str) -> None:
    incident.resolved_at, incident.resolved_by_id, incident.note = at, by_id, note
    db.session.flush()
