"""By what a period's cases are told apart: department, district, street, category, source. Keys are short texts.

"none" is the key of cases that have none. A category's key is "code system:kind:major code", a subcategory's its id.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, false, select, true

from engine.cases.models import Case
from engine.catalog.models import Category

NONE = "none"
NAMES = ("department", "region", "street", "category", "subcategory", "source")
"""The dimensions, under the names that they have in addresses."""

_COLUMNS: dict[str, Any] = {
    "department": Case.department_id,
    "region": Case.region_code,
    "street": Case.street_code,
    "subcategory": Case.category_id,
    "source": Case.source,
}
_NUMBERED = {"department", "subcategory"}


def narrowing(values: Mapping[str, str]) -> ColumnElement[bool]:
    """The predicate over ``Case`` of ``{"department": "3", "source": "hotline"}``; a senseless key finds nothing."""
    return and_(true(), *(_one(name, key) for name, key in values.items()))


def _one(name: str, key: str) -> ColumnElement[bool]:
    if name == "category":
        return _of_major(key)
    column = _COLUMNS[name]
    if key == NONE:
        return column.is_(None)  # type: ignore[no-any-return]
    if name not in _NUMBERED:
        return column == key  # type: ignore[no-any-return]
    return column == int(key) if key.isascii() and key.isdecimal() and len(key) < 18 else false()


def _of_major(key: str) -> ColumnElement[bool]:
    if key == NONE:
        return Case.category_id.is_(None)
    system, _, rest = key.partition(":")
    kind, _, major = rest.partition(":")
    return Case.category_id.in_(
        select(Category.id).where(Category.code_system == system, Category.kind == kind, Category.major_code == major)
    )


def major_key(system: str, kind: str, major_code: str) -> str:
    """The key of a major category (大类)."""
    return f"{system}:{kind}:{major_code}"


def key_of(value: object) -> str:
    """A column's value as a key."""
    return NONE if value is None else str(value)
