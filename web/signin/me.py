"""What a person changes about himself: password and language."""

from flask import flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.kit import clock
from engine.kit.db import db
from engine.kit.errors import FieldError, Invalid
from engine.kit.i18n import LOCALES, N_
from engine.organization import passwords
from web import keeping, session
from web.guards import open_to_all, requires
from web.signin.door import door


@door.get("/me")
@requires()
def me() -> ResponseReturnValue:
    """Who am I here, and what can I change?"""
    return _page()


@door.post("/me/password")
@requires()
def change_password() -> ResponseReturnValue:
    """Change the password; all other sessions end, this one goes on."""
    user = session.current_user_row()
    try:
        _check_repeated()
        passwords.change(user, request.form.get("old", ""), request.form.get("new", ""), at=clock.now())
    except Invalid as refusal:
        db.session.rollback()
        return _page(refusal.fields), 422
    session.begin(user)
    flash(_("Your password has been changed. Sessions on other devices have ended."), "success")
    return redirect(url_for("signin.me"), 303)


@door.post("/language")
@open_to_all
def choose_language() -> ResponseReturnValue:
    """Choose the language: for now in this browser, and for good where somebody is signed in."""
    locale = request.form.get("locale", "")
    if locale in LOCALES:
        cookie["locale"] = locale
        if session.actor_or_none():
            session.current_user_row().locale = locale
    return redirect(keeping.own_address(request.form.get("next")), 303)


def _check_repeated() -> None:
    if request.form.get("new", "") != request.form.get("again", ""):
        raise Invalid.field("again", N_("The two new passwords differ."))


def _page(errors: dict[str, list[FieldError]] | None = None) -> str:
    return render_template("signin/me.html", user=session.current_user_row(), errors=errors or {})
