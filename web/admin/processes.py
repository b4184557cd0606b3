"""Processes: which drawings run, and publishing a new version."""

from io import BytesIO
from pathlib import PurePath

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select

from engine.access.permissions import Permission
from engine.audit import recording
from engine.kit import clock
from engine.kit.db import db
from engine.kit.errors import FieldError, Invalid, NotFound
from engine.kit.i18n import N_
from engine.organization.models import User
from engine.process import definitions, drawing, linting, queries, translating
from engine.process.errors import DrawingRefused
from engine.process.models import ProcessDefinition, ProcessInstance
from web.admin.door import door
from web.guards import requires
from web.session import current_actor

STATES = {"draft": N_("draft"), "active": N_("in force"), "retired": N_("retired")}


@door.get("/processes")
@requires(Permission.process_manage)
def processes() -> ResponseReturnValue:
    """Every version of every drawing; cases finish on the version that they began with."""
    rows = queries.definitions()
    authors = {row.created_by_id for row in rows if row.created_by_id}
    names = {user.id: user.name for user in db.session.scalars(select(User).where(User.id.in_(authors)))}
    return render_template("admin/processes.html", definitions=rows, names=names, states=STATES)


@door.route("/processes/new", methods=["GET", "POST"])
@requires(Permission.process_manage)
def publish_process() -> ResponseReturnValue:
    """Check a drawing, and publish it if it is asked and nothing is wrong."""
    if request.method == "GET":
        return _page()
    file = request.files.get("file")
    if file is None or not file.filename:
        return _page(Invalid.field("file", N_("Please choose a file first."))), 422
    key = (request.form.get("key") or PurePath(file.filename).stem).strip()
    try:
        return _check(file.read()) if "check" in request.form else _publish(key, file.read())
    except Invalid as refusal:
        db.session.rollback()
        return _page(refusal), 422


@door.get("/processes/<int:definition_id>")
@requires(Permission.process_manage)
def process(definition_id: int) -> ResponseReturnValue:
    """One version as a picture, and how many cases run on it."""
    row = _definition(definition_id)
    under_way = select(func.count()).where(ProcessInstance.definition_id == row.id, ProcessInstance.ended_at.is_(None))
    return render_template(
        "admin/process.html",
        definition=row,
        states=STATES,
        picture=drawing.drawing(row.id),
        running=db.session.scalar(under_way),
    )


@door.get("/processes/<int:definition_id>/bpmn")
@requires(Permission.process_manage)
def download_process(definition_id: int) -> ResponseReturnValue:
    """One version as the file that it was published from."""
    row = _definition(definition_id)
    name = f"{row.key}-{row.version}.bpmn"
    return send_file(BytesIO(row.xml.encode()), mimetype="application/xml", as_attachment=True, download_name=name)


def _check(source: bytes) -> ResponseReturnValue:
    findings = linting.check(translating.translated(source))
    if findings:
        raise _refused(findings)
    return _page(is_good=True)


def _publish(key: str, source: bytes) -> ResponseReturnValue:
    by, at = current_actor(), clock.now()
    published = definitions.publish(key, source, by_id=by.id, at=at)
    recording.record(
        "process.published",
        by=by,
        at=at,
        object_kind="process",
        object_id=published.key,
        detail={"version": published.version, "digest": published.digest},
    )
    flash(
        _("%(name)s, version %(version)s, is in force for new cases.", name=published.name, version=published.version),
        "success",
    )
    return redirect(url_for(".processes"), 303)


def _refused(findings: list[linting.Finding]) -> DrawingRefused:
    fields: dict[str, list[FieldError]] = {}
    for finding in findings:
        fields.setdefault(finding.element_id, []).append(FieldError(finding.text, finding.params))
    return DrawingRefused(fields)


def _page(refusal: Invalid | None = None, *, is_good: bool = False) -> str:
    keys = sorted({row.key for row in queries.definitions()})
    return render_template("admin/process_new.html", keys=keys, refusal=refusal, is_good=is_good)


def _definition(definition_id: int) -> ProcessDefinition:
    row = db.session.get(ProcessDefinition, definition_id)
    if row is None:
        raise NotFound
    return row
