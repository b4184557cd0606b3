"""Problems come in over the desk: a collector's or clerk's report, and a citizen's call that is written down."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.access.permissions import Permission
from engine.cases import reporting
from engine.cases.models import Case, Source
from engine.cases.reporting import Report, Reporter
from engine.forms import catalogue
from engine.forms.catalogue import Form
from engine.kit import clock
from web.desk import choices
from web.desk.acts import LOOK_AGAIN, uploads
from web.desk.door import door
from web.filling import Filling
from web.guards import requires
from web.session import current_actor

DESK = "desk"
"""Source system of what is typed in here: with the number of its page, the same page sent twice is one report."""


@door.route("/reports/new", methods=["GET", "POST"])
@requires(Permission.case_report)
def report() -> ResponseReturnValue:
    """Report a problem with photos and a place."""
    return _take_in(catalogue.load("report"), _of_collector, "desk/report.html")


@door.route("/calls/new", methods=["GET", "POST"])
@requires(Permission.case_register)
def call() -> ResponseReturnValue:
    """Write down a citizen's call."""
    return _take_in(catalogue.load("call"), _of_citizen, "desk/call.html")


def _take_in(form: Form, make: Any, template: str) -> ResponseReturnValue:
    filling = Filling(form, initial={name: text for name, text in request.args.items() if name != "draft"})
    taken: list[Case] = []
    if LOOK_AGAIN not in request.form and filling.done(lambda values: taken.append(_keep(make(values)))):
        flash(_("Reported under number %(number)s.", number=taken[0].number), "success")
        return redirect(url_for(".case", case_id=taken[0].id), 303)
    filling.options = choices.of(form, None, filling.typed)
    number = filling.value("page_number") or uuid.uuid4().hex
    return render_template(template, filling=filling, page_number=number), filling.status


def _keep(report: Report) -> Case:
    """Report it; what this very page has sent already is not reported a second time."""
    before = reporting.known(DESK, report.source_no) if report.source_no else None
    return before or reporting.report(report, by=current_actor(), at=clock.now())


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
