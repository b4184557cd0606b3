"""Changing one category or filing condition by hand. What changed is audited with its old value."""

from datetime import datetime
from typing import Any

from engine.access.actors import Actor
from engine.audit import recording
from engine.catalog import checks
from engine.catalog.models import Category, FilingCondition
from engine.catalog.pinyin import initials
from engine.kit.db import db
from engine.kit.errors import FieldError, Invalid

CATEGORY_FIELDS = frozenset(
    {
        "name",
        "name_en",
        "dept_type",
        "description",
        "geometry",
        "other_code",
        "note",
        "is_active",
    }
)
CONDITION_FIELDS = frozenset(
    {
        "text",
        "limit_value",
        "limit_unit",
        "clock",
        "closing_standard",
        "limit_a",
        "limit_b",
        "limit_c",
        "is_urgent",
        "basis",
        "is_verified",
        "is_active",
    }
)


def change_category(category: Category, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Change a category; its key (system, kind, code) never changes, because old cases carry it."""
    _change(category, values, CATEGORY_FIELDS, by=by, at=at)
    category.pinyin = initials(category.name)
    category.certainty = "city"


def change_condition(condition: FilingCondition, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Change a filing condition for cases to come; limits of cases that were dispatched are frozen in them.

    Raises Invalid for a limit that is not positive.
    """
    _check_limits(values)
    _change(condition, values, CONDITION_FIELDS, by=by, at=at)


def add_condition(category: Category, values: dict[str, Any], *, by: Actor, at: datetime) -> FilingCondition:
    """A new filing condition at the end of a category; classes left out have the same limit.

    Raises Invalid for a limit that is not positive.
    """
    _check_limits(values)
    limit = values["limit_value"]
    number = max((condition.number for condition in category.conditions), default=0) + 1
    condition = FilingCondition(number=number, **{"limit_a": limit, "limit_b": limit, "limit_c": limit, **values})
    category.conditions.append(condition)
    db.session.flush()
    recording.record(
        "catalog.add_condition", by=by, at=at, object_kind="filing_condition", object_id=condition.id, detail=values
    )
    return condition


def _check_limits(values: dict[str, Any]) -> None:
    found = checks.problems_of_limits(values)
    if found:
        raise Invalid({name: [FieldError(text)] for name, text in found})


def _change(
    row: Category | FilingCondition, values: dict[str, Any], allowed: frozenset[str], *, by: Actor, at: datetime
) -> None:
    changed = {name: value for name, value in values.items() if name in allowed and getattr(row, name) != value}
    if not changed:
        return
    detail = {name: [getattr(row, name), value] for name, value in changed.items()}
    for name, value in changed.items():
        setattr(row, name, value)
    db.session.flush()
    recording.record(
        f"catalog.change_{row.__tablename__}",
        by=by,
        at=at,
        object_kind=row.__tablename__,
        object_id=row.id,
        detail=detail,
    )
