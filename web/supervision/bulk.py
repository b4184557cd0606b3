"""Bulk acts: a preview with the reason, and then what became of each row."""

from typing import Any
from uuid import uuid4

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.access.permissions import Permission
from engine.forms import catalogue
from engine.kit import clock
from engine.kit.db import unit_of_work
from engine.kit.errors import NotFound
from engine.supervision import bulk, queues
from engine.supervision.bulk import ACTS, BulkAct
from web.edge import reads_first
from web.filling import Filling
from web.guards import requires
from web.session import current_actor
from web.supervision import narrowing, phrasing
from web.supervision.door import door


@door.route("/bulk", methods=["GET", "POST"])
@requires(Permission.case_supervise)
@reads_first
def preview() -> ResponseReturnValue:
    """For which of the chosen cases the act can be done, and for which not, and why; then it is done."""
    act, chosen = _act(), _chosen()
    actor, begun = current_actor(), list[int]()
    filling = Filling(catalogue.load(act.name))

    def begin(values: dict[str, Any]) -> None:
        token = request.form.get("token") or uuid4().hex
        with unit_of_work():
            begun.append(bulk.begin(act.name, chosen, values, token=token, by=actor, at=clock.now()).id)

    if filling.done(begin):
        _carry_on(begun[0], len(chosen))
        return redirect(url_for(".bulk_run", run_id=begun[0]), 303)
    rows = bulk.preview(act.name, chosen, actor)
    return render_template(
        "supervision/bulk.html",
        act=act,
        filling=filling,
        rows=rows,
        doable=[row for row in rows if row.refusal is None],
        token=request.form.get("token") or uuid4().hex,
    ), filling.status


@door.get("/bulk/<int:run_id>")
@requires(Permission.case_supervise)
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
@requires(Permission.case_supervise)
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
