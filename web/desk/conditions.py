"""The filing conditions of a category, for a form whose category has just been changed."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from engine.access.permissions import Permission
from engine.forms import catalogue
from web.desk import choices
from web.desk.door import door
from web.filling import Filling
from web.guards import requires


@door.get("/filing-conditions")
@requires(Permission.case_accept, Permission.case_approve_filing)
def filing_conditions() -> ResponseReturnValue:
    """The one field of the form that hangs on ``?category_id=`` and ``?area_class=``, as a piece of a page."""
    form = catalogue.load("filing_proposal")
    filling = Filling(form, initial={"filing_condition_id": request.args.get("filing_condition_id")})
    category_id = request.args.get("category_id", type=int)
    filling.options = {
        "filing_conditions": choices.filing_conditions(category_id, choices.area_class(None, request.args))
    }
    return render_template("desk/_condition.html", filling=filling, one=form.field("filing_condition_id"))
