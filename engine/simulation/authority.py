"""The fictional city's list of authority (权责清单), drawn up from what the catalogue calls the usual department."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select

from engine.catalog.models import Category, CodeSystem
from engine.dispatch_rules.models import DispatchRule
from engine.kit.db import db
from engine.organization.models import Department
from engine.simulation.names import DEPT_TYPES

BASIS = "临江市城市管理部件事件权责清单（2026 年版）"
OWNERS = ("water", "power", "telecom", "gas", "heating")
"""Enterprises that answer for whatever component is theirs."""
SHARED_EVERY = 9
"""One category in so many has a second department on the list: there a dispatcher decides."""


def draw_up(offices: dict[str, Department], *, at: datetime) -> int:
    """Write the rules; returns how many. Categories whose usual department is nobody of ours get none."""
    first_day = date(at.year, 1, 1)
    rules = [*_rules_of_owners(offices), *_rules_of_categories(offices)]
    rows = [
        {
            "number": number,
            "version": 1,
            "is_active": True,
            "valid_from": first_day,
            "basis": BASIS,
            "note": "",
            "created_at": at,
            "allows_auto": True,
            **_nothing(),
            **rule,
        }
        for number, rule in enumerate(rules, start=1)
    ]
    db.session.execute(insert(DispatchRule), rows)
    return len(rows)


def places_of(kind: str, offices: dict[str, Department]) -> Iterator[tuple[Department, dict[str, str]]]:
    """The departments behind a word of ``DEPT_TYPES``, each with the places that it serves (columns of a rule)."""
    if kind == "enforcement":
        yield from (
            (office, {"region_code": str(office.region_code)})
            for code, office in offices.items()
            if code.startswith("enforcement_")
        )
    elif kind == "street":
        yield from (
            (office, {"region_code": str(office.region_code)[:6], "street_code": str(office.region_code)})
            for code, office in offices.items()
            if code.startswith("street_")
        )
    else:
        yield offices[kind], {}


def usual_departments(dept_type: str) -> list[str]:
    """Words of ``DEPT_TYPES`` that stand in the catalogue's text, first named first."""
    parts = dept_type.replace("、", " ").replace("，", " ").split()
    found = [code for part in parts for word, code in DEPT_TYPES.items() if part.startswith(word)]
    return list(dict.fromkeys(found))


def _rules_of_owners(offices: dict[str, Department]) -> Iterator[dict[str, Any]]:
    for code in OWNERS:
        yield {
            "kind": "component",
            "owner_department_id": offices[code].id,
            "department_id": offices[code].id,
            "priority": 50,
        }


def _rules_of_categories(offices: dict[str, Department]) -> Iterator[dict[str, Any]]:
    """Rules for every 2013 category, which serve its 2026 counterpart too, and for those that are new in 2026."""
    asked = (Category.code_system == CodeSystem.gbt_2013.value) | (Category.other_code == "")
    order = (Category.code_system, Category.kind, Category.code)
    categories = db.session.scalars(select(Category).where(Category.is_active, asked).order_by(*order))
    for index, category in enumerate(categories):
        usual = usual_departments(category.dept_type)
        shared = usual[1:2] if index % SHARED_EVERY == 0 else []
        for kind in usual[:1] + shared:
            for office, place in places_of(kind, offices):
                yield {
                    "code_system": category.code_system,
                    "kind": category.kind,
                    "major_code": category.major_code,
                    "category_id": category.id,
                    "department_id": office.id,
                    "priority": 100,
                    **place,
                }


def _nothing() -> dict[str, None]:
    """A bulk insert needs the same columns in every row."""
    names = (
        "code_system",
        "kind",
        "major_code",
        "category_id",
        "region_code",
        "street_code",
        "responsibility_grid_id",
        "owner_department_id",
        "valid_to",
        "created_by_id",
        "superseded_at",
    )
    return dict.fromkeys(names)
