"""Ties supervision to the rooms below: incidents that an administrator retries, clocks that a calendar moves."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select

from engine.cases import holding as cases
from engine.deadlines import holding
from engine.deadlines.holding import Held
from engine.deadlines.models import Clock
from engine.deadlines.reckoning import clock_reckoned
from engine.kit.db import db
from engine.process.incidents import retried
from engine.process.models import Incident
from engine.supervision import orders, watching
from engine.supervision.models import SupervisionOrder


@retried.connect
def wake_clock(incident: Incident, at: datetime, **_: Any) -> None:
    """The ladder of a clock failed three times, and is to be tried again."""
    if incident.clock_id is not None:
        watching.wake(incident.clock_id, at)


def hold(ids: Collection[int]) -> Held:
    """Lock the cases of these orders: whoever acts on an order has locked its case before."""
    cases_of = {
        row.id: row.case_id
        for row in db.session.execute(
            select(SupervisionOrder.id, SupervisionOrder.case_id).where(SupervisionOrder.id.in_(ids))
        )
    }
    held = cases.hold(set(cases_of.values()))
    return Held(frozenset(order for order, case in cases_of.items() if case in held.busy), held.rows)


holding.register(orders.KIND, hold)


@clock_reckoned.connect
def correct_copy(clock: Clock, **_: Any) -> None:
    """A calendar changed: the order shows the new moment by which it is to be answered."""
    order = db.session.get(SupervisionOrder, clock.subject_id) if clock.subject_kind == orders.KIND else None
    if order is not None:
        order.reply_due_at = clock.due_at
