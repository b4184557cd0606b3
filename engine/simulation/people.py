"""Departments of the fictional city, and who works there."""

from collections.abc import Sequence
from datetime import datetime
from random import Random

from engine.access import seeds
from engine.access.actors import SYSTEM
from engine.grids.models import ResponsibilityGrid
from engine.organization import departments, hiring, passwords
from engine.organization.models import Department, User
from engine.simulation import names
from engine.simulation.geography import Geography
from engine.supervision import ladder

FIRST_COLLECTOR = "collector.chen"


def found_departments(geography: Geography, *, at: datetime) -> dict[str, Department]:
    """The city, its centers, bureaus and enterprises, an enforcement bureau a district, an office a street; by code."""
    root = departments.found("city", f"{names.CITY_NAME}人民政府", "center", short_name="市政府", by=SYSTEM, at=at)
    made = {"city": root}
    for code, (name, short, kind) in names.DEPARTMENTS.items():
        made[code] = departments.found(code, name, kind, short_name=short, parent=root, by=SYSTEM, at=at)
    streets = geography.street_names()
    for region, name in names.DISTRICTS:
        if any(street.startswith(region) for street in streets):
            code = f"enforcement_{region}"
            made[code] = departments.found(
                code,
                f"{name}综合行政执法局",
                "district",
                short_name=f"{name}执法局",
                parent=root,
                region_code=region,
                by=SYSTEM,
                at=at,
            )
    for street, name in streets.items():
        code = f"street_{street}"
        made[code] = departments.found(
            code, f"{name}办事处", "street", short_name=name, parent=root, region_code=street, by=SYSTEM, at=at
        )
    return made


def hire_everybody(
    offices: dict[str, Department], grids: Sequence[ResponsibilityGrid], password: str, *, at: datetime
) -> dict[str, User]:
    """Open accounts: for each role, three in each department that handles, a collector for each grid; by user name.

    All have the same ``password``, hashed once: a fictional city has no secrets, and a hash takes its time on purpose.
    Raises Invalid for a password that is too weak.
    """
    seeds.ensure_roles()
    ladder.ensure()
    stored = passwords.checked(password, username="")
    services: dict[str, tuple[str, list[hiring.Service]]] = {
        username: (name, [(offices[code], role, None)]) for username, (name, code, role) in names.OFFICIALS.items()
    }
    services |= _staff(offices) | _collectors(offices["collection"], grids)
    users = {}
    for username, (name, posts) in services.items():
        users[username] = user = hiring.hire(username, name, None, posts, by=SYSTEM, at=at)
        user.password_hash = stored
    return users


def handling_departments(offices: dict[str, Department]) -> dict[str, Department]:
    """Those that problems are dispatched to."""
    return {code: office for code, office in offices.items() if office.kind != "center"}


def _staff(offices: dict[str, Department]) -> dict[str, tuple[str, list[hiring.Service]]]:
    random = Random(41)
    roles = {"clerk": "handling_clerk", "handler": "handler", "head": "department_head"}
    return {
        f"{prefix}.{code}": (_person(random), [(office, role, None)])
        for code, office in handling_departments(offices).items()
        for prefix, role in roles.items()
    }


def _collectors(office: Department, grids: Sequence[ResponsibilityGrid]) -> dict[str, tuple[str, list[hiring.Service]]]:
    """One collector for each grid, who also stands in on the next one: each grid has two who may verify."""
    random = Random(42)
    found: dict[str, tuple[str, list[hiring.Service]]] = {}
    for index, grid in enumerate(grids):
        username = FIRST_COLLECTOR if index == 0 else f"collector.{index + 1:03}"
        name = "陈采集" if index == 0 else _person(random)
        beats = dict.fromkeys((grid, grids[(index + 1) % len(grids)]))
        found[username] = (name, [(office, "collector", beat) for beat in beats])
    return found


def _person(random: Random) -> str:
    return random.choice(names.SURNAMES) + random.choice(names.GIVEN)
