"""Bulk acts: a preview with the reason, and then what became of each row."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.access.permissions import Permission
from engine.forms import catalogue
from engine.forms.definition import Option
from engine.kit import clock
from engine.kit.db import unit_of_work
from engine.kit.errors import NotFound
from engine.supervision import bulk, bulk_acts, queues
from engine.supervision.bulk import Preview
from engine.supervision.bulk_acts import ACTS, BulkAct
from web.edge import reads_first
from web.filling import Filling
from web.guards import requires
from web.session import current_actor
from web.supervision import narrowing, phrasing
from web.supervision.door import door

DOERS = (Permission.case_supervise, Permission.department_lead)
"""Who may do anything to several cases; each act says which of them."""


@door.route("/bulk", methods=["GET", "POST"])
@requires(*DOERS)
@reads_first
def preview() -> ResponseReturnValue:
    """For which of the chosen cases the act can be done, and for which not, and why; then it is done."""
    act, chosen, token = _act(), _chosen(), request.form.get("token") or uuid4().hex
    actor, begun = current_actor(), list[int]()
    if request.method == "POST" and (sent_before := bulk.begun(token, actor)) is not None:
        return redirect(url_for(".bulk_run", run_id=sent_before.id), 303)
    rows = bulk.preview(act.name, chosen, actor)
    filling = Filling(catalogue.load(act.name), options=_options(act, rows))

    def begin(values: dict[str, Any]) -> None:
        with unit_of_work():
            begun.append(bulk.begin(act.name, chosen, values, token=token, by=actor, at=clock.now()).id)

    if filling.done(begin):
        _carry_on(begun[0], len(chosen))
        return redirect(url_for(".bulk_run", run_id=begun[0]), 303)
    return render_template(
        "supervision/bulk.html",
        act=act,
        filling=filling,
        rows=rows,
        doable=[row for row in rows if row.refusal is None],
        token=token,
    ), filling.status


def _options(act: BulkAct, rows: Sequence[Preview]) -> dict[str, list[Option]]:
    """Whom the steps of the chosen cases can be given to, where the act asks for somebody."""
    if not any(field.options_from == "people_of_steps" for field in catalogue.load(act.name).fields):
        return {}
    return {"people_of_steps": [Option(*one) for one in bulk_acts.people_for((row.case, row.step) for row in rows)]}


@door.get("/bulk/<int:run_id>")
@requires(*DOERS)
def bulk_run(run_id: int) -> ResponseReturnValue:
    """What became of each row; while it is under way, the page looks again by itself."""
    run = bulk.get(run_id, current_actor())
    return render_template(
        "supervision/run.html",
        run=run,
        act=ACTS[run.act],
        progress=bulk.progress(run),
        rows=bulk.rows(run),
        row_states=phrasing.ROW_STATES,
        run_states=phrasing.RUN_STATES,
    )


@door.post("/bulk/<int:run_id>/cancellation")
@requires(*DOERS)
def cancel_bulk_run(run_id: int) -> ResponseReturnValue:
    """Do no more rows."""
    bulk.cancel(bulk.get(run_id, current_actor()), at=clock.now())
    return redirect(url_for(".bulk_run", run_id=run_id), 303)


def _act() -> BulkAct:
    act = ACTS.get(request.values.get("act", ""))
    if act is None:
        raise NotFound
    return act


def _chosen() -> list[int]:
    """The ticked cases; with "all" those of the whole queue, as far as one run goes."""
    if request.method == "GET" and "all" in request.args and (name := request.args.get("queue", "")) in queues.QUEUES:
        wanted, moment = narrowing.asked_for(), narrowing.moment()
        return queues.ids(name, current_actor(), moment, wanted, most=bulk.MOST_ROWS)
    return request.values.getlist("case", type=int)


def _carry_on(run_id: int, size: int) -> None:
    """Short runs are done at once; a process that dies meanwhile leaves the rest to the workers."""
    if size <= bulk.MOST_AT_ONCE and bulk.claim(bulk.worker_name(), clock.now(), run_id) is not None:
        bulk.carry_on(run_id, clock.now)
