"""Processes: which drawings run, and what each version looks like."""

from io import BytesIO

from flask import render_template, send_file
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from engine.access.permissions import Permission
from engine.kit.db import db
from engine.kit.errors import NotFound
from engine.kit.i18n import N_
from engine.organization.models import User
from engine.process import drawing, exporting, queries
from engine.process.models import ProcessDefinition, ProcessInstance
from web.admin.door import door
from web.guards import requires

STATES = {"draft": N_("draft"), "active": N_("in force"), "retired": N_("retired")}


@door.get("/processes")
@requires(Permission.process_manage)
def processes() -> ResponseReturnValue:
    """Every version of every drawing; cases finish on the version that they began with."""
    rows = queries.definitions()
    authors = {row.created_by_id for row in rows if row.created_by_id}
    names = {user.id: user.name for user in db.session.scalars(select(User).where(User.id.in_(authors)))}
    return render_template("admin/processes.html", definitions=rows, names=names, states=STATES)


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
    """One version as a file that other tools open."""
    row = _definition(definition_id)
    name = f"{row.key}-{row.version}.bpmn"
    return send_file(
        BytesIO(exporting.plain(row.xml).encode()), mimetype="application/xml", as_attachment=True, download_name=name
    )


def _definition(definition_id: int) -> ProcessDefinition:
    row = db.session.get(ProcessDefinition, definition_id)
    if row is None:
        raise NotFound
    return row
