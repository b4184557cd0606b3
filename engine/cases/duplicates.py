"""Near-duplicates (查重): cases of the same kind close by. A hint only; a person decides (process.md §4.2)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select

from engine.access.actors import Actor
from engine.cases import queries
from engine.cases.models import Case, Stage
from engine.grids.coordinates import box_around, distance_m
from engine.kit.db import db
from engine.kit.i18n import N_
from engine.settings import values
from engine.settings.declarations import Setting

RADIUS_M = Setting(
    "cases.duplicate_radius_m",
    int,
    20,
    N_("Radius within which reports may be duplicates"),
    N_("Metres."),
    least=1,
    most=2000,
)
UNSURE_RADIUS_M = Setting(
    "cases.duplicate_radius_unsure_m",
    int,
    50,
    N_("Radius for problems without a sharp place, or without a category yet"),
    N_("Metres."),
    least=1,
    most=5000,
)
CLOSED_HOURS = Setting(
    "cases.duplicate_closed_hours",
    int,
    24,
    N_("Cases closed this recently may be duplicates"),
    N_("Hours."),
    least=0,
    most=720,
)


@dataclass(frozen=True)
class Near:
    """A case nearby, and how many metres away it is."""

    case: Case
    metres: float


def near(case: Case, actor: Actor, *, at: datetime, limit: int = 5) -> list[Near]:
    """Earlier cases that may be the same problem, nearest first, of those that ``actor`` may see.

    One statement, by bounding box, then by metres.
    """
    if case.lng is None or case.lat is None:
        return []
    radius = values.get(RADIUS_M if case.category_id else UNSURE_RADIUS_M)
    west, south, east, north = box_around(case.lng, case.lat, radius)
    recently = at - timedelta(hours=values.get(CLOSED_HOURS))
    statement = select(Case).where(
        queries.visible_to(actor),
        Case.lat.between(south, north),
        Case.lng.between(west, east),
        Case.id != case.id,
        Case.reported_at <= case.reported_at,
        Case.merged_into_id.is_(None),
        or_(Case.stage.in_(sorted(Stage.open_stages())), Case.closed_at >= recently),
    )
    if case.category_id:
        statement = statement.where(or_(Case.category_id == case.category_id, Case.category_id.is_(None)))
    found = [
        Near(other, distance_m(case.lng, case.lat, other.lng or 0, other.lat or 0))
        for other in db.session.scalars(statement.limit(200))
    ]
    return sorted((one for one in found if one.metres <= radius), key=lambda one: one.metres)[:limit]
