"""The catalogue: categories, filing conditions, time limits."""

from typing import Any, BinaryIO

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.access.permissions import Permission
from engine.cases import tables
from engine.catalog import code_system, editing, excel, queries
from engine.decisions import asking
from engine.forms import catalogue as forms
from engine.forms.definition import YES
from engine.kit import clock
from web import languages
from web.admin import choices, wording, workbooks
from web.admin.door import door
from web.filling import Filling
from web.guards import requires
from web.session import current_actor

SHOWN_FOUND = 200


@door.get("/catalogue")
@requires(Permission.catalog_manage)
def catalogue() -> ResponseReturnValue:
    """Categories of one code system, by major or by what was typed."""
    system = request.args.get("system") or code_system.current()
    kind, major, typed = request.args.get("kind"), request.args.get("major"), request.args.get("q", "")
    majors = queries.majors(code_system=system)
    if not typed and major is None and majors:
        kind, major, _name = majors[0]
    found = (
        queries.search(typed, code_system=system, limit=SHOWN_FOUND)
        if typed
        else queries.listing(code_system=system, kind=kind, major_code=major, include_inactive=True)
    )
    return render_template(
        "admin/catalogue.html",
        found=found,
        majors=majors,
        system=system,
        kind=kind,
        major=major,
        systems=queries.code_systems(),
        typed=typed,
        kinds=excel.KINDS,
        units=excel.UNITS,
        system_names=wording.CODE_SYSTEMS,
        table=asking.in_force(tables.LIMIT),
    )


@door.route("/catalogue/<int:category_id>", methods=["GET", "POST"])
@requires(Permission.catalog_manage)
def category(category_id: int) -> ResponseReturnValue:
    """One category with its filing conditions; correct its words."""
    row = queries.get(category_id)
    filling = Filling(forms.load("category"), initial=choices.initial(row, editing.CATEGORY_FIELDS))
    if filling.done(lambda values: editing.change_category(row, values, by=current_actor(), at=clock.now())):
        flash(_("Saved."), "success")
        return redirect(url_for(".category", category_id=category_id), 303)
    page = render_template(
        "admin/category.html",
        category=row,
        filling=filling,
        units=excel.UNITS,
        kinds=excel.KINDS,
        system_names=wording.CODE_SYSTEMS,
        table=asking.in_force(tables.LIMIT),
    )
    return page, filling.status


@door.route("/catalogue/conditions/<int:condition_id>", methods=["GET", "POST"])
@requires(Permission.catalog_manage)
def condition(condition_id: int) -> ResponseReturnValue:
    """One filing condition and its time limits."""
    row = queries.condition(condition_id)
    filling = _condition_filling(choices.initial(row, editing.CONDITION_FIELDS))
    if filling.done(lambda values: editing.change_condition(row, _given(values), by=current_actor(), at=clock.now())):
        flash(_("Saved. Cases that are dispatched already keep the limit they were given."), "success")
        return redirect(url_for(".category", category_id=row.category_id), 303)
    return render_template(
        "admin/condition.html", category=row.category, condition=row, filling=filling
    ), filling.status


@door.route("/catalogue/<int:category_id>/conditions/new", methods=["GET", "POST"])
@requires(Permission.catalog_manage)
def new_condition(category_id: int) -> ResponseReturnValue:
    """A further filing condition of a category."""
    row = queries.get(category_id)
    filling = _condition_filling({"limit_unit": "working_hours", "is_active": YES, "clock": "working"})

    def add(values: dict[str, Any]) -> None:
        editing.add_condition(row, _given(values), by=current_actor(), at=clock.now())

    if filling.done(add):
        flash(_("The filing condition is added."), "success")
        return redirect(url_for(".category", category_id=category_id), 303)
    return render_template("admin/condition.html", category=row, condition=None, filling=filling), filling.status


@door.get("/catalogue/workbook")
@requires(Permission.catalog_manage)
def export_catalogue() -> ResponseReturnValue:
    """Categories and filing conditions as a workbook."""

    def write(stream: BinaryIO) -> None:
        excel.export_catalogue(stream, code_system=request.args.get("system"), locale=languages.chosen())

    return workbooks.send(write, "catalogue")


@door.route("/catalogue/import", methods=["GET", "POST"])
@requires(Permission.catalog_manage)
def import_catalogue() -> ResponseReturnValue:
    """Take a workbook in again."""
    return workbooks.take_in(excel.import_catalogue, back="admin.catalogue", export="admin.export_catalogue")


def _condition_filling(initial: dict[str, Any]) -> Filling:
    options = {"limit_unit": choices.of(excel.UNITS), "clock": choices.of(excel.CLOCKS)}
    return Filling(forms.load("filing_condition"), initial=initial, options=options)


def _given(values: dict[str, Any]) -> dict[str, Any]:
    """Without what was left empty; a class without a limit of its own has the common one."""
    limits = {f"limit_{letter}": values[f"limit_{letter}"] or values["limit_value"] for letter in "abc"}
    return {name: value for name, value in (values | limits).items() if value is not None}
