"""Finding components: near a point, by code, by name."""

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from engine.components.models import Component, ComponentState
from engine.grids.coordinates import box_around, distance_m
from engine.kit.db import db
from engine.kit.errors import NotFound

CANDIDATE_CAP = 2000


class ComponentNotFound(NotFound):
    """There is no such component."""


@dataclass(frozen=True)
class Near:
    """A component and how many metres away it stands."""

    component: Component
    metres: float


def nearby(
    lng: float, lat: float, radius_m: float = 50, *, category_id: int | None = None, limit: int = 20
) -> list[Near]:
    """Components that a problem may be filed for within ``radius_m`` metres of a CGCS2000 point, nearest first."""
    west, south, east, north = box_around(lng, lat, radius_m)
    statement = select(Component).where(
        Component.lat.between(south, north),
        Component.lng.between(west, east),
        Component.state.in_([state.value for state in ComponentState.reportable()]),
    )
    if category_id is not None:
        statement = statement.where(Component.category_id == category_id)
    found = db.session.scalars(statement.options(joinedload(Component.category)).limit(CANDIDATE_CAP))
    near = [Near(component, distance_m(lng, lat, component.lng, component.lat)) for component in found]
    within = [item for item in near if item.metres <= radius_m]
    return sorted(within, key=lambda item: (item.metres, item.component.id))[:limit]


def get(component_id: int) -> Component:
    """One component.

    Raises ComponentNotFound.
    """
    component = db.session.get(Component, component_id)
    if component is None:
        raise ComponentNotFound
    return component


def by_code(code: str) -> Component | None:
    """The component with that identification code, or the one whose old plate carries it."""
    found = list(db.session.scalars(select(Component).where(or_(Component.code == code, Component.old_code == code))))
    return min(found, key=lambda component: component.code != code, default=None)


def search(text: str, *, unit_grid_id: int | None = None, limit: int = 20) -> list[Component]:
    """Components whose code begins with, or whose name contains, ``text``."""
    statement = select(Component).options(joinedload(Component.category))
    if text := text.strip():
        statement = statement.where(
            or_(Component.code.startswith(text, autoescape=True), Component.name.contains(text, autoescape=True))
        )
    if unit_grid_id is not None:
        statement = statement.where(Component.unit_grid_id == unit_grid_id)
    return list(db.session.scalars(statement.order_by(Component.code).limit(limit)))
