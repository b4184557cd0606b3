"""Supervision orders: the list, one order, and what is done to it: answered, accepted, sent back, withdrawn."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.access.actors import Actor
from engine.access.permissions import Permission
from engine.forms import catalogue
from engine.kit import clock
from engine.kit.db import db
from engine.kit.errors import Conflict, NotFound
from engine.organization import queries as organization
from engine.supervision import order_lists, policy
from engine.supervision import orders as ordering
from engine.supervision.models import OrderState, SupervisionOrder
from web import rail
from web.filling import Filling
from web.guards import requires
from web.presenting import address_with
from web.session import current_actor
from web.supervision import phrasing
from web.supervision.door import READERS, door

PAGE_SIZE = 50
Perform = Callable[[SupervisionOrder, dict[str, Any], Actor, datetime], None]


@dataclass(frozen=True)
class OrderAct:
    """Something that is done to an order; its name is also its form's."""

    state: OrderState | None
    """In which it can be done; None: in any that waits."""
    is_departments: bool
    perform: Perform
    is_grave: bool = False


ACTS: dict[str, OrderAct] = {
    "order_reply": OrderAct(
        OrderState.open, True, lambda order, values, by, at: ordering.reply(order, values["reply"], by=by, at=at)
    ),
    "order_acceptance": OrderAct(
        OrderState.replied,
        False,
        lambda order, values, by, at: ordering.accept(order, by=by, at=at, note=values["note"] or ""),
    ),
    "order_return": OrderAct(
        OrderState.replied,
        False,
        lambda order, values, by, at: ordering.send_back(order, values["reason"], by=by, at=at),
    ),
    "order_withdrawal": OrderAct(
        None,
        False,
        lambda order, values, by, at: ordering.withdraw(order, values["reason"], by=by, at=at),
        is_grave=True,
    ),
}


@door.get("/orders")
@requires(*READERS, Permission.order_reply)
def orders() -> ResponseReturnValue:
    """Every order that this person may see, those whose answer is overdue first."""
    actor, at = current_actor(), clock.now()
    view = request.args.get("view", "")
    shown = order_lists.Shown(view if view in order_lists.VIEWS else "", request.args.get("department", type=int))
    return render_template(
        "supervision/orders.html",
        page=order_lists.find(shown, actor, at=at, page=max(1, request.args.get("page", 1, type=int)), size=PAGE_SIZE),
        views=_views(shown.view, order_lists.counts(actor, at=at)),
        shown=shown,
        departments=organization.departments() if actor.reach.city else (),
        is_late=lambda order: order_lists.is_late(order, at),
        answers=actor.has(Permission.order_reply),
    )


@door.get("/orders/<int:order_id>")
@requires(*READERS, Permission.order_reply)
def order(order_id: int) -> ResponseReturnValue:
    """One order: what it asks, about which case, what was answered, and everything since."""
    actor, at = current_actor(), clock.now()
    row = order_lists.get(order_id, actor)
    return render_template(
        "supervision/order.html",
        order=row,
        history=order_lists.history(row),
        is_late=order_lists.is_late(row, at),
        offered=[(name, catalogue.load(name), act) for name, act in ACTS.items() if _is_offered(row, act, actor)],
    )


@door.route("/orders/<int:order_id>/<name>", methods=["GET", "POST"])
@requires(Permission.case_supervise, Permission.order_reply)
def order_act(order_id: int, name: str) -> ResponseReturnValue:
    """Fill in the form of an act on an order, and do it."""
    if name not in ACTS:
        raise NotFound
    actor, at = current_actor(), clock.now()
    filling = Filling(catalogue.load(name))
    refusal: Conflict | None = None
    try:
        if filling.done(lambda values: ACTS[name].perform(ordering.lock(order_id, actor), values, actor, at)):
            flash(_(phrasing.DONE[name]), "success")
            return redirect(url_for(".order", order_id=order_id), 303)
    except Conflict as error:
        db.session.rollback()
        refusal, filling.status = error, 409
    row = order_lists.get(order_id, actor)
    if request.method == "GET":
        _check(row, ACTS[name], actor)
    return render_template(
        "supervision/order_act.html",
        order=row,
        filling=filling,
        act=ACTS[name],
        refusal=refusal,
        history=order_lists.history(row),
        is_late=order_lists.is_late(row, at),
    ), filling.status


@rail.counted("supervision.orders")
def waiting(actor: Actor) -> int:
    """How many orders wait for this person."""
    return order_lists.to_do(actor)


def _is_offered(order: SupervisionOrder, act: OrderAct, actor: Actor) -> bool:
    if order.state not in OrderState.waiting() or act.state not in {None, order.state}:
        return False
    return policy.may_reply(order, actor) if act.is_departments else actor.has(Permission.case_supervise)


def _check(order: SupervisionOrder, act: OrderAct, actor: Actor) -> None:
    """Who may not do it sees no form of it."""
    if act.is_departments:
        policy.check_replying(order, actor)
    else:
        policy.check_supervising(actor)


def _views(here: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "name": _(label),
            "address": address_with(view=name or None, page=None),
            "is_here": name == here,
            "count": counts.get(name),
        }
        for name, label in order_lists.VIEWS.items()
    ]
