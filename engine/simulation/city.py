"""Building the fictional city 临江市: places, departments, people, catalogue, components, rules, calendar."""

from dataclasses import dataclass
from datetime import date, datetime
from random import Random
from typing import Any

from sqlalchemy import insert, select

from engine.access.actors import SYSTEM
from engine.audit import recording
from engine.calendars import seeds as calendars
from engine.catalog import importing as catalog
from engine.catalog.models import Category, CategoryKind, CodeSystem
from engine.components.models import Component
from engine.grids import locating
from engine.grids.codes import parent_of
from engine.grids.importing import grid_fields
from engine.grids.models import MapLine, Region, ResponsibilityGrid, UnitGrid
from engine.kit.db import db
from engine.kit.errors import Conflict
from engine.organization.models import Department
from engine.simulation import authority, names, people
from engine.simulation.geography import PLANS, Cell, Geography, outline_of

OUTSKIRTS = "640904"
"""The new district is an area of class B (GB/T 30428.8), the rest of class A."""
TIME_ZONE = "Asia/Shanghai"
COMPONENTS_PER_GRID = {"small": 1.0, "demo": 0.6}
# Subcategories (2013) that stand about in any city; the first are the most common.
COMMON_COMPONENTS = ("0102", "0103", "0104", "0101", "0107", "0105", "0106")


class CityExists(Conflict):
    """There is a city in this database already; a fictional one is built in an empty database only."""


@dataclass(frozen=True)
class City:
    """What was built: how much of everything, and the code of the city."""

    region_code: str
    unit_grids: int
    responsibility_grids: int
    departments: int
    users: int
    components: int
    rules: int


def build(size: str = "demo", *, at: datetime, password: str) -> City:
    """Build the city in an empty database; ``size`` is "small" (tests) or "demo". The same size, the same city.

    Everybody's password is ``password``. Raises CityExists, Invalid (a weak password), KeyError (an unknown size).
    """
    if db.session.scalar(select(Department.id).limit(1)) is not None:
        raise CityExists
    geography = Geography(PLANS[size])
    catalog.load_builtin(at)
    calendars.ensure_standard(TIME_ZONE, at=at)
    _lay_out(geography)
    offices = people.found_departments(geography, at=at)
    grids = _settle_grids(geography, offices["collection"])
    users = people.hire_everybody(offices, grids, password, at=at)
    components = _set_up_components(offices, COMPONENTS_PER_GRID[size], at.date())
    rules = authority.draw_up(offices, at=at)
    locating.renew_stamp()
    recording.record("simulation.build_city", by=SYSTEM, at=at, detail={"size": size})
    return City(names.CITY_CODE, len(geography.cells), len(grids), len(offices), len(users), components, rules)


def _lay_out(geography: Geography) -> None:
    """Regions of every level with their outlines, and the lines of the map."""
    known = {names.CITY_CODE: names.CITY_NAME, **dict(names.DISTRICTS), **geography.street_names()}
    known |= {
        code: f"{names.COMMUNITIES[index % len(names.COMMUNITIES)]}社区"
        for index, code in enumerate(geography.communities)
    }
    levels = {6: "district", 9: "street", 12: "community"}
    rows = []
    for code, name in known.items():
        prefix = code[:4] if code == names.CITY_CODE else code
        inside = [cell for cell in geography.cells if cell.code.startswith(prefix)]
        level = "city" if code == names.CITY_CODE else levels[len(code)]
        if inside:
            rows.append(
                {
                    "code": code,
                    "name": name,
                    "level": level,
                    "parent_code": parent_of(code),
                    "outline": outline_of(inside),
                    "is_active": True,
                }
            )
    db.session.execute(insert(Region), rows)
    db.session.execute(
        insert(MapLine),
        [
            {
                "kind": line.kind,
                "name": line.name,
                "rank": line.rank,
                "geometry": {"type": "LineString", "coordinates": line.points},
            }
            for line in geography.lines()
        ],
    )


def _settle_grids(geography: Geography, collectors: Department) -> list[ResponsibilityGrid]:
    """One responsibility grid for each community, and its unit grids."""
    counts: dict[str, int] = {}
    grids = {}
    for index, community in enumerate(geography.communities):
        region = community[:6]
        counts[region] = counts.get(region, 0) + 1
        name = f"{names.COMMUNITIES[index % len(names.COMMUNITIES)]}责任网格"
        grids[community] = ResponsibilityGrid(
            code=f"Z{region}{counts[region]:04}", name=name, region_code=region, department_id=collectors.id
        )
    db.session.add_all(grids.values())
    db.session.flush()
    db.session.execute(insert(UnitGrid), [_grid_row(cell, grids[cell.code[:12]].id) for cell in geography.cells])
    return list(grids.values())


def _grid_row(cell: Cell, responsibility_grid_id: int) -> dict[str, Any]:
    return {
        "code": cell.code,
        "name": cell.name,
        "responsibility_grid_id": responsibility_grid_id,
        "is_active": True,
        "area_class": "B" if cell.code.startswith(OUTSKIRTS) else "A",
        **grid_fields(cell.code, cell.outline),
    }


def _set_up_components(offices: dict[str, Department], per_grid: float, day: date) -> int:
    """Components at random places, each owned and maintained by the usual department of its category."""
    random = Random(43)
    categories = _common_categories()
    counts: dict[str, int] = {}
    rows = []
    for grid in db.session.scalars(select(UnitGrid).order_by(UnitGrid.code)):
        if random.random() > per_grid:
            continue
        category = random.choices(categories, weights=[len(categories) - i for i in range(len(categories))])[0]
        owner = _owner_of(category, grid, offices)
        stem = f"{grid.region_code}{category.code}"
        counts[stem] = counts.get(stem, 0) + 1
        rows.append(
            {
                "code": f"{stem}{counts[stem]:06}",
                "code_system": category.code_system,
                "category_id": category.id,
                "name": category.name,
                "unit_grid_id": grid.id,
                "state": "intact",
                "initial_date": day,
                "note": "",
                "competent_department_id": owner,
                "owner_department_id": owner,
                "maintainer_department_id": owner,
                **_somewhere_in(grid, random),
            }
        )
    db.session.execute(insert(Component), rows)
    return len(rows)


def _common_categories() -> list[Category]:
    """Component categories that stand in the streets, the most common ones first."""
    found = db.session.scalars(
        select(Category).where(
            Category.code_system == CodeSystem.gbt_2013.value,
            Category.kind == CategoryKind.component.value,
            Category.geometry == "point",
        )
    ).all()
    usable = [category for category in found if authority.usual_departments(category.dept_type)]
    return sorted(usable, key=lambda category: (category.code not in COMMON_COMPONENTS, category.code))[:40]


def _owner_of(category: Category, grid: UnitGrid, offices: dict[str, Department]) -> int:
    usual = authority.usual_departments(category.dept_type)[0]
    return next(
        office.id
        for office, place in authority.places_of(usual, offices)
        if grid.code.startswith(place.get("street_code") or place.get("region_code") or "")
    )


def _somewhere_in(grid: UnitGrid, random: Random) -> dict[str, float]:
    """A point well inside a grid: half way between its middle and one of its corners, or nearer to the middle."""
    ring = grid.geometry["coordinates"][0]
    middle = (sum(x for x, _ in ring[:-1]) / (len(ring) - 1), sum(y for _, y in ring[:-1]) / (len(ring) - 1))
    corner, share = random.choice(ring), random.uniform(0, 0.5)
    lng, lat = (round(at + (to - at) * share, 7) for at, to in zip(middle, corner, strict=True))
    return {"lng": lng, "lat": lat}
