"""People: who has an account. What they may do is given by the security administrator (posts)."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.access import policy
from engine.access import queries as access
from engine.access.permissions import Permission
from engine.forms import catalogue as forms
from engine.kit import clock
from engine.kit.db import db
from engine.kit.errors import Invalid
from engine.kit.i18n import N_
from engine.organization import details, hiring, leaving, passwords, queries
from engine.organization.models import User
from web.admin import choices
from web.admin.door import door
from web.confirming import asks_first
from web.filling import Filling
from web.guards import requires
from web.session import current_actor


@door.get("/people")
@requires(Permission.organization_manage)
def people() -> ResponseReturnValue:
    """Everybody with an account, by name; search by name, user name, pinyin."""
    department_id = request.args.get("department", type=int)
    page = queries.page_of_people(
        request.args.get("q", ""),
        department=queries.department(department_id) if department_id else None,
        with_closed="closed" in request.args,
        lacking=request.args.get("lacking", ""),
        page=request.args.get("page", 1, type=int),
    )
    return render_template(
        "admin/people.html",
        page=page,
        departments=queries.departments(),
        roles=access.names(),
        beats=choices.names_of_beats(page.rows),
        now=clock.now(),
        gaps=choices.GAPS,
    )


@door.route("/people/new", methods=["GET", "POST"])
@requires(Permission.organization_manage)
def new_person() -> ResponseReturnValue:
    """Open an account."""
    filling = Filling(forms.load("account"))
    # A password is no field of a form definition: what was typed into those may be kept and shown again.
    password = request.form.get("password", "")
    if filling.done(lambda values: hiring.hire(password=password, **values, by=current_actor(), at=clock.now())):
        flash(_("The account is open. The security administrator gives it posts."), "success")
        return redirect(url_for(".people", q=filling.value("username")), 303)
    return render_template("admin/person_new.html", filling=filling), filling.status


@door.route("/people/<int:user_id>", methods=["GET", "POST"])
@requires(Permission.organization_manage)
def person(user_id: int) -> ResponseReturnValue:
    """One person: correct the details; password and closing stand beside."""
    user = queries.user(user_id)
    filling = Filling(forms.load("person"), initial=choices.initial(user, details.OF_A_USER))
    if filling.done(lambda values: details.change_user(user, values, by=current_actor(), at=clock.now())):
        flash(_("Saved."), "success")
        return redirect(url_for(".person", user_id=user_id), 303)
    page = render_template(
        "admin/person.html", user=user, filling=filling, roles=access.names(), beats=choices.names_of_beats([user])
    )
    return page, filling.status


@door.route("/people/<int:user_id>/password", methods=["GET", "POST"])
@requires(Permission.organization_manage)
def reset_password(user_id: int) -> ResponseReturnValue:
    """Set a new password; the person's sessions end."""
    user = _administered(user_id)
    if request.method == "GET":
        return render_template("admin/password.html", user=user, errors=[])
    try:
        passwords.reset(user, request.form.get("password", ""), by=current_actor(), at=clock.now())
    except Invalid as refusal:
        db.session.rollback()
        return render_template("admin/password.html", user=user, errors=refusal.fields["password"]), 422
    flash(_("The password is set; the person's sessions have ended."), "success")
    return redirect(url_for(".person", user_id=user_id), 303)


@door.post("/people/<int:user_id>/closure")
@requires(Permission.organization_manage)
@asks_first(
    N_("Close the account"),
    N_("The person is signed out everywhere and can sign in no more. What was done stays in every history."),
)
def close_account(user_id: int) -> ResponseReturnValue:
    """The person leaves."""
    leaving.leave(_administered(user_id), by=current_actor(), at=clock.now())
    flash(_("The account is closed."), "success")
    return redirect(url_for(".person", user_id=user_id), 303)


@door.post("/people/<int:user_id>/return")
@requires(Permission.organization_manage)
def open_account_again(user_id: int) -> ResponseReturnValue:
    """The person comes back, with the posts held before."""
    leaving.come_back(_administered(user_id), by=current_actor(), at=clock.now())
    flash(_("The account is open again."), "success")
    return redirect(url_for(".person", user_id=user_id), 303)


def _administered(user_id: int) -> User:
    """The person, unless the account is that of another of the three administrators."""
    policy.check_administers(access.permissions_of(user_id))
    return queries.user(user_id)
