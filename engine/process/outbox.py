"""Service tasks: a worker performs the action and completes the step, both in one transaction of its own."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from marshmallow import ValidationError
from sqlalchemy import select, update

from engine.kit.db import db, unit_of_work
from engine.process import actions, claiming, execution, incidents, instances, subjects
from engine.process.errors import InstanceEnded, StepGone
from engine.process.models import Delivery, OutboxMessage
from engine.process.moving import OUTBOX

LEASE = timedelta(minutes=1)


@dataclass(frozen=True)
class Claim:
    """An action that a worker may perform."""

    id: int
    instance_id: int
    subject_kind: str
    subject_id: int
    task_id: str
    action: str
    params: dict[str, Any]


def claim(worker: str, at: datetime, *, most: int = 20) -> list[Claim]:
    """Lend up to ``most`` pending actions to ``worker`` until the lease runs out, in a transaction of its own."""
    with unit_of_work():
        pending = OUTBOX.c.state == Delivery.pending.value
        keys = claiming.claim(OUTBOX, OUTBOX.c.next_at, worker=worker, at=at, lease=LEASE, most=most, also=pending)
        if not keys:
            return []
        columns = [OUTBOX.c[name] for name in Claim.__dataclass_fields__]
        rows = db.session.execute(select(*columns).where(OUTBOX.c.id.in_(keys)).order_by(OUTBOX.c.id))
        return [Claim(*row) for row in rows]


def deliver(claim: Claim, at: datetime) -> bool:
    """Perform a claimed action and complete its service task, in a transaction of its own. True where it was done.

    A failure is tried again after a pause; the third opens an incident.
    """
    try:
        with unit_of_work():
            subjects.hold(claim.subject_kind, claim.subject_id)
            return _deliver(claim, at)
    except Exception as error:
        _failed(claim, error, at)
        return False


def _deliver(claim: Claim, at: datetime) -> bool:
    try:
        loaded = instances.of(claim.instance_id)
        facts = loaded.run.service_facts(claim.task_id)
    except (StepGone, InstanceEnded):
        _close(claim.id, Delivery.cancelled, at)
        return False
    action = actions.action(claim.action)
    results = action.perform(claim.subject_id, _parameters(action, claim.params), facts, at)
    execution.perform(loaded, claim.task_id, dict(results or {}), at=at)
    _close(claim.id, Delivery.done, at)
    return True


def _parameters(action: actions.Action, written: dict[str, Any]) -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = action.parameters.load(written)
    except ValidationError as error:
        raise ValueError(f"{action.name}: {error.messages}") from error
    return loaded


def _close(message_id: int, state: Delivery, at: datetime) -> None:
    values = {"state": state.value, "done_at": at, "claimed_until": None}
    still_open = OUTBOX.c.state == Delivery.pending.value
    db.session.execute(update(OUTBOX).where(OUTBOX.c.id == message_id, still_open).values(values))


def _failed(claim: Claim, error: Exception, at: datetime) -> None:
    """Note a failure, in a transaction of its own: the one in which it happened is rolled back."""
    with unit_of_work():
        message = db.session.get(OutboxMessage, claim.id, with_for_update=True)
        if message is None or message.state != Delivery.pending:
            return
        message.attempts += 1
        message.claimed_until, message.claimed_by = None, None
        message.error = incidents.sentence(error)
        message.next_at = at + claiming.pause_after(message.attempts)
        if message.attempts >= claiming.MOST_ATTEMPTS:
            message.state = Delivery.failed.value
            incidents.open_for(message, error, at)
