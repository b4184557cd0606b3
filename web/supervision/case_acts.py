"""What a supervisor does to one case from its page: urge, order, put under special watch."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.access.actors import Actor
from engine.access.permissions import Permission
from engine.cases import queries
from engine.cases.models import Case
from engine.forms import catalogue
from engine.kit import clock
from engine.kit.db import db
from engine.kit.errors import Conflict, NotFound
from engine.kit.i18n import N_
from engine.supervision import bulk_acts, key_cases, order_lists
from engine.supervision.models import KeyCase, SupervisionOrder
from web.filling import Filling
from web.guards import requires
from web.session import current_actor
from web.supervision import phrasing
from web.supervision.door import door


@dataclass(frozen=True)
class CaseAct:
    """One act; its name is also its form's."""

    name: str
    label: str
    perform: Callable[[Case, dict[str, Any], Actor, datetime], None]


def _release(case: Case, values: dict[str, Any], by: Actor, at: datetime) -> None:
    key_cases.release(case, values["reason"], by=by, at=at)


# Steps change hands by the acts of the case's own page.
ACTS: dict[str, CaseAct] = {
    act.name: CaseAct(act.name, act.label, act.perform)
    for act in bulk_acts.ACTS.values()
    if act.name in {"urging", "supervision_order", "key_case"}
}
ACTS["key_case_end"] = CaseAct("key_case_end", N_("End the special watch"), _release)


@dataclass(frozen=True)
class Supervised:
    """What a case's page tells of its supervision, and what its reader may do about it."""

    orders: list[SupervisionOrder]
    watch: KeyCase | None
    acts: list[CaseAct]


def of(case: Case, actor: Actor) -> Supervised:
    """The supervision of a case, for its page: two statements."""
    found, watch = list(order_lists.of_case(case)), key_cases.watched(case.id)
    return Supervised(found, watch, _offered(case, found, watch, actor))


def _offered(case: Case, found: list[SupervisionOrder], watch: KeyCase | None, actor: Actor) -> list[CaseAct]:
    if not actor.has(Permission.case_supervise):
        return []
    runs = case.ended_at is None
    waits = any(one.ended_at is None for one in found)
    offered = {
        "urging": runs,
        "supervision_order": runs and case.department_id is not None and not waits,
        "key_case": runs and watch is None,
        "key_case_end": watch is not None,
    }
    return [ACTS[name] for name, is_offered in offered.items() if is_offered]


@door.route("/cases/<int:case_id>/<name>", methods=["GET", "POST"])
@requires(Permission.case_supervise)
def case_act(case_id: int, name: str) -> ResponseReturnValue:
    """Fill in an act's form, and perform it. What cannot be done any more answers 409 and keeps what was typed."""
    if name not in ACTS:
        raise NotFound
    actor = current_actor()
    filling = Filling(catalogue.load(name))
    refusal: Conflict | None = None
    try:
        if filling.done(lambda values: ACTS[name].perform(queries.lock(case_id, actor), values, actor, clock.now())):
            flash(_(phrasing.DONE[name]), "success")
            return redirect(url_for("desk.case", case_id=case_id), 303)
    except Conflict as error:
        db.session.rollback()
        refusal, filling.status = error, 409
    return render_template(
        "supervision/case_act.html",
        case=queries.get(case_id, actor),
        filling=filling,
        refusal=refusal,
        has_typed=request.method == "POST",
    ), filling.status
