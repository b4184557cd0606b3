"""Roles: the matrix of who may do what, making, changing and comparing roles, and who holds a permission."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.access import gaps, granting, queries
from engine.access.models import Role
from engine.access.permissions import LABELS, SCOPE_LABELS, Permission, Scope
from engine.forms import catalogue as forms
from engine.forms.definition import Option
from engine.kit import clock
from engine.kit.db import db
from engine.kit.errors import CityLoopError, Conflict, NotAllowed
from web.admin import choices
from web.admin.choices import name_of
from web.admin.door import door
from web.filling import Filling
from web.guards import requires
from web.session import current_actor


@door.get("/roles")
@requires(Permission.access_manage)
def roles() -> ResponseReturnValue:
    """The matrix: permissions down, roles across, and how many people hold each."""
    return render_template(
        "admin/roles.html", roles=_roles(), held=gaps.held(), labels=LABELS, scopes=SCOPE_LABELS, name_of=name_of
    )


@door.route("/roles/new", methods=["GET", "POST"])
@requires(Permission.access_manage)
def new_role() -> ResponseReturnValue:
    """A role of the city's own, from nothing or like another one."""
    known = {role.code: role for role in queries.roles()}
    options = {
        "scopes": [Option(scope.value, label) for scope, label in SCOPE_LABELS.items()],
        "roles": [Option(code, name_of(role)) for code, role in known.items()],
    }
    filling = Filling(forms.load("role"), initial=_like(known.get(request.args.get("like", ""))), options=options)
    made: list[Role] = []

    def create(values: dict[str, Any]) -> None:
        copied = known.get(values.pop("like"))
        permissions = [Permission(one.permission) for one in copied.grants] if copied else []
        scope = Scope(values.pop("scope"))
        made.append(granting.create(**values, scope=scope, permissions=permissions, by=current_actor(), at=clock.now()))

    if filling.done(choices.beside("like", create)):
        flash(_("The role is there. Tick what it may do."), "success")
        return redirect(url_for(".role", role_id=made[0].id), 303)
    return render_template("admin/role_new.html", filling=filling), filling.status


@door.get("/roles/comparison")
@requires(Permission.access_manage)
def compare_roles() -> ResponseReturnValue:
    """Two roles side by side: what only one may do, and what both may."""
    known = {str(role.id): (role, held) for role, held in _roles()}
    first, second = (known.get(request.args.get(name, "")) for name in ("role", "other"))
    return render_template(
        "admin/role_comparison.html",
        known={key: name_of(role) for key, (role, _held) in known.items()},
        pair=(first, second) if first and second else None,
        labels=LABELS,
        scopes=SCOPE_LABELS,
        name_of=name_of,
    )


@door.route("/roles/<int:role_id>/names", methods=["GET", "POST"])
@requires(Permission.access_manage)
def rename_role(role_id: int) -> ResponseReturnValue:
    """Call a role something else."""
    row = queries.role(role_id)
    filling = Filling(forms.load("role_names"), initial=choices.initial(row, ("name", "name_en")))
    rename = choices.beside("name", lambda values: granting.rename(row, **values, by=current_actor(), at=clock.now()))
    if filling.done(rename):
        flash(_("Saved."), "success")
        return redirect(url_for(".role", role_id=role_id), 303)
    return render_template("admin/role_names.html", role=row, filling=filling), filling.status


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


def _like(role: Role | None) -> dict[str, str]:
    """A copy begins with the scope and the permissions of its model; its code and names are its own."""
    return {"like": role.code, "scope": role.scope} if role else {}


def _roles() -> list[tuple[Role, set[str]]]:
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
