"""How one wants to be told, and where one is reached: the part of "my account" that is about messages."""

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.forms import catalogue as forms
from engine.kit import clock
from engine.kit.db import db
from engine.kit.errors import Invalid
from engine.notifications import preferences
from engine.organization import details
from web import session
from web.filling import Filling
from web.guards import requires
from web.messages.door import door

FIELDS = ("phone", "email")


@door.post("/wishes")
@requires()
def choose() -> ResponseReturnValue:
    """Set what one wants at once, in the digest, or not at all. Raises Invalid for a choice that there is not."""
    wanted = {}
    for name, how in request.form.items():
        kind, dot, channel = name.partition(".")
        if dot:
            wanted[kind, channel] = how
    try:
        preferences.choose(session.current_user_row().id, wanted)
    except Invalid as refusal:
        if "how" in refusal.fields:
            raise
        return _again(wanted, refusal), 422
    flash(_("Saved."), "success")
    return redirect(url_for("signin.me"), 303)


def _again(wanted: dict[tuple[str, str], str], refusal: Invalid) -> str:
    """The page as it was sent, with what is wrong beside it; nothing of it is saved."""
    db.session.rollback()
    g.refused_wishes = wanted
    return render_template("signin/me.html", user=session.current_user_row(), errors={}, wish_errors=refusal.fields)


@door.route("/address", methods=["GET", "POST"])
@requires()
def address() -> ResponseReturnValue:
    """Change one's telephone number and e-mail address."""
    user = session.current_user_row()
    filling = Filling(forms.load("contact"), initial={name: getattr(user, name) for name in FIELDS})
    if filling.done(lambda values: details.change_user(user, values, by=session.current_actor(), at=clock.now())):
        flash(_("Saved."), "success")
        return redirect(url_for("signin.me"), 303)
    return render_template("messages/address.html", filling=filling), filling.status
