"""Incidents: timers and actions that failed three times, tried again (many at once), skipped or settled by hand."""

import json
from collections.abc import Mapping, Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from engine.access.permissions import Permission
from engine.audit import recording
from engine.kit import clock
from engine.kit.db import db
from engine.kit.errors import CityLoopError, FieldError, Invalid
from engine.kit.i18n import N_
from engine.process import incidents as settling
from engine.process.errors import ExpressionFailed
from engine.process.models import Incident, ProcessDefinition, ProcessInstance
from engine.studio import mending
from web.admin.door import door
from web.confirming import asks_first
from web.guards import requires
from web.session import current_actor

MOST_AT_ONCE = 200


@door.get("/incidents")
@requires(Permission.incident_manage)
def incidents() -> ResponseReturnValue:
    """What is open, the newest first."""
    return _page()


@door.post("/incidents/<int:incident_id>/retry")
@requires(Permission.incident_manage)
def retry_incident(incident_id: int) -> ResponseReturnValue:
    """Let the workers try again."""
    by, at = current_actor(), clock.now()
    settling.retry(incident_id, by_id=by.id, at=at)
    recording.record("incident.retried", by=by, at=at, object_kind="incident", object_id=incident_id)
    flash(_("It will be tried again within a minute."), "success")
    return redirect(url_for(".incidents"), 303)


@door.post("/incidents/<int:incident_id>/resolution")
@requires(Permission.incident_manage)
@asks_first(N_("Settle by hand"), N_("The program does not try again; say what you did instead."))
def resolve_incident(incident_id: int) -> ResponseReturnValue:
    """Settle it by hand, with a note that says how."""
    note = request.form.get("note", "").strip()
    if not note:
        return _page(incident_id, {"note": [FieldError(N_("Please say how it was settled."))]}), 422
    by, at = current_actor(), clock.now()
    settling.resolve(incident_id, by_id=by.id, at=at, note=note)
    recording.record(
        "incident.resolved", by=by, at=at, object_kind="incident", object_id=incident_id, detail={"note": note}
    )
    flash(_("The incident is settled."), "success")
    return redirect(url_for(".incidents"), 303)


@door.post("/incidents/retries")
@requires(Permission.incident_manage)
def retry_incidents() -> ResponseReturnValue:
    """Several at once: first what would be tried again, then, with a reason, what became of each."""
    chosen = _chosen()
    if not chosen:
        return _page(form="retries", errors={"": [FieldError(N_("Please tick at least one incident."))]}), 422
    if "look" in request.form:
        return _preview(chosen)
    try:
        results = mending.retry(chosen, reason=request.form.get("reason", ""), by=current_actor(), at=clock.now())
    except Invalid as refusal:
        return _preview(chosen, refusal), 422
    rows = settling.some(chosen)
    return render_template("admin/retries.html", rows=rows, results={one.incident_id: one for one in results},
                           subjects=_subjects(list(rows.values())), chosen=chosen, refusal=None)  # fmt: skip


@door.post("/incidents/<int:incident_id>/skip")
@requires(Permission.incident_skip)
@asks_first(N_("Skip it"), N_("The case goes on as if the action had been done, or as if the timer had fired."))
def skip_incident(incident_id: int) -> ResponseReturnValue:
    """Go on without the failed work."""
    try:
        facts = results_typed(request.form.get("facts", ""))
        mending.skip(
            incident_id, reason=request.form.get("reason", ""), facts=facts, by=current_actor(), at=clock.now()
        )
    except Invalid as refusal:
        db.session.rollback()
        return _page(incident_id, refusal.fields or _about_facts(refusal), "skip"), 422
    except ExpressionFailed as refusal:
        # The gateway behind it asks for what the action would have found.
        db.session.rollback()
        return _page(incident_id, _about_facts(refusal), "skip"), 422
    flash(_("The case goes on without it."), "success")
    return redirect(url_for(".incidents"), 303)


def results_typed(text: str) -> dict[str, str | int | float | bool | None]:
    """What an action would have found: a line each, ``name = value``; true, false, numbers, else text.

    Raises Invalid beside ``facts``.
    """
    found: dict[str, str | int | float | bool | None] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, sign, value = (part.strip() for part in line.partition("="))
        if not sign or not name.isidentifier():
            raise Invalid.field("facts", N_("Please write each line as: name = value"))
        found[name] = _scalar(value)
    return found


def _about_facts(refusal: CityLoopError) -> dict[str, list[FieldError]]:
    return {"facts": [FieldError(refusal.message_id, refusal.params)]}


def _scalar(value: str) -> str | int | float | bool | None:
    try:
        read = json.loads(value)
    except ValueError:
        return value
    return read if isinstance(read, str | int | float | bool) or read is None else value


def _chosen() -> list[int]:
    typed = request.form.getlist("incident")[:MOST_AT_ONCE]
    return [int(one) for one in typed if one.isdecimal() and len(one) < 19]


def _preview(chosen: list[int], refusal: Invalid | None = None) -> str:
    rows = settling.some(chosen)
    return render_template("admin/retries.html", rows=rows, results={}, subjects=_subjects(list(rows.values())),
                           chosen=chosen, refusal=refusal)  # fmt: skip


def _page(
    refused: int | None = None, errors: Mapping[str, Sequence[FieldError]] | None = None, form: str = "resolution"
) -> str:
    found = settling.open_incidents()
    return render_template(
        "admin/incidents.html",
        found=found,
        subjects=_subjects(found),
        refused=refused,
        refused_form=form,
        errors=errors or {},
    )


def _subjects(found: list[Incident]) -> dict[int, tuple[ProcessInstance, str]]:
    """Instance and name of its drawing, by the instance's id."""
    rows = db.session.execute(
        select(ProcessInstance, ProcessDefinition.name)
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
        .where(ProcessInstance.id.in_({one.instance_id for one in found}))
    )
    return {instance.id: (instance, name) for instance, name in rows}
