"""Confirmed ownership (确权): what meetings decided, which comes before every rule of the authority list."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select

from engine.access.permissions import Permission
from engine.cases import queries as cases
from engine.catalog import code_system
from engine.catalog import queries as catalog
from engine.dispatch_rules import ownership, queries
from engine.dispatch_rules.models import ConfirmedOwnership
from engine.forms import catalogue as forms
from engine.grids import queries as grids
from engine.kit import clock
from engine.kit.db import db, today
from engine.kit.paging import Page
from engine.organization import queries as organization
from web.admin import choices
from web.admin.door import door
from web.configuration import current_config
from web.filling import Filling
from web.guards import requires
from web.session import current_actor

SIZE = 50


@door.get("/authority/ownership")
@requires(Permission.dispatch_rules_manage)
def ownerships() -> ResponseReturnValue:
    """What is confirmed, the newest first; with what was ended on demand."""
    asked = queries.ownerships(
        department_id=request.args.get("department", type=int), with_ended="ended" in request.args
    )
    number = request.args.get("page", 1, type=int)
    total = db.session.scalar(select(func.count()).select_from(asked.order_by(None).subquery())) or 0
    rows = db.session.scalars(asked.offset((number - 1) * SIZE).limit(SIZE)).all()
    return render_template(
        "admin/ownerships.html",
        page=Page(rows, number, SIZE, total),
        departments=organization.departments(),
        numbers=_numbers(rows),
        places=grids.names_of({row.street_code for row in rows if row.street_code}),
        today=today(clock.now(), current_config().time_zone),
    )


@door.route("/authority/ownership/new", methods=["GET", "POST"])
@requires(Permission.dispatch_rules_manage)
def new_ownership() -> ResponseReturnValue:
    """Write down what was decided without a case."""
    day = today(clock.now(), current_config().time_zone)
    filling = _filling({"valid_from": day.isoformat()})
    confirming = choices.beside(
        "", lambda values: ownership.confirm(_given(values), by=current_actor(), at=clock.now())
    )
    if filling.done(confirming):
        flash(_("The ownership is confirmed from now on."), "success")
        return redirect(url_for(".ownerships"), 303)
    return render_template("admin/ownership_new.html", filling=filling), filling.status


@door.route("/authority/ownership/<int:ownership_id>/end", methods=["GET", "POST"])
@requires(Permission.dispatch_rules_manage)
def end_ownership(ownership_id: int) -> ResponseReturnValue:
    """End one, with a reason; the rules are asked again."""
    row = queries.ownership(ownership_id)
    filling = Filling(forms.load("ownership_end"))
    ending = choices.beside(
        "reason", lambda values: ownership.end(row, values["reason"], by=current_actor(), at=clock.now())
    )
    if filling.done(ending):
        flash(_("The confirmed ownership is ended. The rules are asked again."), "success")
        return redirect(url_for(".ownerships"), 303)
    page = render_template(
        "admin/ownership_end.html",
        row=row,
        filling=filling,
        places=grids.names_of({row.street_code} if row.street_code else set()),
    )
    return page, filling.status


def _numbers(rows: Sequence[ConfirmedOwnership]) -> dict[int, str]:
    return cases.numbers_of({row.case_id for row in rows if row.case_id is not None})


def _filling(initial: dict[str, Any]) -> Filling:
    options = {
        "category_id": choices.categories(catalog.listing(code_system=code_system.current())),
        "street_code": choices.regions("street"),
        "responsibility_grid_id": choices.grids(),
        "department_id": choices.departments(),
    }
    return Filling(forms.load("confirmed_ownership"), initial=initial, options=options)


def _given(values: dict[str, Any]) -> dict[str, Any]:
    """What was left empty asks for nothing."""
    grid = values["responsibility_grid_id"]
    empty = {name: (values[name] or "").strip() or None for name in ("component_code", "street_code")}
    return values | empty | {"responsibility_grid_id": int(grid) if grid else None}
