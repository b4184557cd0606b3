"""Carrying a configuration: what is in force as one archive, and the archives that were brought in."""

from io import BytesIO

from flask import redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from engine.access.permissions import Permission
from engine.kit import clock
from engine.kit.db import db
from engine.kit.errors import Invalid
from engine.kit.i18n import N_
from engine.studio import archive_file, archives, archiving
from engine.studio.parts import registry
from web.configuration import current_config
from web.guards import requires
from web.session import current_actor
from web.studio.door import door
from web.studio.versions import names_of

P = Permission
ARCHIVE_STATES = {
    "brought": N_("brought in, not handed in yet"),
    "submitted": N_("handed in for review"),
    "applied": N_("in force"),
    "discarded": N_("given up"),
    "kept": N_("what was before"),
}
ZIP = "application/zip"


@door.get("/archives")
@requires(P.configuration_carry, P.configuration_review)
def list_archives() -> ResponseReturnValue:
    """What holds here by which standard, exporting, bringing in, and what was brought in."""
    return _page()


@door.post("/archives/exports")
@requires(P.configuration_carry)
def export_configuration() -> ResponseReturnValue:
    """The chosen parts as they are now, as one file."""
    form, at = request.form, clock.now()
    given = {name: form.get(name, "").strip() for name in ("name", "version", "issuer")}
    try:
        content = archiving.export(form.getlist("part"), **given, by=current_actor(), at=at)
    except Invalid as refusal:
        db.session.rollback()
        return _page(refusal), 422
    return sent(content, at.astimezone(current_config().time_zone).strftime("%Y%m%d"))


@door.post("/archives")
@requires(P.configuration_carry)
def bring_archive() -> ResponseReturnValue:
    """Take a file in and compare it; nothing changes yet."""
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise Invalid.field("file", N_("Please choose a file first."))
        # Of a file too large no more is read than tells that it is.
        row = archives.bring(file.read(archive_file.MOST_PACKED + 1), by=current_actor(), at=clock.now())
    except Invalid as refusal:
        db.session.rollback()
        return _page(refusal), 422
    return redirect(url_for(".archive", archive_id=row.id), 303)


def sent(content: bytes, mark: str) -> ResponseReturnValue:
    """An archive as a download."""
    return send_file(BytesIO(content), mimetype=ZIP, as_attachment=True, download_name=f"configuration-{mark}.zip")


def _page(refusal: Invalid | None = None) -> str:
    rows = archives.listed()
    return render_template(
        "studio/archives.html",
        rows=rows,
        names=names_of({row.brought_by_id for row in rows}),
        parts=registry.PARTS,
        standards=archives.standards(),
        archive_states=ARCHIVE_STATES,
        refusal=refusal,
        chosen=request.form.getlist("part") if refusal else [part.name for part in registry.PARTS],
    )
