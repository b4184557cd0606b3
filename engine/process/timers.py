"""Timers: claimed by a worker for a while, fired in a transaction each, taken over by another worker after a crash."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update

from engine.kit.db import db, unit_of_work
from engine.process import claiming, execution, incidents, instances, subjects
from engine.process.errors import StepGone
from engine.process.models import OpenTimer
from engine.process.moving import TIMER

LEASE = timedelta(minutes=2)


@dataclass(frozen=True)
class Claim:
    """A due timer that a worker may fire."""

    id: int
    instance_id: int
    subject_kind: str
    subject_id: int
    task_id: str
    node: str
    clock: str | None
    due_at: datetime


def claim(worker: str, at: datetime, *, most: int = 50) -> list[Claim]:
    """Lend up to ``most`` due timers to ``worker`` until the lease runs out, in a transaction of its own.

    Several workers get different timers.
    """
    with unit_of_work():
        keys = claiming.claim(TIMER, TIMER.c.due_at, worker=worker, at=at, lease=LEASE, most=most)
        if not keys:
            return []
        columns = [TIMER.c[name] for name in Claim.__dataclass_fields__]
        rows = db.session.execute(select(*columns).where(TIMER.c.id.in_(keys)).order_by(TIMER.c.due_at, TIMER.c.id))
        return [Claim(*row) for row in rows]


def fire(claim: Claim, at: datetime) -> bool:
    """Fire a claimed timer in a transaction of its own. True where it fired.

    It does not fire where its step is over, or where its moment or its clock was moved meanwhile: then it waits on.
    The third failure opens an incident.
    """
    try:
        with unit_of_work():
            subjects.hold(claim.subject_kind, claim.subject_id)
            return _fire(claim, at)
    except StepGone:
        # Another worker, or a person, was faster.
        return False
    except Exception as error:
        _failed(claim, error, at)
        return False


def reschedule(kind: str, subject_id: int, *, at: datetime) -> None:
    """A clock of a subject was moved, paused or resumed: ask for the due moments of its waiting timers again.

    Those that an incident holds sleep on: an administrator wakes them.
    """
    reschedule_all(kind, [subject_id], at=at)


def reschedule_all(kind: str, subject_ids: Sequence[int], *, at: datetime) -> None:
    """The same for many subjects at once."""
    of_subjects = (TIMER.c.subject_kind == kind) & TIMER.c.subject_id.in_(subject_ids) & TIMER.c.clock.is_not(None)
    of_subjects &= TIMER.c.attempts < claiming.MOST_ATTEMPTS
    waiting = select(TIMER.c.id, TIMER.c.subject_id, TIMER.c.clock, TIMER.c.due_at).where(of_subjects)
    moved = []
    for row in db.session.execute(waiting).all():
        due = subjects.follower_of(kind).timer_due(row.subject_id, row.clock, at)
        if due != row.due_at:
            moved.append({"timer": row.id, "due": due})
    if moved:
        written = update(TIMER).where(TIMER.c.id == bindparam("timer")).values(due_at=bindparam("due"))
        db.session.execute(written, moved)


def _fire(claim: Claim, at: datetime) -> bool:
    loaded = instances.of_timer(claim.id)
    # Somebody may have put it off since it was claimed.
    due = loaded.due_at
    if claim.clock is not None:
        due = subjects.follower_of(claim.subject_kind).timer_due(claim.subject_id, claim.clock, at)
    if due is None or due > at:
        _put_back(claim.id, due)
        return False
    execution.fire(loaded, claim.task_id, claim.node, at=at)
    return True


def _put_back(timer_id: int, due: datetime | None) -> None:
    values = {"due_at": due, "claimed_until": None, "claimed_by": None}
    db.session.execute(update(TIMER).where(TIMER.c.id == timer_id).values(values))


def _failed(claim: Claim, error: Exception, at: datetime) -> None:
    """Note a failure, in a transaction of its own: the one in which it happened is rolled back."""
    with unit_of_work():
        timer = db.session.get(OpenTimer, claim.id, with_for_update=True)
        if timer is None:
            return
        timer.attempts += 1
        timer.claimed_until, timer.claimed_by = None, None
        timer.due_at = at + claiming.pause_after(timer.attempts)
        if timer.attempts >= claiming.MOST_ATTEMPTS:
            # It sleeps until an administrator wakes it.
            timer.due_at = None
            incidents.open_for(timer, error, at)
