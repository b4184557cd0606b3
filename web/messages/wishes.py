"""How one wants to be told, and where one is reached: the part of "my account" that is about messages."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.forms import catalogue as forms
from engine.kit import clock
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
    """Set what one wants at once, in the digest, or not at all. Raises Invalid."""
    wanted = {}
    for name, how in request.form.items():
        kind, dot, channel = name.partition(".")
        if dot:
            wanted[kind, channel] = how
    preferences.choose(session.current_user_row().id, wanted)
    flash(_("Saved."), "success")
    return redirect(url_for("signin.me"), 303)


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
