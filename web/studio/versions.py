"""One version: what it is, and what may be done with it: bring it back, suspend it."""

from collections.abc import Sequence
from io import BytesIO

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select

from engine.access.permissions import Permission
from engine.kit import clock
from engine.kit.db import db
from engine.kit.errors import Invalid, NotFound
from engine.kit.i18n import N_
from engine.organization.models import User
from engine.process import definitions, drawing, exporting
from engine.process.models import DefinitionState, ProcessDefinition, ProcessInstance
from engine.studio import migrations, versions
from web.confirming import asks_first
from web.guards import requires
from web.session import current_actor
from web.studio.door import door

P = Permission
SEEN_BY = (P.process_manage, P.process_review, P.process_suspend, P.process_migrate)


@door.get("/versions/<int:definition_id>")
@requires(*SEEN_BY)
def version(definition_id: int) -> ResponseReturnValue:
    """One version as a picture, its history, and what may be done with it."""
    return _page(find(definition_id))


@door.post("/versions/<int:definition_id>/restoration")
@requires(P.process_suspend)
@asks_first(N_("Bring this version back"), N_("New cases run on it at once. Running cases stay on their version."))
def restore(definition_id: int) -> ResponseReturnValue:
    """Put an earlier version in force again."""
    row = find(definition_id)
    try:
        back = versions.roll_back(row.id, reason=request.form.get("reason", ""), by=current_actor(), at=clock.now())
    except Invalid as refusal:
        db.session.rollback()
        return _page(find(definition_id), refusal, "restore"), 422
    flash(_("Version %(old)s is back: it is in force for new cases as version %(new)s.", old=row.version,
            new=back.version), "success")  # fmt: skip
    return redirect(url_for(".version", definition_id=back.id), 303)


@door.post("/versions/<int:definition_id>/suspension")
@requires(P.process_suspend)
@asks_first(N_("Suspend this version"), N_("No new cases begin on it. What runs on it goes on."))
def suspend(definition_id: int) -> ResponseReturnValue:
    """Let no new cases begin on a version."""
    row = find(definition_id)
    try:
        instead = versions.suspend(row, reason=request.form.get("reason", ""), by=current_actor(), at=clock.now())
    except Invalid as refusal:
        db.session.rollback()
        return _page(find(definition_id), refusal, "suspend"), 422
    if instead is None:
        flash(_("Suspended. New cases cannot begin until a version is resumed or published."), "warning")
    else:
        flash(_("Suspended. New cases begin on version %(version)s.", version=instead.version), "success")
    return redirect(url_for(".version", definition_id=definition_id), 303)


@door.post("/versions/<int:definition_id>/resumption")
@requires(P.process_suspend)
def resume(definition_id: int) -> ResponseReturnValue:
    """Let new cases begin on it again."""
    now = versions.resume(find(definition_id), by=current_actor(), at=clock.now())
    if now is not None:
        flash(_("New cases begin on version %(version)s.", version=now.version), "success")
    return redirect(url_for(".version", definition_id=definition_id), 303)


@door.get("/versions/<int:definition_id>/bpmn")
@requires(*SEEN_BY)
def version_file(definition_id: int) -> ResponseReturnValue:
    """One version as a file that other tools open."""
    row = find(definition_id)
    file = BytesIO(exporting.plain(row.xml).encode())
    name = f"{row.key}-{row.version}.bpmn"
    return send_file(file, mimetype="application/xml", as_attachment=True, download_name=name)


def find(definition_id: int) -> ProcessDefinition:
    """One version. Raises NotFound."""
    row = db.session.get(ProcessDefinition, definition_id)
    if row is None:
        raise NotFound
    return row


def names_of(ids: set[int | None]) -> dict[int, str]:
    """Names of people by id."""
    asked = select(User.id, User.name).where(User.id.in_([one for one in ids if one is not None]))
    return dict(db.session.execute(asked).tuples().all())


def _page(row: ProcessDefinition, refusal: Invalid | None = None, refused: str = "") -> str:
    siblings = _siblings(row.key)
    on_it = (ProcessInstance.definition_id == row.id) & ProcessInstance.ended_at.is_(None)
    return render_template(
        "studio/version.html",
        version=row,
        siblings=siblings,
        active=next((one for one in siblings if one.state == DefinitionState.active), None),
        used=definitions.active(row.key),
        picture=drawing.drawing(row.id),
        names=names_of({row.created_by_id, row.reviewed_by_id, row.suspended_by_id}),
        running=db.session.scalar(select(func.count()).select_from(ProcessInstance).where(on_it)) or 0,
        runs=migrations.of(row.key, most=10),
        refusal=refusal,
        refused=refused,
    )


def _siblings(key: str) -> Sequence[ProcessDefinition]:
    of_key = select(ProcessDefinition).where(ProcessDefinition.key == key)
    return db.session.scalars(of_key.order_by(ProcessDefinition.version.desc())).all()
