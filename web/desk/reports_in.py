"""Problems come in over the desk: a collector's or clerk's report, and a citizen's call that is written down."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.access.permissions import Permission
from engine.cases import answering, reporting
from engine.cases.models import Case, Source
from engine.cases.reporting import Report, Reporter
from engine.forms.catalogue import Form
from engine.kit import clock
from web.desk import choices
from web.desk.acts import LOOK_AGAIN, attach, uploads
from web.desk.door import door
from web.desk.opened_forms import as_opened
from web.filling import Filling
from web.guards import requires
from web.session import current_actor

DESK = "desk"
"""Source system of what is typed in here: with the number of its page, the same page sent twice is one report."""


Make = Callable[[dict[str, Any]], Report]


@door.route("/reports/new", methods=["GET", "POST"])
@requires(Permission.case_report)
def report() -> ResponseReturnValue:
    """Report a problem with photos and a place."""
    return _take_in(as_opened("report"), _of_collector, "desk/report.html")


@door.route("/calls/new", methods=["GET", "POST"])
@requires(Permission.case_register)
def call() -> ResponseReturnValue:
    """Write down a citizen's call."""
    return _take_in(as_opened("call"), _of_citizen, "desk/call.html")


def _take_in(form: Form, make: Make, template: str) -> ResponseReturnValue:
    filling = Filling(form, initial={name: text for name, text in request.args.items() if name != "draft"})
    taken: list[Case] = []
    if LOOK_AGAIN not in request.form and filling.done(lambda values: taken.append(_keep(form, values, make))):
        flash(_("Reported under number %(number)s.", number=taken[0].number), "success")
        return redirect(url_for(".case", case_id=taken[0].id), 303)
    filling.options = choices.of(form, None, filling.typed)
    number = filling.value("page_number") or uuid.uuid4().hex
    return render_template(template, filling=filling, page_number=number), filling.status


def _keep(form: Form, values: dict[str, Any], make: Make) -> Case:
    """Report it; what this very page has sent already is not reported a second time."""
    report, by, at = make(values), current_actor(), clock.now()
    before = reporting.known(DESK, report.source_no) if report.source_no else None
    if before is not None:
        return before
    with answering.answering(form, values):
        case = reporting.report(report, by=by, at=at)
    attach(case, form.own_fields, values, "before", by=by, at=at)
    return case


def _of_collector(values: dict[str, Any]) -> Report:
    return Report(
        description=values["description"],
        source=Source(values["source"]),
        point=values["point"],
        place=values["place"],
        category_id=values["category_id"],
        component_id=values["component_id"],
        is_self_handled=values["is_self_handled"],
        self_handled_places=values["self_handled_places"] or 1,
        is_urgent=values["is_urgent"],
        department_id=values["department_id"],
        photos=tuple(uploads(values["photos"])),
        after_photos=tuple(uploads(values["after_photos"])),
        **_page_number(),
    )


def _of_citizen(values: dict[str, Any]) -> Report:
    return Report(
        description=values["description"],
        source=Source.hotline,
        point=values["point"],
        place=values["place"],
        category_id=values["category_id"],
        reporter=Reporter(values["reporter_name"], values["reporter_phone"], values["wants_call_back"]),
        photos=tuple(uploads(values["photos"])),
        **_page_number(),
    )


def _page_number() -> dict[str, Any]:
    number = request.form.get("page_number", "")
    return {"source_system": DESK, "source_no": number} if len(number) == 32 and number.isalnum() else {}
