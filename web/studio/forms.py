"""The forms that a city designs: their list, their versions, beginning a draft, bringing a version back."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.access.permissions import Permission
from engine.forms import catalogue
from engine.kit import clock
from engine.kit.db import db
from engine.kit.errors import Invalid, NotFound
from engine.kit.i18n import N_
from engine.studio import designing, form_publishing, form_uses
from web.confirming import asks_first
from web.guards import requires
from web.session import current_actor
from web.studio.door import door
from web.studio.versions import names_of

P = Permission


@door.get("/forms")
@requires(P.process_manage)
def forms() -> ResponseReturnValue:
    """Every form that can be designed: what is in force, and what is being changed."""
    drafts = designing.open_drafts()
    found = [catalogue.load(name) for name in designing.names()]
    return render_template(
        "studio/forms.html",
        of_acts=[form for form in found if form.name in designing.OF_ACTS],
        own=[form for form in found if form.name not in designing.OF_ACTS],
        begun=[draft for key, draft in drafts.items() if key not in designing.names()],
        drafts=drafts,
        names=names_of({draft.changed_by_id for draft in drafts.values()}),
    )


@door.route("/forms/new", methods=["GET", "POST"])
@requires(P.process_manage)
def new_form() -> ResponseReturnValue:
    """Begin a form for steps of the city's own."""
    if request.method == "GET":
        return render_template("studio/form_new.html", refusal=None)
    told = request.form
    try:
        draft = designing.begin_new(told.get("title_zh", ""), told.get("title_en", ""), by=current_actor(),
                                    at=clock.now())  # fmt: skip
    except Invalid as refusal:
        db.session.rollback()
        return render_template("studio/form_new.html", refusal=refusal), 422
    return redirect(url_for(".form_draft", form_draft_id=draft.id), 303)


@door.post("/forms/<key>/drafts")
@requires(P.process_manage)
def change_form(key: str) -> ResponseReturnValue:
    """Begin to change a form."""
    draft = designing.begin(key, by=current_actor(), at=clock.now())
    return redirect(url_for(".form_draft", form_draft_id=draft.id), 303)


@door.get("/forms/<key>")
@requires(P.process_manage)
def form(key: str) -> ResponseReturnValue:
    """A form as it is in force, its versions, and the drawings that use it."""
    return _page(key)


@door.post("/forms/<key>/versions/<int:number>/restoration")
@requires(P.process_manage)
@asks_first(N_("Bring this version back"), N_("Steps that open from now on show it. Steps that are open keep theirs."))
def restore_form(key: str, number: int) -> ResponseReturnValue:
    """Put an earlier version in force again."""
    try:
        row = form_publishing.restore(key, number, note=request.form.get("note", ""), by=current_actor(),
                                      at=clock.now())  # fmt: skip
    except Invalid as refusal:
        db.session.rollback()
        return _page(key, refusal, number), 422
    flash(_("Version %(old)s is back as version %(new)s.", old=number, new=row.version), "success")
    return redirect(url_for(".form", key=key), 303)


def _page(key: str, refusal: Invalid | None = None, refused: int = 0) -> str:
    if key not in designing.names():
        raise NotFound
    rows = designing.versions(key)
    return render_template(
        "studio/form.html",
        form=catalogue.load(key),
        shipped=catalogue.shipped(key) if key in designing.OF_ACTS else None,
        versions=rows,
        names=names_of({row.published_by_id for row in rows}),
        draft=designing.open_drafts().get(key),
        uses=form_uses.uses(key),
        open_steps=form_uses.open_steps(key),
        refusal=refusal,
        refused=refused,
    )
