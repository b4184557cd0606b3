"""By what a period's cases are told apart: department, district, street, category, source … Keys are short texts.

"none" is the key of cases that have none. A category's key is "code system:kind:major code", a subcategory's its id.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, null, or_, select, true

from engine.cases.models import Case, Source
from engine.catalog.models import Category

NONE = "none"
NAMES = ("department", "region", "street", "category", "subcategory", "source")
"""The dimensions of a month's assessment, under the names that they have in addresses."""
ALL = (*NAMES, "kind", "grid", "stage", "collector")
"""Those, and what a city's own statistics tell apart besides."""

_COLUMNS: dict[str, Any] = {
    "department": Case.department_id,
    "region": Case.region_code,
    "street": Case.street_code,
    "subcategory": Case.category_id,
    "source": Case.source,
    "kind": Case.kind,
    "grid": Case.responsibility_grid_id,
    "stage": Case.stage,
    "collector": case((Case.source == Source.patrol.value, Case.reported_by_id), else_=null()),
}
_NUMBERED = {"department", "subcategory", "grid", "collector"}


def column(name: str) -> ColumnElement[Any]:
    """What the cases of a dimension are grouped by; for a category the subcategory, of which it is the major one."""
    found: ColumnElement[Any] = _COLUMNS["subcategory" if name == "category" else name]
    return found


def narrowing(values: Mapping[str, str | Sequence[str]]) -> ColumnElement[bool]:
    """The predicate over ``Case`` of ``{"department": "3", "source": ["hotline", "patrol"]}``: any key of several.

    A senseless key finds nothing.
    """
    return and_(true(), *(_any(name, [keys] if isinstance(keys, str) else keys) for name, keys in values.items()))


def _any(name: str, keys: Sequence[str]) -> ColumnElement[bool]:
    return or_(false(), *(_one(name, key) for key in keys))


def _one(name: str, key: str) -> ColumnElement[bool]:
    if name == "category":
        return _of_major(key)
    wanted = column(name)
    if key == NONE:
        return wanted.is_(None)
    if name not in _NUMBERED:
        return wanted == key
    return wanted == int(key) if key.isascii() and key.isdecimal() and len(key) < 18 else false()


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
