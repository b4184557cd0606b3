"""The board: figures and tables of what stands out, each number a link to its cases; and its parts, to be refreshed."""

from typing import Any

from flask import jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import and_

from engine.cases import queries
from engine.cases.queries import CaseFilter
from engine.kit import clock
from engine.supervision import board as counting
from engine.supervision import happenings, queues
from engine.supervision.queues import QUEUES
from web.guards import requires
from web.presenting import address_with
from web.session import current_actor
from web.supervision import narrowing
from web.supervision.door import READERS, door

FIGURES = ("overdue", "due_soon", "returned", "reworked", "suspended", "dormant", "key", "provisional")
TABLES = ("overdue", "due_soon", "returned", "reworked", "suspended", "dormant")
MOST_POINTS = 2000


@door.get("/")
@requires(*READERS)
def board() -> ResponseReturnValue:
    """The whole board."""
    actor = current_actor()
    return render_template("supervision/board.html", happened=happenings.latest(actor), **_tables(), **_shared())


@door.get("/figures")
@requires(*READERS)
def figures() -> ResponseReturnValue:
    """The figures alone: what a board without a stream asks for every few seconds."""
    found = counting.figures(current_actor(), narrowing.moment())
    return render_template("supervision/_figures.html", figures=found, oldest=None, **_shared())


@door.get("/tables")
@requires(*READERS)
def tables() -> ResponseReturnValue:
    """The tables alone."""
    return render_template("supervision/_tables.html", **_tables(), **_shared())


@door.get("/cases.geojson")
@requires(*READERS)
def points() -> ResponseReturnValue:
    """The located cases of a queue, or with ``queue=open`` all that run, for maps."""
    actor, name = current_actor(), request.args.get("queue", "overdue")
    wanted = CaseFilter(is_open=True)
    if name in QUEUES:
        narrowed = queues.holds(name, narrowing.moment(), actor, narrowing.asked_for())
        wanted = CaseFilter(extra=and_(*narrowed))
    found = queries.points(wanted, actor, at=clock.now(), limit=MOST_POINTS)
    return jsonify({"type": "FeatureCollection", "features": [_feature(point) for point in found]})


def _feature(point: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [point.lng, point.lat]},
        "properties": {
            "name": f"{point.number} {point.title}",
            "address": url_for("desk.case", case_id=point.id),
            "lamp": point.lamp,
        },
    }


def _tables() -> dict[str, Any]:
    place = "grid" if request.args.get("place") == "grid" else "street"
    found = counting.load(current_actor(), narrowing.moment(), place=place)
    return {"found": found, "figures": found.figures, "oldest": found.oldest, "place": place}


def _shared() -> dict[str, Any]:
    moment = narrowing.moment()
    return {
        "moment": moment,
        "hours": [
            {"hours": hours, "address": address_with(hours=hours), "is_here": hours == moment.hours}
            for hours in narrowing.HOURS
        ],
        "figure_names": FIGURES,
        "table_names": TABLES,
        "page_name": "board",
    }
