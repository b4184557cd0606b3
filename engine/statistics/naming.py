"""What the keys of a table are called: by the names that rows have now, and in which order they stand."""

from collections.abc import Collection

from sqlalchemy import select

from engine.catalog.models import Category
from engine.evaluation.dimensions import NONE, major_key
from engine.grids.models import Region, ResponsibilityGrid
from engine.kit.db import db
from engine.organization.models import Department, User

Names = dict[str, str]
"""Names by key, in the order of the city's own lists; keys whose names are words of the program are not among them."""


def names(dimension: str, keys: Collection[str]) -> Names:
    """The names of these keys: one statement for dimensions that are rows of the database, none for others."""
    wanted = set(keys) - {NONE}
    if not wanted or dimension not in _READERS:
        return {}
    return _READERS[dimension](wanted)


def _departments(keys: set[str]) -> Names:
    found = (
        select(Department.id, Department.short_name).where(Department.id.in_(_numbers(keys))).order_by(Department.code)
    )
    return {str(id): name for id, name in db.session.execute(found)}


def _regions(keys: set[str]) -> Names:
    found = select(Region.code, Region.name).where(Region.code.in_(sorted(keys))).order_by(Region.code)
    return dict(db.session.execute(found).tuples().all())


def _grids(keys: set[str]) -> Names:
    grid = ResponsibilityGrid
    found = select(grid.id, grid.code, grid.name).where(grid.id.in_(_numbers(keys))).order_by(grid.code)
    return {str(id): f"{code} {name}" for id, code, name in db.session.execute(found)}


def _subcategories(keys: set[str]) -> Names:
    found = select(Category).where(Category.id.in_(_numbers(keys))).order_by(Category.kind, Category.code)
    return {str(row.id): row.name for row in db.session.scalars(found)}


def _majors(keys: set[str]) -> Names:
    columns = (Category.code_system, Category.kind, Category.major_code, Category.major_name)
    found = db.session.execute(select(*columns).distinct().order_by(*columns))
    named = {major_key(system, kind, code): name for system, kind, code, name in found}
    return {key: name for key, name in named.items() if key in keys}


def _people(keys: set[str]) -> Names:
    found = select(User.id, User.name).where(User.id.in_(_numbers(keys))).order_by(User.name, User.id)
    return {str(id): name for id, name in db.session.execute(found)}


def _numbers(keys: set[str]) -> list[int]:
    """Keys come from addresses too: what no row can have as its number is left out."""
    return sorted(int(key) for key in keys if key.isascii() and key.isdecimal() and len(key) < 18)


_READERS = {
    "department": _departments,
    "region": _regions,
    "street": _regions,
    "grid": _grids,
    "category": _majors,
    "subcategory": _subcategories,
    "collector": _people,
}
