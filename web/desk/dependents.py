"""Questions that hang on other answers, as pieces of a page: fetched while the rest of a form stays as it is."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from engine.access.permissions import Permission
from engine.forms import catalogue
from engine.kit.errors import NotFound
from web.desk import choices
from web.desk.door import door
from web.filling import Filling
from web.guards import requires


@door.get("/filing-conditions")
@requires(Permission.case_accept, Permission.case_approve_filing)
def filing_conditions() -> ResponseReturnValue:
    """The conditions of ``?category_id=`` with their limits in areas of ``?area_class=``."""
    return _question("filing_proposal", "filing_condition_id")


@door.get("/components")
@requires(Permission.case_report)
def components() -> ResponseReturnValue:
    """The components around ``?point=longitude,latitude``."""
    return _question("report", "component_id")


def _question(form_name: str, name: str) -> str:
    form = catalogue.load(form_name)
    if name not in {one.name for one in form.fields}:
        raise NotFound
    filling = Filling(form, initial={name: request.args.get(name)})
    filling.options = choices.of(form, None, request.args, only=form.field(name).options_from)
    return render_template("desk/_dependent.html", filling=filling, one=form.field(name))
