"""Supervision orders (督办单): issued about a case, answered in writing by its department, then accepted or sent back.

An order stops no clock of the case (process.md §4.7); it has one of its own, for the answer.
"""

from datetime import datetime

from sqlalchemy import select

from engine.access.actors import SYSTEM, Actor
from engine.access.permissions import Permission
from engine.calendars import queries as calendars
from engine.calendars.working_time import Limit, Unit
from engine.cases import queries as case_queries
from engine.cases import timeline
from engine.cases.models import Case
from engine.deadlines import clocks
from engine.deadlines.models import Clock
from engine.kit.db import db
from engine.kit.errors import Invalid
from engine.kit.i18n import N_
from engine.kit.signals import signals
from engine.settings import values
from engine.settings.declarations import Setting
from engine.supervision import policy
from engine.supervision.errors import (
    NotAtDepartment,
    OrderCaseEnded,
    OrderEnded,
    OrderNotFound,
    OrderNotReplied,
    OrderReplied,
    OrderWaits,
)
from engine.supervision.models import OrderLevel, OrderState, SupervisionOrder

KIND = "supervision_order"
REPLY = "reply"
SHORTEST_REPLY = 4
"""Characters: "done" is no answer."""

REPLY_HOURS = Setting(
    "supervision.reply_hours",
    float,
    8.0,
    N_("Time limit of the answer to a supervision order"),
    N_("Working hours; urgent cases: hours on the clock."),
    least=0.5,
    most=400,
)

issued = signals.signal("order-issued")
"""Sent with the order and ``at``; so are the next two."""
replied = signals.signal("order-replied")
reviewed = signals.signal("order-reviewed")


def issue(
    case: Case,
    text: str,
    *,
    level: OrderLevel = OrderLevel.general,
    by: Actor,
    at: datetime,
    is_automatic: bool = False,
) -> SupervisionOrder:
    """Order the department that has the case to answer for it. The case must be locked by the caller.

    Raises NotAllowed, NotAtDepartment, OrderWaits (one at a time), Invalid (field ``text``).
    """
    if not is_automatic:
        by = policy.supervising(by)
    if case.department_id is None or case.ended_at is not None:
        raise NotAtDepartment
    waiting = waiting_about(case.id)
    if waiting is not None:
        raise OrderWaits(number=waiting.number)
    if not text.strip():
        raise Invalid.field("text", N_("Please say what is to be answered."))
    order = SupervisionOrder(
        case_id=case.id,
        level=level.value,
        origin="automatic" if is_automatic else "manual",
        text=text.strip(),
        department_id=case.department_id,
        state=OrderState.open.value,
        issued_at=at,
        issued_by_id=by.id,
    )
    db.session.add(order)
    db.session.flush()
    order.number = f"DB{at.astimezone(calendars.working(None).zone):%Y%m%d}-{order.id}"
    _wait_for_reply(order, case, by, at)
    timeline.add(case, "order", by=by, at=at, note=order.text, number=order.number)
    issued.send(order, at=at)
    return order


def reply(order: SupervisionOrder, text: str, *, by: Actor, at: datetime) -> None:
    """The department answers. Raises NotYourOrder, OrderEnded, OrderReplied, Invalid (field ``reply``)."""
    by = policy.replying(order, by)
    _check_open(order)
    if order.state == OrderState.replied:
        raise OrderReplied
    if len(text.strip()) < SHORTEST_REPLY:
        raise Invalid.field("reply", N_("Please write what was done, and by when the rest will be."))
    order.state, order.reply = OrderState.replied.value, text.strip()
    order.replied_at, order.replied_by_id = at, by.id
    clocks.change(KIND, order.id, at=at, by=by, stop=[REPLY])
    timeline.add(order.case, "order_reply", by=by, at=at, note=order.reply, number=order.number)
    replied.send(order, at=at)


def accept(order: SupervisionOrder, *, by: Actor, at: datetime, note: str = "") -> None:
    """The supervisor is content: the order is done. Raises NotAllowed, OrderEnded, OrderNotReplied."""
    by = policy.supervising(by)
    _check_open(order)
    if order.state != OrderState.replied:
        raise OrderNotReplied
    order.state, order.ended_at = OrderState.accepted.value, at
    timeline.add(order.case, "order_acceptance", by=by, at=at, note=note, number=order.number)
    reviewed.send(order, at=at)


def send_back(order: SupervisionOrder, reason: str, *, by: Actor, at: datetime) -> None:
    """The answer does not do: the department writes another, with a time limit of its own.

    Raises NotAllowed, OrderEnded, OrderNotReplied, OrderCaseEnded, Invalid (field ``reason``).
    """
    by = policy.supervising(by)
    _check_open(order)
    if order.state != OrderState.replied:
        raise OrderNotReplied
    if order.case.ended_at is not None:
        raise OrderCaseEnded
    if not reason.strip():
        raise Invalid.field("reason", N_("Please say what is missing."))
    order.state = OrderState.open.value
    order.times_sent_back += 1
    _wait_for_reply(order, order.case, by, at)
    timeline.add(order.case, "order_return", by=by, at=at, note=reason.strip(), number=order.number)
    reviewed.send(order, at=at)


def withdraw(order: SupervisionOrder, reason: str, *, by: Actor, at: datetime) -> None:
    """The order is taken back. Raises NotAllowed, OrderEnded, Invalid (field ``reason``)."""
    by = policy.supervising(by)
    _check_open(order)
    if not reason.strip():
        raise Invalid.field("reason", N_("Please say why it is withdrawn."))
    order.state, order.ended_at = OrderState.withdrawn.value, at
    clocks.change(KIND, order.id, at=at, by=by, stop=[REPLY])
    timeline.add(order.case, "order_withdrawal", by=by, at=at, note=reason.strip(), number=order.number)


def end_with_case(case: Case, *, at: datetime) -> None:
    """The case has ended: nobody need answer for it any more. An answer that was written is still read.

    One statement where no order waits for its answer.
    """
    waiting = select(SupervisionOrder).where(
        SupervisionOrder.case_id == case.id, SupervisionOrder.state == OrderState.open.value
    )
    for order in db.session.scalars(waiting.order_by(SupervisionOrder.id)).all():
        order.state, order.ended_at = OrderState.ended.value, at
        clocks.change(KIND, order.id, at=at, by=SYSTEM, stop=[REPLY], reason=f"case_{case.stage}")
        timeline.add(case, "order_end", by=SYSTEM, at=at, number=order.number, outcome=f"case_{case.stage}")


def waiting_about(case_id: int) -> SupervisionOrder | None:
    """The order about a case that somebody still has to do something about."""
    return db.session.scalars(
        select(SupervisionOrder).where(
            SupervisionOrder.case_id == case_id, SupervisionOrder.state.in_(sorted(OrderState.waiting()))
        )
    ).first()


def lock(order_id: int, by: Actor) -> SupervisionOrder:
    """An order for an act, with its case locked before it, as every act does. Raises OrderNotFound, CaseNotFound."""
    case_id = db.session.scalar(select(SupervisionOrder.case_id).where(SupervisionOrder.id == order_id))
    if case_id is None or not (by.has(Permission.case_comment) or by.has(Permission.case_supervise)):
        raise OrderNotFound
    case_queries.lock(case_id, by)
    return db.session.scalars(
        select(SupervisionOrder)
        .where(SupervisionOrder.id == order_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def overdue_text(clock: Clock) -> str:
    """What an order says that the ladder issues by itself. It is a document of the city: Chinese, as its cases are."""
    due = clock.due_at.astimezone(calendars.working(clock.calendar_id).zone)
    return f"该案处置时限为 {due:%Y-%m-%d %H:%M}，已超期。请说明原因，报告处置措施和预计完成时间。"


def _wait_for_reply(order: SupervisionOrder, case: Case, by: Actor, at: datetime) -> None:
    unit = Unit.urgent_hours if case.is_urgent else Unit.working_hours
    limit = Limit(values.get(REPLY_HOURS), unit)
    clock = clocks.start(KIND, order.id, REPLY, limit, at=at, by=by, department_id=order.department_id)
    order.reply_due_at = clock.due_at


def _check_open(order: SupervisionOrder) -> None:
    if order.state not in OrderState.waiting():
        raise OrderEnded
