"""Reading regions and grids: names, lists, parents."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from engine.grids.models import Region, ResponsibilityGrid, UnitGrid
from engine.kit.db import db
from engine.kit.errors import NotFound
from engine.kit.remembering import Remembered


class GridNotFound(NotFound):
    """There is no such grid."""


def regions(level: str, *, within: str | None = None) -> list[Region]:
    """Active regions of one level in the order of their codes; ``within`` is the code of a region above."""
    statement = select(Region).where(Region.level == level, Region.is_active)
    if within:
        prefix = within[:4] if within.endswith("00") and len(within) == 6 else within
        statement = statement.where(Region.code.startswith(prefix))
    return list(db.session.scalars(statement.order_by(Region.code)))


@dataclass(frozen=True)
class Place:
    """A region as lists name it."""

    code: str
    name: str


def places(level: str) -> list[Place]:
    """Active regions of one level in the order of their codes, as of a few seconds ago: lists ask at every look."""
    return _places.get(level)


def names_of(codes: set[str]) -> dict[str, str]:
    """Names of regions by code; codes that are unknown are left out."""
    if not codes:
        return {}
    found = db.session.execute(select(Region.code, Region.name).where(Region.code.in_(codes)))
    return {row.code: row.name for row in found}


def path_of(code: str) -> list[Region]:
    """The region and those above it, from the city down."""
    codes = [part for part in (f"{code[:4]}00", code[:6], code[:9], code[:12]) if len(part) <= len(code)]
    found = db.session.scalars(select(Region).where(Region.code.in_(codes)))
    return sorted(found, key=lambda region: codes.index(region.code))


def city() -> Region | None:
    """The city itself, where it is registered."""
    return db.session.scalar(select(Region).where(Region.level == "city", Region.is_active).order_by(Region.code))


def responsibility_grids(*, region_code: str | None = None) -> list[ResponsibilityGrid]:
    """Active responsibility grids, of one district or of all."""
    statement = select(ResponsibilityGrid).where(ResponsibilityGrid.is_active)
    if region_code:
        statement = statement.where(ResponsibilityGrid.region_code == region_code)
    return list(db.session.scalars(statement.order_by(ResponsibilityGrid.code)))


def names_of_responsibility_grids(ids: Collection[int]) -> dict[int, str]:
    """Names of responsibility grids by their ids, given-up ones too."""
    found = select(ResponsibilityGrid.id, ResponsibilityGrid.name).where(ResponsibilityGrid.id.in_(sorted(ids)))
    return dict(db.session.execute(found).tuples().all())


def unit_grid(code: str) -> UnitGrid:
    """The unit grid with that 15-digit code, given-up ones too.

    Raises GridNotFound.
    """
    found = db.session.scalar(select(UnitGrid).where(UnitGrid.code == code))
    if found is None:
        raise GridNotFound
    return found


def _read_places(level: str) -> list[Place]:
    found = select(Region.code, Region.name).where(Region.level == level, Region.is_active).order_by(Region.code)
    return [Place(row.code, row.name) for row in db.session.execute(found)]


# What was read is its own version: regions are few, and an edit keeps no count.
_places: Remembered[str, list[Place]] = Remembered(lambda level: tuple(_read_places(level)), _read_places)
