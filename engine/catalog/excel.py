"""The catalogue as a workbook: out for checking, in again with the city's own limits. All or nothing."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from engine.access.actors import Actor
from engine.audit import recording
from engine.catalog.models import Category, FilingCondition, LimitUnit
from engine.catalog.pinyin import initials
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

Key = tuple[str, str, str]


@dataclass(frozen=True)
class Imported:
    """How many rows an import added, changed, and found to be as they were."""

    added: int
    changed: int
    unchanged: int


@dataclass
class _Tally:
    added: int = 0
    changes: list[dict[str, Any]] = field(default_factory=list)
    unchanged: int = 0


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
    stored = _stored()
    errors += _check_categories(category_rows) + _check_conditions(condition_rows, category_rows, stored)
    if errors:
        raise Unreadable(sorted(errors, key=lambda error: (error.sheet, error.line)))
    tally = _Tally()
    for row in category_rows:
        _put_category(row.values, stored, tally, write=not dry_run)
    for row in condition_rows:
        _put_condition(row.values, stored, tally, write=not dry_run)
    if not dry_run:
        db.session.flush()
        detail = {"added": tally.added, "changes": tally.changes[:200], "changed": len(tally.changes)}
        recording.record("catalog.import", by=by, at=at, object_kind="catalog", detail=detail)
    return Imported(tally.added, len(tally.changes), tally.unchanged)


def _fields(layout: Layout, row: Category | FilingCondition) -> dict[str, Any]:
    return {column.name: getattr(row, column.name, None) for column in layout.columns}


def _key_fields(category: Category) -> dict[str, str]:
    return {"code_system": category.code_system, "kind": category.kind, "code": category.code}


def _stored() -> dict[Key, Category]:
    found = db.session.scalars(select(Category).options(selectinload(Category.conditions)))
    return {(category.code_system, category.kind, category.code): category for category in found}


def _key(row: Row) -> Key | None:
    key = tuple(row.values.get(column.name) for column in _KEY)
    return key if all(key) else None  # type: ignore[return-value]


def _check_categories(rows: list[Row]) -> list[CellError]:
    errors = _repeated(rows, [_key(row) for row in rows])
    for row in rows:
        code, major = row.values.get("code"), row.values.get("major_code")
        if code and not code.isdecimal():
            errors.append(_error(row, "Category code", N_("A code consists of digits.")))
        elif code and major and not code.startswith(major):
            errors.append(_error(row, "Major code", N_("The code does not begin with its major code.")))
    return errors


def _check_conditions(rows: list[Row], categories: list[Row], stored: dict[Key, Category]) -> list[CellError]:
    known = set(stored) | {_key(row) for row in categories}
    errors = _repeated(rows, [(*key, row.values.get("number")) if (key := _key(row)) else None for row in rows])
    for row in rows:
        if (key := _key(row)) and key not in known:
            errors.append(_error(row, "Category code", N_("There is no category with this code.")))
        errors += [
            _error(row, column.heading, N_("The limit must be between 0 and 1000."))
            for column in CONDITIONS.columns
            if column.name.startswith("limit_")
            and column.kind == "number"
            and (value := row.values.get(column.name)) is not None
            and not 0 < value <= 1000
        ]
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


def _put_category(values: dict[str, Any], stored: dict[Key, Category], tally: _Tally, *, write: bool) -> None:
    key = (values["code_system"], values["kind"], values["code"])
    values = {**_given(values), "pinyin": initials(values["name"])}
    if key in stored:
        _change(stored[key], values, "/".join(key), tally, write=write)
        return
    stored[key] = category = Category(**{"is_active": True, **values}, conditions=[])
    tally.added += 1
    if write:
        db.session.add(category)


def _put_condition(values: dict[str, Any], stored: dict[Key, Category], tally: _Tally, *, write: bool) -> None:
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


def _change(row: Category | FilingCondition, values: dict[str, Any], what: str, tally: _Tally, *, write: bool) -> None:
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not changed:
        tally.unchanged += 1
        return
    tally.changes.append({"what": what, **{name: [getattr(row, name), value] for name, value in changed.items()}})
    for name, value in changed.items() if write else ():
        setattr(row, name, value)
