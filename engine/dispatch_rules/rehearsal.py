"""Asking the rules about a point on the map, without a case: administrators see what a change would do."""

from datetime import datetime

from engine.catalog import queries as catalog
from engine.components import queries as components
from engine.dispatch_rules.answers import Explanation
from engine.dispatch_rules.matching import explain, question_about
from engine.grids import locating


def rehearse(
    category_id: int, *, lng: float | None, lat: float | None, at: datetime, component_id: int | None = None
) -> Explanation:
    """What the rules would say about a problem of that category there. Changes nothing.

    Raises CategoryNotFound, ComponentNotFound.
    """
    category = catalog.get(category_id)
    location = locating.locate(lng, lat) if lng is not None and lat is not None else None
    component = components.get(component_id) if component_id else None
    return explain(
        question_about(
            category,
            at=at,
            region_code=location.region_code if location else None,
            street_code=location.street_code if location else None,
            responsibility_grid_id=location.responsibility_grid_id if location else None,
            owner_department_id=component.owner_department_id if component else None,
            component_codes=component.codes if component else (),
        )
    )
