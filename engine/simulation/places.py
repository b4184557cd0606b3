"""Points of the fictional city where something is reported, and how people call them."""

from random import Random

from sqlalchemy import select

from engine.grids.models import UnitGrid
from engine.kit.db import db
from engine.simulation import names

Point = tuple[float, float]


def somewhere(random: Random, *, within: str | None = None) -> Point:
    """Longitude and latitude of a point in a random unit grid, of the region ``within`` where it has any.

    Raises LookupError in a city without grids.
    """
    choice = select(UnitGrid.code).where(UnitGrid.is_active).order_by(UnitGrid.code)
    codes = list(db.session.scalars(choice.where(UnitGrid.code.startswith(within or "")))) or list(
        db.session.scalars(choice)
    )
    if not codes:
        raise LookupError("this city has no unit grids")
    grid = db.session.scalars(select(UnitGrid).where(UnitGrid.code == random.choice(codes))).one()
    return inside(grid, random)


def inside(grid: UnitGrid, random: Random) -> Point:
    """A point well inside a grid: between its middle and one of its corners."""
    shape = grid.geometry["coordinates"][0]
    ring = shape[0] if isinstance(shape[0][0], list) else shape
    middle = (sum(x for x, _ in ring[:-1]) / (len(ring) - 1), sum(y for _, y in ring[:-1]) / (len(ring) - 1))
    corner, share = random.choice(ring), random.uniform(0, 0.5)
    lng, lat = (round(at + (to - at) * share, 7) for at, to in zip(middle, corner, strict=True))
    return lng, lat


def address(random: Random) -> str:
    """A street and a number, as a caller gives them."""
    road = random.choice(names.ROADS_ALONG + names.ROADS_ACROSS)
    return f"{road}{random.randrange(1, 240)}号{random.choice(('门前', '对面', '附近', '路口东侧', '公交站旁'))}"
