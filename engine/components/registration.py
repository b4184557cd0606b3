"""Entering a component in the register, and changing its state."""

from datetime import date, datetime
from typing import Any

import shapely
from sqlalchemy import select

from engine.access.actors import Actor
from engine.audit import recording
from engine.catalog.models import Category, CategoryKind, CodeSystem
from engine.components.models import Component, ComponentState
from engine.grids import codes, locating
from engine.grids.coordinates import METRES_PER_DEGREE
from engine.kit.db import db
from engine.kit.errors import Conflict, Invalid
from engine.kit.i18n import N_

BORDER_M = 20
"""A component may stand this far over the border of the district that its code names (codes.md §3.4)."""
SYSTEMS = {16: CodeSystem.gbt_2013, 17: CodeSystem.gbt_2026}


class CodeGivenUp(Conflict):
    """The component with this code was removed; codes are never used again."""


def register(
    code: str, *, lng: float, lat: float, by: Actor, at: datetime, initial_date: date | None = None, **fields: Any
) -> Component:
    """Enter one component; its category and grid follow from its code and its place.

    Raises Invalid for a wrong code or place.
    """
    if db.session.scalar(select(Component.id).where(Component.code == code)) is not None:
        raise Invalid.field("code", N_("There is a component with this code already."))
    component = Component(code=code, lng=lng, lat=lat, initial_date=initial_date, **fields)
    place(component, categories=categories_by_code())
    db.session.add(component)
    db.session.flush()
    recording.record("components.register", by=by, at=at, object_kind="component", object_id=component.id)
    return component


def change_state(component: Component, state: ComponentState, *, by: Actor, at: datetime, on: date) -> None:
    """Change a component's state on a day. One that was removed or given up never comes back (codes.md §3.4).

    Raises CodeGivenUp.
    """
    if is_given_up(component) and ComponentState(state) in ComponentState.reportable():
        raise CodeGivenUp
    before, component.state, component.change_date = component.state, ComponentState(state).value, on
    db.session.flush()
    recording.record(
        "components.change_state",
        by=by,
        at=at,
        object_kind="component",
        object_id=component.id,
        detail={"state": [before, component.state]},
    )


def is_given_up(component: Component) -> bool:
    """Is its code out of use for ever?"""
    return component.state not in ComponentState.reportable()


def categories_by_code() -> dict[tuple[str, str], Category]:
    """Component categories by code system and code."""
    found = db.session.scalars(select(Category).where(Category.kind == CategoryKind.component.value))
    return {(category.code_system, category.code): category for category in found}


def place(component: Component, *, categories: dict[tuple[str, str], Category]) -> None:
    """Set what follows from code and place: code system, category, name, unit grid.

    Raises Invalid with the field (code or lng) that is wrong.
    """
    parts = codes.read_component(component.code)
    if parts is None:
        raise Invalid.field("code", N_("A component's code has 16 digits (2013) or 17 (2026)."))
    component.code_system = SYSTEMS[len(component.code)].value
    category = categories.get((component.code_system, parts.category))
    if category is None:
        raise Invalid.field("code", N_("There is no category %(code)s."), code=parts.category)
    component.category_id = category.id
    component.name = component.name or category.name
    component.unit_grid_id = _grid_in(parts.region, component.lng, component.lat)


def _grid_in(region: str, lng: float, lat: float) -> int:
    """The unit grid of the place, which must lie in the district that the code names, or within 20 m of it."""
    location = locating.locate(lng, lat)
    if location is not None and location.region_code == region:
        return location.unit_grid_id
    around = shapely.Point(lng, lat).buffer(BORDER_M / METRES_PER_DEGREE)
    near = [found for found in locating.locate_grids(around) if found.region_code == region]
    if near:
        return location.unit_grid_id if location else near[0].unit_grid_id
    if location is None:
        raise Invalid.field("lng", N_("The place lies outside the city's grids."))
    raise Invalid.field(
        "code",
        N_("The code names district %(region)s, but the place lies in %(actual)s."),
        region=region,
        actual=location.region_code,
    )
