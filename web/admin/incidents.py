"""Incidents: timers and actions that failed three times, tried again, skipped or settled by hand."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from engine.access.permissions import Permission
from engine.audit import recording
from engine.cases.models import Case
from engine.cases.stages import KIND
from engine.kit import clock
from engine.kit.db import db
from engine.kit.errors import CityLoopError, FieldError, Invalid
from engine.kit.i18n import N_
from engine.process import charts
from engine.process import incidents as settling
from engine.process.charts import Chart
from engine.process.errors import Undecided
from engine.process.models import Incident, ProcessDefinition, ProcessInstance
from engine.studio import mending
from web.admin.door import door
from web.confirming import asks_first
from web.guards import requires
from web.session import current_actor


@door.get("/incidents")
@requires(Permission.incident_manage)
def incidents() -> ResponseReturnValue:
    """What is open, the newest first."""
    return listed()


@door.post("/incidents/<int:incident_id>/retry")
@requires(Permission.incident_manage)
def retry_incident(incident_id: int) -> ResponseReturnValue:
    """Let the workers try again."""
    mending.retry(incident_id, by=current_actor(), at=clock.now())
    flash(_("It will be tried again within a minute."), "success")
    return redirect(url_for(".incidents"), 303)


@door.post("/incidents/<int:incident_id>/resolution")
@requires(Permission.incident_manage)
@asks_first(N_("Settle by hand"), N_("The program does not try again; say what you did instead."))
def resolve_incident(incident_id: int) -> ResponseReturnValue:
    """Settle it by hand, with a note that says how."""
    note = request.form.get("note", "").strip()
    if not note:
        return listed(incident_id, {"note": [FieldError(N_("Please say how it was settled."))]}), 422
    by, at = current_actor(), clock.now()
    settling.resolve(incident_id, by_id=by.id, at=at, note=note)
    recording.record(
        "incident.resolved", by=by, at=at, object_kind="incident", object_id=incident_id, detail={"note": note}
    )
    flash(_("The incident is settled."), "success")
    return redirect(url_for(".incidents"), 303)


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
        return listed(incident_id, refusal.fields or _about_facts(refusal), "skip"), 422
    except Undecided as refusal:
        # The gateway behind it asks for what the action would have found.
        db.session.rollback()
        return listed(incident_id, _about_facts(refusal.why), "skip"), 422
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


def listed(
    refused: int | None = None, errors: Mapping[str, Sequence[FieldError]] | None = None, form: str = "resolution"
) -> str:
    """The list; with what is wrong beside the form of one incident, or above all where ``refused`` is None."""
    found = settling.open_incidents()
    return render_template(
        "admin/incidents.html",
        found=found,
        total=settling.count_open() if len(found) > 1 else len(found),
        subjects=subjects(found),
        refused=refused,
        refused_form=form,
        errors=errors or {},
    )


@dataclass(frozen=True)
class Subject:
    """What an incident is about: its instance, what the drawing is called, and the number of the case, if it is one."""

    instance: ProcessInstance
    process: str
    number: str | None
    chart: Chart

    @property
    def name(self) -> str:
        """The case's number; else the kind and number of what it is."""
        return self.number or f"{self.instance.subject_kind} {self.instance.subject_id}"


def subjects(found: Sequence[Incident]) -> dict[int, Subject]:
    """What these incidents are about, by the id of the instance: one statement."""
    of_case = (ProcessInstance.subject_kind == KIND) & (Case.id == ProcessInstance.subject_id)
    rows = db.session.execute(
        select(ProcessInstance, ProcessDefinition.name, ProcessDefinition.digest, Case.number)
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
        .outerjoin(Case, of_case)
        .where(ProcessInstance.id.in_({one.instance_id for one in found}))
    )
    return {
        instance.id: Subject(instance, name, number, charts.shared(digest, instance.definition_id))
        for instance, name, digest, number in rows
    }
