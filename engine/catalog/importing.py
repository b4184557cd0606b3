"""Filling the catalogue from the builtin data of both national code systems."""

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from engine.access.actors import SYSTEM
from engine.audit import recording
from engine.catalog.models import Category, CategoryKind, CodeSystem, FilingCondition, LimitUnit
from engine.catalog.pinyin import initials
from engine.kit.db import db

DATA = Path(__file__).parent / "data"

KINDS = {
    "部件": CategoryKind.component,
    "事件": CategoryKind.event,
    "管理部件": CategoryKind.component,
    "管理事项": CategoryKind.event,
}
UNITS = {
    "紧急工作时": LimitUnit.urgent_hours,
    "工作时": LimitUnit.working_hours,
    "工作日": LimitUnit.working_days,
    "紧急工作日": LimitUnit.calendar_days,
}
CLOCKS = {"工作日历计时": "working", "连续计时": "continuous"}
GEOMETRIES = {"点": "point", "线": "line", "面": "area"}
EVENTS_FROM_2026 = "06"
"""Majors 01 to 05 of the 2026 matters mirror the components: a broken manhole cover is filed as a component problem."""

Key = tuple[str, str, str]


def load_builtin(at: datetime) -> int:
    """Add what the builtin data has and the catalogue lacks; rows that exist are the city's own and stay untouched.

    Returns the number of categories added. Categories of both code systems come with their filing conditions.
    """
    known = {tuple(key) for key in db.session.execute(select(Category.code_system, Category.kind, Category.code))}
    rows = [row for row in [*_categories_2013(), *_categories_2026()] if _key(row) not in known]
    if not rows:
        return 0
    db.session.execute(insert(Category), rows)
    added = {_key(row) for row in rows}
    stored = db.session.execute(select(Category.id, Category.code_system, Category.kind, Category.code))
    ids = {(system, kind, code): id for id, system, kind, code in stored if (system, kind, code) in added}
    db.session.execute(insert(FilingCondition), list(_conditions(ids)))
    recording.record("catalog.load_builtin", by=SYSTEM, at=at, object_kind="catalog", detail={"categories": len(rows)})
    return len(rows)


def _key(row: dict[str, Any]) -> Key:
    return (row["code_system"], row["kind"], row["code"])


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _categories_2013() -> Iterator[dict[str, Any]]:
    """The 2013 categories. Samples of evaluations on site (专题) are none, so they are left out."""
    for row in _rows("categories.csv"):
        if row["kind"] in KINDS and row["code_2013"]:
            yield _category(
                row,
                CodeSystem.gbt_2013,
                row["major_code_2013"],
                row["major_name_2013"],
                row["code_2013"],
                row["minor_name_2013"],
                other_code=row["code_2026"],
                certainty=row["certainty"],
                note=row["note"],
            )


def _categories_2026() -> Iterator[dict[str, Any]]:
    """The 2026 categories, with what the 2013 table knows of those that it maps."""
    mapped = {(KINDS[row["kind"]], row["code_2026"]): row for row in _rows("categories.csv") if row["kind"] in KINDS}
    for row in _rows("categories_2026.csv"):
        kind = KINDS[row["matter_kind"]]
        known = mapped.get((kind, row["code"]), {})
        values = _category(
            {**known, "kind": row["matter_kind"], "geometry": row["geometry"]},
            CodeSystem.gbt_2026,
            row["major_code"],
            row["major_name"],
            row["code"],
            row["name"],
            other_code=known.get("code_2013", ""),
            certainty="medium",
            note="代码依公开转录，未见官方文本",
        )
        is_mirror = kind == CategoryKind.event and row["major_code"] < EVENTS_FROM_2026
        yield values | {"is_active": not is_mirror}


def _category(
    row: dict[str, str],
    system: CodeSystem,
    major_code: str,
    major_name: str,
    code: str,
    name: str,
    *,
    other_code: str,
    certainty: str,
    note: str,
) -> dict[str, Any]:
    return {
        "code_system": system.value,
        "kind": KINDS[row["kind"]].value,
        "major_code": major_code,
        "major_name": major_name,
        "code": code,
        "name": name,
        "pinyin": initials(name),
        "dept_type": row.get("dept_type", ""),
        "description": row.get("description", ""),
        "geometry": GEOMETRIES[row["geometry"]],
        "other_code": other_code,
        "certainty": certainty,
        "note": note,
        "is_active": True,
    }


def _conditions(ids: dict[Key, int]) -> Iterable[dict[str, Any]]:
    """Every filing condition, once for each code system whose category it belongs to."""
    for row in _rows("sla.csv"):
        kind = KINDS[row["kind"]].value
        for system, code in ((CodeSystem.gbt_2013, row["code_2013"]), (CodeSystem.gbt_2026, row["code_2026"])):
            category_id = ids.get((system.value, kind, code))
            if category_id is not None:
                yield {"category_id": category_id, **_condition(row)}


def _condition(row: dict[str, str]) -> dict[str, Any]:
    return {
        "number": int(row["condition_no"]),
        "text": row["filing_condition"],
        "limit_value": float(row["limit_value"]),
        "limit_unit": UNITS[row["limit_type"]].value,
        "clock": CLOCKS[row["clock"]],
        "closing_standard": row["closing_standard"],
        "limit_a": float(row["limit_A_default"]),
        "limit_b": float(row["limit_B_default"]),
        "limit_c": float(row["limit_C_default"]),
        "is_urgent": row["urgent"] == "是",
        "basis": row["basis"],
        "is_verified": row["gbt30428_8_verified"] == "是",
        "is_active": True,
    }
