"""Reading supervision orders: lists, one order with its history, and how many wait for somebody."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true
from sqlalchemy import case as when
from sqlalchemy.orm import joinedload

from engine.access.actors import Actor
from engine.access.permissions import Permission
from engine.cases.models import Case, TimelineEntry
from engine.kit.db import db
from engine.kit.i18n import N_
from engine.kit.paging import Page
from engine.supervision.errors import OrderNotFound
from engine.supervision.models import OrderState, SupervisionOrder

VIEWS = {
    "": N_("All"),
    "waiting": N_("All that wait"),
    "late": N_("Answer overdue"),
    "open": N_("Waiting for an answer"),
    "replied": N_("Answered, to be read"),
    "accepted": N_("Done"),
    "withdrawn": N_("Withdrawn"),
    "ended": N_("Ended with its case"),
}
TOLD = ("order", "order_reply", "order_acceptance", "order_return", "order_withdrawal", "order_end")


@dataclass(frozen=True)
class Shown:
    """Which orders a list shows: ``view`` is one of ``VIEWS``."""

    view: str = ""
    department_id: int | None = None


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Orders to the departments of whoever must answer them; all of them to those who see the whole city."""
    if not any(
        actor.has(one) for one in (Permission.supervision_read, Permission.case_supervise, Permission.order_reply)
    ):
        return false()
    if actor.reach.city:
        return true()
    return SupervisionOrder.department_id.in_(sorted(actor.reach.department_ids))


def find(shown: Shown, actor: Actor, *, at: datetime, page: int = 1, size: int = 50) -> Page[SupervisionOrder]:
    """One page of orders: answers that are overdue first, then those that wait, then what is done, newest first."""
    conditions = [visible_to(actor), *_conditions(shown, at)]
    total = db.session.scalar(select(func.count(SupervisionOrder.id)).where(*conditions)) or 0
    waits = when(
        (SupervisionOrder.state == OrderState.open, 0), (SupervisionOrder.state == OrderState.replied, 1), else_=2
    )
    due = when((waits < 2, SupervisionOrder.reply_due_at), else_=None)
    rows = db.session.scalars(
        select(SupervisionOrder)
        .where(*conditions)
        .options(joinedload(SupervisionOrder.case).joinedload(Case.handler), joinedload(SupervisionOrder.department))
        .order_by(waits, due, SupervisionOrder.id.desc())
        .limit(size)
        .offset((page - 1) * size)
    ).all()
    return Page(rows, page, size, total)


def counts(actor: Actor, *, at: datetime) -> dict[str, int]:
    """How many orders each view but the ended ones shows: one statement."""
    views = ("late", "open", "replied")
    counted = [func.count().filter(*_conditions(Shown(view), at)).label(view) for view in views]
    waiting = SupervisionOrder.state.in_(sorted(OrderState.waiting()))
    row = db.session.execute(select(*counted).where(visible_to(actor), waiting)).mappings().one()
    return {view: int(row[view]) for view in views}


def to_do(actor: Actor) -> int:
    """How many orders wait for this very person: answers to be read, and those that he must answer."""
    wanted = []
    if actor.has(Permission.case_supervise):
        wanted.append(SupervisionOrder.state == OrderState.replied)
    if actor.has(Permission.order_reply):
        mine = SupervisionOrder.department_id.in_(sorted(actor.reach.department_ids))
        wanted.append(and_(SupervisionOrder.state == OrderState.open, mine))
    waiting = SupervisionOrder.state.in_(sorted(OrderState.waiting()))
    return db.session.scalar(select(func.count(SupervisionOrder.id)).where(waiting, or_(*wanted))) or 0 if wanted else 0


def get(order_id: int, actor: Actor) -> SupervisionOrder:
    """One order with its case and department. Raises OrderNotFound."""
    found = db.session.scalars(
        select(SupervisionOrder)
        .where(SupervisionOrder.id == order_id, visible_to(actor))
        .options(joinedload(SupervisionOrder.case), joinedload(SupervisionOrder.department))
    ).one_or_none()
    if found is None:
        raise OrderNotFound
    return found


def of_case(case: Case) -> Sequence[SupervisionOrder]:
    """Every order about a case, the newest first."""
    chosen = select(SupervisionOrder).where(SupervisionOrder.case_id == case.id).order_by(SupervisionOrder.id.desc())
    return db.session.scalars(chosen.options(joinedload(SupervisionOrder.department))).all()


def history(order: SupervisionOrder) -> list[TimelineEntry]:
    """What happened to an order, oldest first."""
    chosen = select(TimelineEntry).where(TimelineEntry.case_id == order.case_id, TimelineEntry.act.in_(TOLD))
    entries = db.session.scalars(chosen.order_by(TimelineEntry.at, TimelineEntry.id))
    return [entry for entry in entries if entry.detail.get("number") == order.number]


def is_late(order: SupervisionOrder, at: datetime) -> bool:
    """Is its answer overdue?"""
    return order.state == OrderState.open and order.reply_due_at is not None and order.reply_due_at < at


def _conditions(shown: Shown, at: datetime) -> Iterator[ColumnElement[bool]]:
    if shown.view == "late":
        yield SupervisionOrder.state == OrderState.open
        yield SupervisionOrder.reply_due_at < at
    elif shown.view == "waiting":
        yield SupervisionOrder.state.in_(sorted(OrderState.waiting()))
    elif shown.view in VIEWS and shown.view:
        yield SupervisionOrder.state == shown.view
    if shown.department_id is not None:
        yield SupervisionOrder.department_id == shown.department_id
