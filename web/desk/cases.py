"""The list of cases: search by number, words, place, category, department, stage, lamp and day; map; export."""

from tempfile import TemporaryFile
from typing import Any

from flask import Response, flash, jsonify, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.access.permissions import Permission
from engine.attachments import queries as attachments
from engine.audit import recording
from engine.cases import queries, saved_searches, worklist
from engine.cases.models import Case
from engine.cases.routing import SOURCES
from engine.catalog import code_system
from engine.catalog import queries as catalog
from engine.deadlines.lamps import Lamp, lamp_of
from engine.exports import asking
from engine.grids import queries as grids
from engine.kit import clock
from engine.kit.db import unit_of_work
from engine.kit.errors import Invalid
from engine.organization import queries as organization
from reports import case_list
from web import languages
from web.desk import filters, wording
from web.desk.door import door
from web.guards import requires
from web.session import current_actor

PAGE_SIZE = 50
MORE_FILTERS = ("place", "category", "department", "region", "source", "from", "until")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@door.get("/cases")
@requires()
def cases() -> ResponseReturnValue:
    """One page of the cases that this person may see."""
    actor, now = current_actor(), clock.now()
    page = queries.find(
        filters.of_cases(),
        actor,
        at=now,
        page=max(1, request.args.get("page", 1, type=int)),
        size=PAGE_SIZE,
        sort=request.args.get("sort", "newest"),
    )
    return render_template(
        "desk/cases.html",
        page=page,
        lamp=lamp,
        steps=worklist.pressing([case.id for case in page.rows if case.clock_state == "none"]),
        step_lamp=lambda step, case: worklist.lamp_of(step, case, now),
        photos=attachments.first_photos("case", [case.id for case in page.rows]),
        chips=filters.chips(),
        can_be_found=filters.can_be_found(),
        saved=saved_searches.of(actor, "cases"),
        departments=organization.departments(),
        regions=grids.places("district"),
        categories=catalog.choices(code_system=code_system.current()),
        has_more_filters=any(request.args.get(name) for name in MORE_FILTERS),
        page_name="cases",
    )


@door.get("/cases.xlsx")
@requires(Permission.case_export)
def export_cases() -> ResponseReturnValue:
    """The rows of the list that is looked at, all pages, as a workbook. An export is on record.

    A long one is not made while somebody waits (``exports``).
    """
    actor, now, wanted = current_actor(), clock.now(), filters.of_cases()
    if queries.counted(wanted, actor, at=now, most=asking.SMALL + 1) > asking.SMALL:
        query: dict[str, Any] = request.args.to_dict(flat=False)
        return redirect(url_for(".new_export", **query))
    rows = queries.stream(wanted, actor, at=now, sort=request.args.get("sort", "newest"), limit=asking.SMALL)
    # The file is removed with its last reader, which is the response.
    file = TemporaryFile()  # noqa: SIM115
    count = case_list.write(file, rows, locale=languages.chosen(), at=now, words=wording.STAGES | SOURCES)
    file.seek(0)
    with unit_of_work():
        recording.record("cases.exported", by=actor, at=now, detail={"rows": count, "filters": filters.names()})
    return send_file(file, XLSX, as_attachment=True, download_name=f"cases-{now:%Y%m%d-%H%M}.xlsx")


@door.get("/map")
@requires()
def map() -> ResponseReturnValue:  # noqa: A001 - the page's name
    """The same list on the city's own map."""
    return render_template("desk/map.html", chips=filters.chips(), page_name="cases")


@door.get("/cases.geojson")
@requires()
def case_points() -> Response:
    """The located cases of a list, the newest two thousand."""
    points = queries.points(filters.of_cases(), current_actor(), at=clock.now())
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [point.lng, point.lat]},
            "properties": {
                "name": point.number,
                "title": point.title,
                "address": url_for(".case", case_id=point.id),
                "stage": point.stage,
                "lamp": point.lamp,
            },
        }
        for point in points
    ]
    return jsonify({"type": "FeatureCollection", "features": features})


@door.post("/saved-searches")
@requires()
def keep_search() -> ResponseReturnValue:
    """Keep the filters of a list under a name."""
    page, query = _page_name(), request.form.get("query", "")
    try:
        saved_searches.keep(current_actor(), page, request.form.get("name", ""), query)
    except Invalid as refusal:
        flash(_(refusal.fields["name"][0].text), "danger")
        return redirect(f"{url_for(f'.{page}')}?{query}", 303)
    flash(_("The search is kept."), "success")
    return redirect(f"{url_for(f'.{page}')}?{query}", 303)


@door.post("/saved-searches/<int:search_id>/removal")
@requires()
def drop_search(search_id: int) -> ResponseReturnValue:
    """Forget a kept search."""
    saved_searches.drop(current_actor(), search_id)
    return redirect(url_for(f".{_page_name()}"), 303)


def lamp(case: Case) -> Lamp:
    """The lamp of a case in a list, from its copies of the handling clock."""
    return lamp_of(
        case.due_at,
        case.amber_at,
        case.clock_state,
        clock.now(),
        is_provisional=case.due_is_provisional,
        stopped_at=case.handled_at,
    )


def _page_name() -> str:
    return "work" if request.form.get("page_name") == "work" else "cases"
