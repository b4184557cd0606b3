"""Writing many categories and filing conditions at once, as workbooks and archives have them: one audit record."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from engine.audit import recording
from engine.catalog.models import Category, FilingCondition
from engine.catalog.pinyin import initials
from engine.kit.db import db
from engine.kit.signals import Doer

RECORDED = 200
"""Changes that the audit record tells one by one; of the rest it tells the number."""

Key = tuple[str, str, str]
"""Code system, kind and code."""


@dataclass
class Tally:
    """What was written, or would be."""

    added: int = 0
    changes: list[dict[str, Any]] = field(default_factory=list)
    unchanged: int = 0


def stored() -> dict[Key, Category]:
    """Every category by its key, with its conditions."""
    found = db.session.scalars(select(Category).options(selectinload(Category.conditions)))
    return {(category.code_system, category.kind, category.code): category for category in found}


def record(tally: Tally, *, by: Doer, at: datetime) -> None:
    """Flush what was written, and tell the audit log."""
    db.session.flush()
    detail = {"added": tally.added, "changes": tally.changes[:RECORDED], "changed": len(tally.changes)}
    recording.record("catalog.import", by=by, at=at, object_kind="catalog", detail=detail)


def put_category(values: dict[str, Any], stored: dict[Key, Category], tally: Tally, *, write: bool) -> None:
    """Add or change the category that ``values`` name by its key; what they leave out stays."""
    key = (values["code_system"], values["kind"], values["code"])
    values = {**_given(values), "pinyin": initials(values["name"])}
    if key in stored:
        _change(stored[key], values, "/".join(key), tally, write=write)
        return
    stored[key] = category = Category(**{"is_active": True, **values}, conditions=[])
    tally.added += 1
    if write:
        db.session.add(category)


def put_condition(values: dict[str, Any], stored: dict[Key, Category], tally: Tally, *, write: bool) -> None:
    """The same for a filing condition, which its category and its number name."""
    key = (values["code_system"], values["kind"], values["code"])
    category = stored[key]
    values = {name: value for name, value in _given(values).items() if name not in {"code_system", "kind", "code"}}
    same = next((item for item in category.conditions if item.number == values["number"]), None)
    if same is not None:
        _change(same, values, f"{'/'.join(key)}#{values['number']}", tally, write=write)
        return
    tally.added += 1
    if write:
        category.conditions.append(FilingCondition(**_with_limits(values)))


def _with_limits(values: dict[str, Any]) -> dict[str, Any]:
    """A new condition whose classes are left empty has the same limit everywhere."""
    limit = values["limit_value"]
    return {"limit_a": limit, "limit_b": limit, "limit_c": limit, "is_active": True, **values}


def _given(values: dict[str, Any]) -> dict[str, Any]:
    """An empty cell says nothing: what was there stays."""
    return {name: value for name, value in values.items() if value is not None}


def _change(row: Category | FilingCondition, values: dict[str, Any], what: str, tally: Tally, *, write: bool) -> None:
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not changed:
        tally.unchanged += 1
        return
    tally.changes.append({"what": what, **{name: [getattr(row, name), value] for name, value in changed.items()}})
    for name, value in changed.items() if write else ():
        setattr(row, name, value)
