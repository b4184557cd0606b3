"""Watching clocks: workers claim those of which somebody is to be told, and climb their ladder, each in its own step.

The moment stands in the clock's row and moves with it, in the transaction that moves it (``deadlines.clocks``). A
worker that dies loses its claim when the lease runs out: told late rather than never, and never twice.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Table, func, select, update
from sqlalchemy.orm import joinedload

from engine.access.actors import SYSTEM
from engine.cases import recipients, timeline, urging
from engine.cases.models import Case
from engine.deadlines.facts import State
from engine.deadlines.models import Clock
from engine.kit.db import db, unit_of_work
from engine.kit.signals import signals
from engine.process import claiming, incidents
from engine.supervision import ladder, orders
from engine.supervision.models import RungAction, SupervisionOrder

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
CLOCK: Table = Clock.__table__  # type: ignore[assignment]

escalated = signals.signal("case-escalated")
"""Sent with the case, ``role``, ``user_ids``, ``clock`` (its name) and ``at``; whoever delivers messages listens."""


@dataclass(frozen=True)
class Claim:
    """A clock that a worker may look after."""

    id: int
    subject_kind: str
    subject_id: int


def claim(worker: str, at: datetime, *, most: int = 50) -> list[Claim]:
    """Lend up to ``most`` clocks that are to be told of to ``worker``, in a transaction of its own."""
    with unit_of_work():
        keys = claiming.claim(CLOCK, CLOCK.c.watch_at, worker=worker, at=at, lease=LEASE, most=most)
        columns = [CLOCK.c[name] for name in Claim.__dataclass_fields__]
        chosen = select(*columns).where(CLOCK.c.id.in_(keys)).order_by(CLOCK.c.watch_at, CLOCK.c.id)
        return [Claim(*row) for row in db.session.execute(chosen)] if keys else []


def next_due() -> datetime | None:
    """When somebody is to be told of a clock next; None where nobody is. One statement."""
    return db.session.scalar(select(func.min(Clock.watch_at)))


def climb(claim: Claim, at: datetime) -> bool:
    """Tell everybody who is to be told of a claimed clock by now, in a transaction of its own. True where it was done.

    The third failure opens an incident.
    """
    try:
        with unit_of_work():
            return _climb(claim, at)
    except Exception as error:
        log.warning("the ladder of clock %s failed", claim.id, exc_info=error)
        _failed(claim, error, at)
        return False


def _climb(claim: Claim, at: datetime) -> bool:
    case = _locked_case(claim)
    clock = db.session.get(Clock, claim.id, with_for_update=True, populate_existing=True)
    if clock is None or case is None:
        return False
    clock.claimed_until, clock.claimed_by = None, None
    if clock.state != State.running or clock.is_provisional:
        clock.watch_at = None
        return False
    before = clock.rung
    _climb_rungs(clock, case, at)
    clock.watch_attempts = 0
    return clock.rung > before


def _climb_rungs(clock: Clock, case: Case, at: datetime) -> None:
    """Every rung whose moment has come, in order; the clock then sleeps until the next one."""
    rungs = ladder.rungs_of(clock.name)
    clock.watch_at = None
    while clock.rung < len(rungs):
        moment = ladder.moment(rungs[clock.rung], clock)
        if moment > at:
            clock.watch_at = moment
            return
        _perform(rungs[clock.rung], clock, case, at)
        clock.rung += 1


def _perform(rung: ladder.Rung, clock: Clock, case: Case, at: datetime) -> None:
    if rung.action is RungAction.order:
        _order(clock, case, at)
    elif rung.action is RungAction.urge:
        urging.urge(case, rung.role, at=at, clock=clock.name)
    else:
        people = recipients.of(case, rung.role)
        timeline.add(case, "escalation", by=SYSTEM, at=at, to=rung.role, clock=clock.name)
        escalated.send(case, role=rung.role, user_ids=people, clock=clock.name, at=at)


def _order(clock: Clock, case: Case, at: datetime) -> None:
    """An order by itself, where none waits for its answer yet and a department has the case."""
    if case.department_id is None or orders.waiting_about(case.id) is not None:
        return
    orders.issue(case, orders.overdue_text(clock), by=SYSTEM, at=at, is_automatic=True)


def _locked_case(claim: Claim) -> Case | None:
    """The case that a clock is about, locked before the clock, as every act does."""
    case_id = claim.subject_id
    if claim.subject_kind == orders.KIND:
        case_id = (
            db.session.scalar(select(SupervisionOrder.case_id).where(SupervisionOrder.id == claim.subject_id)) or 0
        )
    elif claim.subject_kind != "case":
        return None
    return db.session.scalars(
        select(Case)
        .where(Case.id == case_id)
        .options(joinedload(Case.department))
        .with_for_update(of=Case)
        .execution_options(populate_existing=True)
    ).one_or_none()


def _failed(claim: Claim, error: Exception, at: datetime) -> None:
    """Note a failure, in a transaction of its own: the one in which it happened is rolled back."""
    with unit_of_work():
        clock = db.session.get(Clock, claim.id, with_for_update=True)
        if clock is None:
            return
        clock.watch_attempts += 1
        clock.claimed_until, clock.claimed_by = None, None
        clock.watch_at = at + claiming.pause_after(clock.watch_attempts)
        if clock.watch_attempts >= claiming.MOST_ATTEMPTS:
            # It sleeps until an administrator wakes it.
            clock.watch_at = None
            _open_incident(claim, clock, error, at)


def _open_incident(claim: Claim, clock: Clock, error: Exception, at: datetime) -> None:
    case = _locked_case(claim)
    if case is not None and case.instance_id is not None:
        incidents.open_about(
            case.instance_id, node=clock.name, clock_id=clock.id, attempts=clock.watch_attempts, error=error, at=at
        )


def wake(clock_id: int, at: datetime) -> None:
    """An administrator retries: the clock is looked after at once, with three fresh attempts."""
    values = {"watch_at": at, "watch_attempts": 0, "claimed_until": None}
    db.session.execute(update(CLOCK).where(CLOCK.c.id == clock_id).values(values))
