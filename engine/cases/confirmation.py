"""Confirmation (核实): a collector looks on site, before filing, whether it is so."""

from datetime import datetime
from typing import Any

from engine.access.actors import Actor
from engine.cases import steps, timeline
from engine.cases.models import Case
from engine.grids import locating
from engine.kit.errors import Invalid
from engine.kit.i18n import N_
from engine.process.models import OpenTask


def confirm(case: Case, task: OpenTask, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Say what was found: true, untrue, or gone by itself; the acceptor decides on it. A better point is taken over."""
    before = _move_to(case, values["point"]) if values.get("point") else None
    case.confirmation_result = values["result"]
    steps.finish(task, values["result"], by=by, at=at)
    timeline.add(
        case,
        "confirmation",
        by=by,
        at=at,
        note=values.get("note", ""),
        part="confirmed",
        result=values["result"],
        point_before=before,
    )


def _move_to(case: Case, point: tuple[float, float]) -> str | None:
    """Take the point over, with its grid. Returns where the case was before, where that is another place."""
    location = locating.locate(*point)
    if location is None:
        raise Invalid.field("point", N_("This point lies outside the city. Please mark the place on the map."))
    before = None if case.lng is None or (case.lng, case.lat) == tuple(point) else f"{case.lng:.6f}, {case.lat:.6f}"
    case.lng, case.lat, case.location_level = point[0], point[1], "point"
    case.unit_grid_id, case.responsibility_grid_id = location.unit_grid_id, location.responsibility_grid_id
    case.region_code, case.street_code = location.region_code, location.street_code
    case.area_class = location.area_class
    return before
