"""The city's own outlines as GeoJSON: what maps are drawn from."""

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue

from engine.grids import drawing
from engine.kit.errors import Invalid
from engine.kit.i18n import N_
from web.desk.door import door
from web.guards import requires

TEN_MINUTES = 600


@door.get("/grids")
@requires()
def grids() -> ResponseReturnValue:
    """Unit grids within ``?box=west,south,east,north``, else the beats of the whole city; with the lines of the map."""
    box = _box(request.args.get("box", ""))
    areas = drawing.geojson("unit_grid", box=box) if box else drawing.geojson("responsibility_grid")
    answer: Response = jsonify({**areas, "features": areas["features"] + drawing.geojson("line")["features"]})
    answer.headers["Cache-Control"] = f"private, max-age={TEN_MINUTES}"
    return answer


def _box(text: str) -> drawing.Box | None:
    if not text:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        raise Invalid.field("box", N_("Please enter west, south, east, north in degrees.")) from error
    return west, south, east, north
