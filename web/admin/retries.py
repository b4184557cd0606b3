"""Many incidents tried again: first what would be, then, with a reason, how far it is and what became of each."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.access.permissions import Permission
from engine.kit import clock
from engine.kit.db import db
from engine.kit.errors import FieldError, Invalid
from engine.kit.i18n import N_
from engine.process import incidents
from engine.studio import retrying
from engine.studio.retry_models import Retry, RetryState
from web import progress
from web.admin.door import door
from web.admin.incidents import listed, subjects
from web.guards import requires
from web.session import current_actor

STATES = {
    "running": N_("under way"),
    "done": N_("all looked at"),
    "cancelled": N_("cancelled; the rest was left alone"),
}


@door.post("/incidents/retries")
@requires(Permission.incident_manage)
def retry_incidents() -> ResponseReturnValue:
    """Several at once: first what would be tried again, then, with a reason, it begins."""
    chosen = _chosen()
    if not chosen:
        return listed(form="retries", errors={"": [FieldError(N_("Please tick at least one incident."))]}), 422
    if "look" in request.form:
        return _preview(chosen)
    try:
        run = retrying.begin(chosen, reason=request.form.get("reason", ""), by=current_actor(), at=clock.now())
    except Invalid as refusal:
        db.session.rollback()
        return _preview(chosen, refusal), 422
    return redirect(url_for(".retries", retry_id=run.id), 303)


@door.get("/incidents/retries/<int:retry_id>")
@requires(Permission.incident_manage)
def retries(retry_id: int) -> ResponseReturnValue:
    """How far it is; the part that changes is asked for again every second while it runs."""
    return progress.page("admin/retries.html", **_shown(retrying.get(retry_id)))


@door.post("/incidents/retries/<int:retry_id>/cancellation")
@requires(Permission.incident_manage)
def cancel_retries(retry_id: int) -> ResponseReturnValue:
    """Leave the rest alone."""
    retrying.cancel(retry_id, by=current_actor(), at=clock.now())
    flash(_("Cancelled. What was tried again stays so."), "success")
    return redirect(url_for(".retries", retry_id=retry_id), 303)


def _shown(run: Retry) -> dict[str, object]:
    lines = retrying.of(run)
    rows = incidents.some([line.incident_id for line in lines])
    return {
        "run": run,
        "counts": retrying.counts(run),
        "lines": lines,
        "rows": rows,
        "subjects": subjects(list(rows.values())),
        "states": STATES,
        "is_working": run.state == RetryState.running,
    }


def _chosen() -> list[int]:
    """What was ticked; or all that were open when the page was made."""
    if "all" in request.form:
        last = _number(request.form.get("last", ""))
        return incidents.open_ids(until=last, most=retrying.MOST)
    typed = (_number(one) for one in request.form.getlist("incident")[: retrying.MOST])
    return [one for one in typed if one is not None]


def _number(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 19 else None


def _preview(chosen: list[int], refusal: Invalid | None = None) -> str:
    rows = incidents.some(chosen[: retrying.LISTED])
    return render_template(
        "admin/retries_preview.html",
        rows=rows,
        subjects=subjects(list(rows.values())),
        chosen=chosen,
        last=max(chosen),
        most=retrying.LISTED,
        refusal=refusal,
    )
