"""The catalogue as a workbook: out for checking, in again with the city's own limits. All or nothing."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from engine.access.actors import Actor
from engine.catalog import checks, putting
from engine.catalog.models import Category, FilingCondition, LimitUnit
from engine.catalog.putting import Key
from engine.kit.cells import Column
from engine.kit.db import db
from engine.kit.i18n import DEFAULT_LOCALE, N_
from engine.kit.spreadsheets import CellError, Layout, Row, Unreadable, read, write

KINDS = {"component": N_("component"), "event": N_("event")}
GEOMETRIES = {"point": N_("point"), "line": N_("line"), "area": N_("area")}
UNITS = {
    LimitUnit.urgent_hours.value: N_("urgent hours"),
    LimitUnit.working_hours.value: N_("working hours"),
    LimitUnit.working_days.value: N_("working days"),
    LimitUnit.calendar_days.value: N_("calendar days"),
}
CLOCKS = {"working": N_("working time"), "continuous": N_("around the clock")}

_KEY = (
    Column("code_system", N_("Code system"), "text", required=True, most=40, width=20),
    Column("kind", N_("Kind"), "choice", required=True, choices=KINDS, width=8),
    Column("code", N_("Category code"), "code", required=True, most=8, lengths=(4, 5), width=10),
)
CATEGORIES = Layout(
    N_("Categories"),
    (
        *_KEY,
        Column("name", N_("Name"), required=True, most=60, width=20),
        Column("major_code", N_("Major code"), "code", required=True, lengths=(2,), width=10),
        Column("major_name", N_("Major"), required=True, most=60, width=16),
        Column("name_en", N_("English name"), most=80),
        Column("dept_type", N_("Usual department"), most=100, width=24),
        Column("description", N_("Description"), most=300, width=40),
        Column("geometry", N_("Geometry"), "choice", choices=GEOMETRIES, width=8),
        Column("other_code", N_("Code in the other system"), "code", most=8, lengths=(4, 5)),
        Column("certainty", N_("Certainty"), most=12, width=10),
        Column("note", N_("Remark"), most=200, width=30),
        Column("is_active", N_("In use"), "yes_no", width=8),
    ),
)
CONDITIONS = Layout(
    N_("Filing conditions"),
    (
        *_KEY,
        Column("number", N_("No."), "integer", required=True, width=6),
        Column("text", N_("Filing condition"), required=True, most=200, width=44),
        Column("limit_value", N_("Time limit"), "number", required=True, width=10),
        Column("limit_unit", N_("Unit"), "choice", required=True, choices=UNITS, width=10),
        Column("clock", N_("Clock"), "choice", choices=CLOCKS, width=12),
        Column("closing_standard", N_("Closing standard"), most=200, width=30),
        Column("limit_a", N_("Limit in class A"), "number", width=10),
        Column("limit_b", N_("Limit in class B"), "number", width=10),
        Column("limit_c", N_("Limit in class C"), "number", width=10),
        Column("is_urgent", N_("Urgent"), "yes_no", width=8),
        Column("basis", N_("Basis of the limit"), most=40, width=16),
        Column("is_verified", N_("Compared with GB/T 30428.8"), "yes_no", width=12),
        Column("is_active", N_("In use"), "yes_no", width=8),
    ),
)
HEADINGS = {column.name: column.heading for layout in (CATEGORIES, CONDITIONS) for column in layout.columns}


@dataclass(frozen=True)
class Imported:
    """How many rows an import added, changed, and found to be as they were."""

    added: int
    changed: int
    unchanged: int


def export_catalogue(stream: BinaryIO, *, code_system: str | None = None, locale: str = DEFAULT_LOCALE) -> None:
    """Write two sheets, categories and filing conditions, of one code system or of all."""
    statement = select(Category).options(selectinload(Category.conditions))
    if code_system:
        statement = statement.where(Category.code_system == code_system)
    order = (Category.code_system, Category.kind, Category.code)
    categories = list(db.session.scalars(statement.order_by(*order)))
    conditions = [item for category in categories for item in category.conditions]
    write(
        stream,
        [
            (CATEGORIES, (_fields(CATEGORIES, category) for category in categories)),
            (CONDITIONS, (_fields(CONDITIONS, item) | _key_fields(item.category) for item in conditions)),
        ],
        locale,
    )


def import_catalogue(stream: BinaryIO, *, by: Actor, at: datetime, dry_run: bool = False) -> Imported:
    """Add and change what the workbook names; what it leaves out stays. Cases keep the limits they were given.

    Raises Unreadable with every bad cell, and then nothing is changed; NotATable; TooLong.
    """
    (category_rows, condition_rows), errors = read(stream, [CATEGORIES, CONDITIONS])
    stored = putting.stored()
    errors += _check_categories(category_rows) + _check_conditions(condition_rows, category_rows, stored)
    if errors:
        raise Unreadable(sorted(errors, key=lambda error: (error.sheet, error.line)))
    tally = putting.Tally()
    for row in category_rows:
        putting.put_category(row.values, stored, tally, write=not dry_run)
    for row in condition_rows:
        putting.put_condition(row.values, stored, tally, write=not dry_run)
    if not dry_run:
        putting.record(tally, by=by, at=at)
    return Imported(tally.added, len(tally.changes), tally.unchanged)


def _fields(layout: Layout, row: Category | FilingCondition) -> dict[str, Any]:
    return {column.name: getattr(row, column.name, None) for column in layout.columns}


def _key_fields(category: Category) -> dict[str, str]:
    return {"code_system": category.code_system, "kind": category.kind, "code": category.code}


def _key(row: Row) -> Key | None:
    key = tuple(row.values.get(column.name) for column in _KEY)
    return key if all(key) else None  # type: ignore[return-value]


def _check_categories(rows: list[Row]) -> list[CellError]:
    errors = _repeated(rows, [_key(row) for row in rows])
    for row in rows:
        errors += [_error(row, HEADINGS[name], text) for name, text in checks.problems_of_category(row.values)]
    return errors


def _check_conditions(rows: list[Row], categories: list[Row], stored: dict[Key, Category]) -> list[CellError]:
    known = set(stored) | {_key(row) for row in categories}
    errors = _repeated(rows, [(*key, row.values.get("number")) if (key := _key(row)) else None for row in rows])
    for row in rows:
        if (key := _key(row)) and key not in known:
            errors.append(_error(row, HEADINGS["code"], checks.NO_CATEGORY))
        errors += [_error(row, HEADINGS[name], text) for name, text in checks.problems_of_limits(row.values)]
    return errors


def _repeated(rows: list[Row], keys: list[Any]) -> list[CellError]:
    counts = Counter(key for key in keys if key)
    return [
        _error(row, "", N_("This key stands in the file more than once."))
        for row, key in zip(rows, keys, strict=True)
        if counts[key] > 1
    ]


def _error(row: Row, column: str, text: str) -> CellError:
    return CellError(row.sheet, row.line, column, text)
