"""Roles: the matrix of who may do what, changing a role, and who holds a permission."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.access import granting, queries
from engine.access.permissions import LABELS, SCOPE_LABELS, Permission
from engine.kit import clock
from engine.kit.db import db
from engine.kit.errors import CityLoopError, Conflict, NotAllowed
from web.admin.choices import name_of
from web.admin.door import door
from web.guards import requires
from web.session import current_actor


@door.get("/roles")
@requires(Permission.access_manage)
def roles() -> ResponseReturnValue:
    """The matrix: permissions down, roles across."""
    return render_template("admin/roles.html", roles=_roles(), labels=LABELS, scopes=SCOPE_LABELS, name_of=name_of)


@door.route("/roles/<int:role_id>", methods=["GET", "POST"])
@requires(Permission.access_manage)
def role(role_id: int) -> ResponseReturnValue:
    """One role: tick what it may do."""
    row = queries.role(role_id)
    if request.method == "GET":
        return _role(role_id)
    try:
        granting.grant(row, _ticked(), by=current_actor(), at=clock.now())
    except (Conflict, NotAllowed) as refusal:
        db.session.rollback()
        return _role(role_id, refusal), 422
    flash(_("Saved. It counts from the next page that its holders open."), "success")
    return redirect(url_for(".roles"), 303)


@door.get("/roles/permissions/<name>")
@requires(Permission.access_manage)
def holders(name: str) -> ResponseReturnValue:
    """Who holds a permission, and through which posts."""
    permission = next((one for one in Permission if one.value == name), None)
    if permission is None:
        abort(404)
    label = next(group[permission] for group in LABELS.values() if permission in group)
    return render_template(
        "admin/holders.html",
        permission=permission,
        label=label,
        name_of=name_of,
        reasons=queries.who_may(permission),
        scopes=SCOPE_LABELS,
    )


def _ticked() -> list[Permission]:
    sent = set(request.form.getlist("permission"))
    return [one for one in Permission if one.value in sent]


def _roles() -> list[tuple[object, set[str]]]:
    return [(role, {grant.permission for grant in role.grants}) for role in queries.roles()]


def _role(role_id: int, refusal: CityLoopError | None = None) -> str:
    row = queries.role(role_id)
    held = {one.value for one in _ticked()} if refusal else {grant.permission for grant in row.grants}
    return render_template(
        "admin/role.html",
        role=row,
        held=held,
        labels=LABELS,
        scopes=SCOPE_LABELS,
        refusal=refusal,
        name_of=name_of,
        is_own=row.code in current_actor().roles,
    )
