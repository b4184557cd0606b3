"""The authority list (权责清单): which department answers for what, where; and trying it out before it counts."""

from typing import Any, BinaryIO

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select

from engine.access.permissions import Permission
from engine.cases import tables
from engine.catalog import code_system
from engine.catalog import queries as catalog
from engine.catalog.excel import KINDS
from engine.decisions import asking
from engine.dispatch_rules import excel, queries, rehearsal, revision
from engine.dispatch_rules.answers import Explanation
from engine.forms import catalogue as forms
from engine.forms.definition import YES
from engine.grids import queries as grids
from engine.kit import clock
from engine.kit.db import db
from engine.kit.paging import Page
from engine.organization import queries as organization
from web import languages
from web.admin import choices, workbooks
from web.admin.door import door
from web.configuration import current_config
from web.filling import Filling
from web.guards import requires
from web.session import current_actor

SIZE = 50


@door.get("/authority")
@requires(Permission.dispatch_rules_manage)
def authority() -> ResponseReturnValue:
    """Rules in force in the order in which they are asked."""
    asked = queries.in_force(department_id=request.args.get("department", type=int))
    number = request.args.get("page", 1, type=int)
    total = db.session.scalar(select(func.count()).select_from(asked.order_by(None).subquery())) or 0
    rules = db.session.scalars(asked.offset((number - 1) * SIZE).limit(SIZE)).all()
    codes = {code for rule in rules for code in (rule.region_code, rule.street_code) if code}
    return render_template(
        "admin/authority.html",
        page=Page(rules, number, SIZE, total),
        kinds=KINDS,
        departments=organization.departments(),
        places=grids.names_of(codes),
        table=asking.in_force(tables.DISPATCH),
    )


@door.route("/authority/new", methods=["GET", "POST"])
@requires(Permission.dispatch_rules_manage)
def new_rule() -> ResponseReturnValue:
    """A new rule."""
    today = clock.local(clock.now(), current_config().time_zone).date()
    filling = _filling({"priority": 100, "allows_auto": YES, "is_active": YES, "valid_from": today.isoformat()})
    if filling.done(lambda values: revision.add(_given(values), by=current_actor(), at=clock.now())):
        flash(_("The rule is in force."), "success")
        return redirect(url_for(".authority"), 303)
    return render_template("admin/rule.html", rule=None, history=[], filling=filling), filling.status


@door.route("/authority/<int:rule_id>", methods=["GET", "POST"])
@requires(Permission.dispatch_rules_manage)
def rule(rule_id: int) -> ResponseReturnValue:
    """One rule and its earlier versions; a change makes a new one."""
    row = queries.get(rule_id)
    filling = _filling(choices.initial(row, revision.FIELDS))
    if filling.done(lambda values: revision.revise(row, _given(values), by=current_actor(), at=clock.now())):
        flash(_("A new version of the rule is in force."), "success")
        return redirect(url_for(".authority"), 303)
    page = render_template("admin/rule.html", rule=row, history=queries.history(row.number), filling=filling)
    return page, filling.status


@door.get("/authority/rehearsal")
@requires(Permission.dispatch_rules_manage)
def rehearse() -> ResponseReturnValue:
    """Ask the rules about a category at a point, without a case."""
    system = code_system.current()
    typed, category_id = request.args.get("q", ""), request.args.get("category", type=int)
    found = catalog.search(typed, code_system=system, limit=12) if typed else []
    if category_id is None and len(found) == 1:
        category_id = found[0].id
    return render_template(
        "admin/rehearsal.html",
        found=found,
        typed=typed,
        answer=_answer(category_id),
        category=catalog.get(category_id) if category_id else None,
        table=asking.in_force(tables.DISPATCH),
    )


@door.get("/authority/workbook")
@requires(Permission.dispatch_rules_manage)
def export_rules() -> ResponseReturnValue:
    """The list as a workbook."""

    def write(stream: BinaryIO) -> None:
        excel.export_rules(stream, locale=languages.chosen())

    return workbooks.send(write, "authority")


@door.route("/authority/import", methods=["GET", "POST"])
@requires(Permission.dispatch_rules_manage)
def import_rules() -> ResponseReturnValue:
    """Take a workbook in again."""
    return workbooks.take_in(excel.import_rules, back="admin.authority", export="admin.export_rules")


def _answer(category_id: int | None) -> Explanation | None:
    if category_id is None:
        return None
    lng, lat = (request.args.get(name, type=float) for name in ("lng", "lat"))
    return rehearsal.rehearse(category_id, lng=lng, lat=lat, at=clock.now())


def _filling(initial: dict[str, Any]) -> Filling:
    system = code_system.current()
    categories = catalog.listing(code_system=system)
    departments = choices.departments()
    options = {
        "kind": choices.of(KINDS),
        "category_id": choices.categories(categories),
        "region_code": choices.regions("district"),
        "street_code": choices.regions("street"),
        "responsibility_grid_id": choices.grids(),
        "owner_department_id": departments,
        "department_id": departments,
    }
    return Filling(forms.load("dispatch_rule"), initial=initial, options=options)


def _given(values: dict[str, Any]) -> dict[str, Any]:
    """As a rule keeps them: what was left empty asks for nothing."""
    ids = {name: int(values[name]) if values[name] else None for name in ("responsibility_grid_id",)}
    empty = {name: values[name] or None for name in ("code_system", "kind", "major_code", "region_code", "street_code")}
    return values | empty | ids
