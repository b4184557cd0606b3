"""Publishing the draft of a form: what it changes for the drawings that use it, and the note that is kept with it."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.access.permissions import Permission
from engine.forms import catalogue
from engine.kit import clock
from engine.kit.db import db
from engine.kit.errors import Conflict, Invalid
from engine.studio import designing, form_publishing, form_uses
from web.guards import requires
from web.session import current_actor
from web.studio.door import door, sent_revision


@door.route("/form-drafts/<int:form_draft_id>/publication", methods=["GET", "POST"])
@requires(Permission.process_manage)
def publish_form(form_draft_id: int) -> ResponseReturnValue:
    """Look over what publishing means, and publish."""
    if request.method == "GET":
        return _page(form_draft_id)
    form = request.form
    try:
        row = form_publishing.publish(form_draft_id, revision=sent_revision(), note=form.get("note", ""),
                                      has_read="has_read" in form, by=current_actor(), at=clock.now())  # fmt: skip
    except (Invalid, Conflict) as refusal:
        db.session.rollback()
        return _page(form_draft_id, refusal), 422 if isinstance(refusal, Invalid) else 409
    flash(_("Version %(version)s is in force: steps that open from now on show it.", version=row.version), "success")
    return redirect(url_for(".form", key=row.key), 303)


def _page(form_draft_id: int, refusal: Invalid | Conflict | None = None) -> str:
    draft = designing.find(form_draft_id)
    form = catalogue.of(draft.entry)
    return render_template(
        "studio/form_publication.html",
        draft=draft,
        form=form,
        before=catalogue.load(draft.key) if draft.key in catalogue.names() else None,
        uses=form_uses.uses(draft.key),
        losses=[(one, form_publishing.said(one)) for one in form_uses.lost(draft.key, form)],
        open_steps=form_uses.open_steps(draft.key),
        refusal=refusal,
    )
