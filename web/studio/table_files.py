"""Decision tables as files: out as DMN for other tools, in from them as a draft."""

from io import BytesIO

from flask import flash, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.access.permissions import Permission
from engine.decisions import dmn, dmn_import, drafting, queries, vocabulary
from engine.decisions.content import from_json
from engine.kit import clock
from engine.kit.db import db
from engine.kit.errors import Invalid
from engine.kit.i18n import N_
from web import languages
from web.errors import said
from web.guards import requires
from web.session import current_actor
from web.studio.door import door
from web.studio.tables import listed

P = Permission


@door.get("/tables/<int:table_id>/dmn")
@requires(P.decision_manage)
def table_file(table_id: int) -> ResponseReturnValue:
    """A version or a draft as a DMN 1.3 file, its test cases in it."""
    row = queries.get(table_id)
    text = dmn.exported(from_json(row.content), vocabulary.get(row.decision), locale=languages.chosen())
    name = f"{row.decision}-{row.version or 'draft'}.dmn"
    return send_file(BytesIO(text.encode()), mimetype="application/xml", as_attachment=True, download_name=name)


@door.post("/tables/<decision>/files")
@requires(P.decision_manage)
def import_table(decision: str) -> ResponseReturnValue:
    """Begin a draft with a DMN file, and say what of it was left out."""
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise Invalid.field("file", N_("Please choose a file first."))
        found = dmn_import.read(file.read(), vocabulary.get(decision))
        draft = drafting.begin(decision, found.content, by=current_actor(), at=clock.now())
    except Invalid as refusal:
        db.session.rollback()
        return listed(refusal), 422
    for one in found.losses:
        flash(said(one), "warning")
    flash(_("The file is a draft now. Nothing of it is in force."), "success")
    return redirect(url_for(".table", table_id=draft.id), 303)
