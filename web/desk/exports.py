"""Long lists as workbooks: asked for, looked at while the workers make them, cancelled, taken home."""

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.access.permissions import Permission
from engine.cases import queries as cases
from engine.exports import asking, queries, taking
from engine.exports.jobs import KEPT
from engine.exports.models import Export
from engine.kit import clock
from engine.kit.paging import COUNT_CAP
from engine.settings import values
from web import languages, progress
from web.desk import filters
from web.desk.door import door
from web.guards import requires
from web.session import current_actor

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STATES = {
    "running": "hourglass-split",
    "ready": "check-circle",
    "cancelled": "stop-circle",
    "failed": "exclamation-triangle",
}
"""The sign of each state."""


@door.get("/exports")
@requires(Permission.case_export)
def exports() -> str:
    """Every export of one's own that is kept."""
    return render_template(
        "desk/exports.html", exports=queries.of(current_actor()), signs=STATES, kept=values.get(KEPT)
    )


@door.get("/exports/new")
@requires(Permission.case_export)
def new_export() -> str:
    """A list that is too long to be answered at once: how long it is, and that the workers will make it."""
    count = cases.counted(filters.of_cases(), current_actor(), at=clock.now(), most=COUNT_CAP + 1)
    return render_template("desk/export_new.html", count=count, cap=COUNT_CAP, chips=filters.chips(),
                           most=asking.MOST, kept=values.get(KEPT))  # fmt: skip


@door.post("/exports")
@requires(Permission.case_export)
def begin_export() -> ResponseReturnValue:
    """Ask for the list that the address narrows to. Raises NothingToExport, TooManyExports."""
    actor, now = current_actor(), clock.now()
    export = asking.begin(
        cases.places(filters.of_cases(), actor, at=now, sort=request.args.get("sort", "newest")),
        query=request.query_string.decode(errors="replace"),
        asked=[(one["label"], one["value"]) for one in filters.chips()],
        filters=filters.names(),
        locale=languages.chosen(),
        by=actor,
        at=now,
    )
    return redirect(url_for(".export", export_id=export.id), 303)


@door.get("/exports/<int:export_id>")
@requires(Permission.case_export)
def export(export_id: int) -> str:
    """How far it is; the part that changes is asked for again every second while it is made. Raises NoSuchExport."""
    found = queries.own(export_id, current_actor())
    return progress.page("desk/export.html", export=found, signs=STATES, kept=values.get(KEPT))


@door.post("/exports/<int:export_id>/cancellation")
@requires(Permission.case_export)
def cancel_export(export_id: int) -> ResponseReturnValue:
    """Make no more of it. Raises NoSuchExport, ExportEnded."""
    asking.cancel(queries.own(export_id, current_actor()), at=clock.now())
    flash(_("Cancelled."), "success")
    return redirect(url_for(".export", export_id=export_id), 303)


@door.get("/exports/<int:export_id>/workbook.xlsx")
@requires(Permission.case_export)
def export_workbook(export_id: int) -> ResponseReturnValue:
    """The workbook. Every time that it is taken is on record. Raises NoSuchExport, ExportNotReady, NotAllVisible."""
    found, now = queries.own(export_id, current_actor()), clock.now()
    path = taking.take(found, by=current_actor(), at=now)
    return send_file(path, XLSX, as_attachment=True, download_name=_name(found))


def _name(export: Export) -> str:
    return f"cases-{export.created_at:%Y%m%d-%H%M}.xlsx"
