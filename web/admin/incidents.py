"""Incidents: timers and actions that failed three times, to be tried again or settled by hand."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from engine.access.permissions import Permission
from engine.audit import recording
from engine.kit import clock
from engine.kit.db import db
from engine.kit.errors import FieldError
from engine.kit.i18n import N_
from engine.process import incidents as settling
from engine.process.models import Incident, ProcessDefinition, ProcessInstance
from web.admin.door import door
from web.confirming import asks_first
from web.guards import requires
from web.session import current_actor


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
        return _page(incident_id, [FieldError(N_("Please say how it was settled."))]), 422
    by, at = current_actor(), clock.now()
    settling.resolve(incident_id, by_id=by.id, at=at, note=note)
    recording.record(
        "incident.resolved", by=by, at=at, object_kind="incident", object_id=incident_id, detail={"note": note}
    )
    flash(_("The incident is settled."), "success")
    return redirect(url_for(".incidents"), 303)


def _page(refused: int | None = None, errors: list[FieldError] | None = None) -> str:
    found = settling.open_incidents()
    return render_template(
        "admin/incidents.html", found=found, subjects=_subjects(found), refused=refused, errors=errors or []
    )


def _subjects(found: list[Incident]) -> dict[int, tuple[ProcessInstance, str]]:
    """Instance and name of its drawing, by the instance's id."""
    rows = db.session.execute(
        select(ProcessInstance, ProcessDefinition.name)
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
        .where(ProcessInstance.id.in_({one.instance_id for one in found}))
    )
    return {instance.id: (instance, name) for instance, name in rows}
