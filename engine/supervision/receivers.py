"""Ties supervision to the rooms below: incidents that an administrator retries, clocks that a calendar moves."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from engine.cases import holding as cases
from engine.cases import stages
from engine.cases.models import Case
from engine.deadlines import holding
from engine.deadlines.holding import Held
from engine.deadlines.models import Clock
from engine.deadlines.reckoning import clocks_reckoned
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


@stages.ended.connect
def end_orders(case: Case, at: datetime, **_: Any) -> None:
    """A case ended: orders about it that were not answered end with it."""
    orders.end_with_case(case, at=at)


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


@clocks_reckoned.connect
def correct_copies(moved: Sequence[Clock], **_: Any) -> None:
    """A calendar changed: orders show the new moments by which they are to be answered."""
    dues = {clock.subject_id: clock.due_at for clock in moved if clock.subject_kind == orders.KIND}
    if dues:
        for order in db.session.scalars(select(SupervisionOrder).where(SupervisionOrder.id.in_(dues))):
            order.reply_due_at = dues[order.id]
