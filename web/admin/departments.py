"""Departments: the tree, and what is known of each."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.access import gaps
from engine.access import queries as access
from engine.access.permissions import Permission
from engine.forms import catalogue as forms
from engine.kit import clock
from engine.kit.errors import Invalid
from engine.kit.i18n import N_
from engine.organization import departments as tree
from engine.organization import details, queries
from engine.organization.models import Department
from web.admin import choices
from web.admin.door import door
from web.filling import Filling
from web.guards import requires
from web.session import current_actor

KINDS = {
    "center": N_("Center"),
    "municipal": N_("Municipal department"),
    "district": N_("District"),
    "street": N_("Street"),
    "enterprise": N_("Enterprise"),
}


@door.get("/departments")
@requires(Permission.organization_manage)
def departments() -> ResponseReturnValue:
    """The whole tree with how many people serve where, merged departments last named beside their successors.

    ``?without=head`` keeps to those in which people work, and nobody leads them.
    """
    everyone, headless = queries.departments(with_closed=True), gaps.departments_without_head()
    return render_template(
        "admin/departments.html",
        departments=[one for one in everyone if one.id in headless or "without" not in request.args],
        headless=headless,
        by_id={one.id: one for one in everyone},
        counts=queries.counts_of_people(),
        kinds=KINDS,
        is_narrowed="without" in request.args,
    )


@door.route("/departments/new", methods=["GET", "POST"])
@requires(Permission.organization_manage)
def new_department() -> ResponseReturnValue:
    """Found a department."""
    filling = Filling(forms.load("department"), options={"parent_id": choices.departments(), "kind": choices.of(KINDS)})

    def found(values: dict[str, Any]) -> None:
        parent_id = values.pop("parent_id")
        parent = queries.department(parent_id) if parent_id else None
        tree.found(**values, parent=parent, by=current_actor(), at=clock.now())

    if filling.done(found):
        flash(_("The department is founded."), "success")
        return redirect(url_for(".departments"), 303)
    return render_template("admin/department_new.html", filling=filling), filling.status


@door.route("/departments/<int:department_id>", methods=["GET", "POST"])
@requires(Permission.organization_manage)
def department(department_id: int) -> ResponseReturnValue:
    """One department: its details, its place in the tree, its people."""
    row = queries.department(department_id)
    initial = choices.initial(row, (*details.OF_A_DEPARTMENT, "code", "parent_id"))
    options = {"parent_id": choices.departments(), "kind": choices.of(KINDS)}
    filling = Filling(forms.load("department"), initial=initial, options=options)
    if filling.done(choices.beside("parent_id", lambda values: _change(row, values))):
        flash(_("Saved."), "success")
        return redirect(url_for(".departments"), 303)
    page = render_template(
        "admin/department.html", department=row, filling=filling, people=queries.people_of(row), roles=access.names()
    )
    return page, filling.status


@door.route("/departments/<int:department_id>/merger", methods=["GET", "POST"])
@requires(Permission.organization_manage)
def merge_department(department_id: int) -> ResponseReturnValue:
    """Merge a department into its successor."""
    row = queries.department(department_id)
    filling = Filling(forms.load("department_merger"), options={"into_id": choices.departments(without=row)})

    def merge(values: dict[str, Any]) -> None:
        tree.merge(row, queries.department(values["into_id"]), by=current_actor(), at=clock.now())

    if filling.done(choices.beside("into_id", merge)):
        flash(_("The department is merged; its history stays its own."), "success")
        return redirect(url_for(".departments"), 303)
    return render_template("admin/merger.html", department=row, filling=filling), filling.status


def _change(row: Department, values: dict[str, Any]) -> None:
    if values.pop("code", row.code) != row.code:
        raise Invalid.field("code", N_("The code of a department stays as it is: history names it."))
    parent_id = values.pop("parent_id")
    parent = queries.department(parent_id) if parent_id else None
    details.change_department(row, values, by=current_actor(), at=clock.now())
    if row.parent_id != (parent.id if parent else None):
        tree.move(row, parent, by=current_actor(), at=clock.now())
