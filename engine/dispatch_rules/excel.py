"""The list of authority as a workbook: out, and in again. A changed line makes a new version; all or nothing."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from sqlalchemy import select

from engine.access.actors import Actor
from engine.catalog.excel import KINDS
from engine.catalog.models import Category
from engine.dispatch_rules import revision
from engine.dispatch_rules.models import DispatchRule
from engine.dispatch_rules.queries import in_force
from engine.grids.models import Region, ResponsibilityGrid
from engine.kit.cells import Column
from engine.kit.db import db
from engine.kit.i18n import DEFAULT_LOCALE, N_
from engine.kit.spreadsheets import CellError, Layout, Row, Unreadable, read, write
from engine.organization.models import Department

LAYOUT = Layout(
    N_("Dispatch rules"),
    (
        Column("number", N_("Rule no."), "integer", width=8),
        Column("priority", N_("Priority"), "integer", width=8),
        Column("code_system", N_("Code system"), most=40, width=20),
        Column("kind", N_("Kind"), "choice", choices=KINDS, width=8),
        Column("major_code", N_("Major code"), "code", lengths=(2,), width=10),
        Column("category_code", N_("Category code"), "code", lengths=(4, 5), width=10),
        Column("category_name", N_("Category"), most=60, width=18),
        Column("region_code", N_("District code"), "code", lengths=(6,), width=12),
        Column("street_code", N_("Street code"), "code", lengths=(9,), width=12),
        Column("grid", N_("Responsibility grid"), "code", most=20, width=14),
        Column("owner", N_("Owner"), most=100, width=18),
        Column("department", N_("Department"), required=True, most=100, width=24),
        Column("valid_from", N_("Valid from"), "date", required=True, width=12),
        Column("valid_to", N_("Valid to"), "date", width=12),
        Column("allows_auto", N_("Automatic"), "yes_no", width=8),
        Column("basis", N_("Basis document"), most=200, width=30),
        Column("note", N_("Remark"), most=200, width=20),
        Column("is_active", N_("In use"), "yes_no", width=8),
    ),
)
HEADINGS = {column.name: column.heading for column in LAYOUT.columns}
COLUMN_OF_FIELD = {
    "department_id": "department",
    "owner_department_id": "owner",
    "category_id": "category_code",
    "responsibility_grid_id": "grid",
}
SAME_NAME = ("code_system", "kind", "major_code", "region_code", "street_code", "valid_from", "valid_to")
DEFAULTS = {"priority": 100, "allows_auto": True, "basis": "", "note": "", "is_active": True}


@dataclass(frozen=True)
class Imported:
    """How many rules an import added, changed, and found to be as they were."""

    added: int
    changed: int
    unchanged: int


@dataclass(frozen=True)
class _Known:
    """What the names in a file may mean."""

    departments: Mapping[str, int]
    categories: Mapping[tuple[str, str, str], int]
    grids: Mapping[str, int]
    regions: frozenset[str]
    rules: Mapping[int, DispatchRule]


def export_rules(stream: BinaryIO, *, locale: str = DEFAULT_LOCALE) -> None:
    """Write every rule in force, one a line."""
    write(stream, [(LAYOUT, (_line(rule) for rule in db.session.scalars(in_force())))], locale)


def import_rules(stream: BinaryIO, *, by: Actor, at: datetime, dry_run: bool = False) -> Imported:
    """Add lines without a rule number, revise those with one; rules that the file leaves out stay in force.

    A line says the whole rule: an empty cell is "any". Raises Unreadable with every bad cell, and then nothing is
    changed; NotATable; TooLong.
    """
    (rows,), errors = read(stream, [LAYOUT])
    known = _known()
    errors += _repeated(rows)
    ready = [(row, _values(row, known, errors)) for row in rows]
    if not errors:
        for row, values in ready:
            errors += [_error(row, COLUMN_OF_FIELD.get(name, name), text) for name, text in revision.problems(values)]
    if errors:
        raise Unreadable(sorted(errors, key=lambda error: error.line))
    counts = Counter(
        _put(row, revision.completed(values), known, by=by, at=at, write=not dry_run) for row, values in ready
    )
    return Imported(counts["added"], counts["changed"], counts["unchanged"])


def _put(row: Row, values: dict[str, Any], known: _Known, *, by: Actor, at: datetime, write: bool) -> str:
    number = row.values.get("number")
    if number is None:
        if write:
            revision.add(values, by=by, at=at)
        return "added"
    rule = known.rules[number]
    if all(getattr(rule, name) == value for name, value in values.items()):
        return "unchanged"
    if write:
        revision.revise(rule, values, by=by, at=at)
    return "changed"


def _line(rule: DispatchRule) -> dict[str, Any]:
    same = {name: getattr(rule, name) for name in ("number", *SAME_NAME, *DEFAULTS)}
    return same | {
        "category_code": rule.category.code if rule.category else None,
        "category_name": rule.category.name if rule.category else None,
        "code_system": rule.category.code_system if rule.category else rule.code_system,
        "kind": rule.category.kind if rule.category else rule.kind,
        "grid": rule.responsibility_grid.code if rule.responsibility_grid else None,
        "owner": rule.owner_department.name if rule.owner_department else None,
        "department": rule.department.name,
    }


def _known() -> _Known:
    departments: dict[str, int] = {}
    # Closed ones first, so that an open department of the same name takes the name over.
    for department in db.session.scalars(select(Department).order_by(Department.is_active, Department.id.desc())):
        departments |= dict.fromkeys((department.short_name, department.code, department.name), department.id)
    categories = db.session.scalars(select(Category))
    return _Known(
        departments=departments,
        categories={(item.code_system, item.kind, item.code): item.id for item in categories},
        grids={grid.code: grid.id for grid in db.session.scalars(select(ResponsibilityGrid))},
        regions=frozenset(db.session.scalars(select(Region.code))),
        rules={rule.number: rule for rule in db.session.scalars(in_force())},
    )


def _values(row: Row, known: _Known, errors: list[CellError]) -> dict[str, Any]:
    """The fields of a rule as one line says them; what cannot be understood goes to ``errors``."""
    given = row.values
    values = {name: given.get(name) for name in SAME_NAME}
    values |= {name: default if given.get(name) is None else given[name] for name, default in DEFAULTS.items()}
    values["department_id"] = _looked_up(row, "department", known.departments, errors)
    values["owner_department_id"] = _looked_up(row, "owner", known.departments, errors)
    values["responsibility_grid_id"] = _looked_up(row, "grid", known.grids, errors)
    values["category_id"] = _category(row, known, errors)
    for name in ("region_code", "street_code"):
        if values[name] and values[name] not in known.regions:
            errors.append(_error(row, name, N_("There is no region with this code.")))
    if given.get("number") is not None and given["number"] not in known.rules:
        errors.append(_error(row, "number", N_("There is no rule with this number; leave it empty for a new one.")))
    return values


def _category(row: Row, known: _Known, errors: list[CellError]) -> int | None:
    code = row.values.get("category_code")
    if code is None:
        return None
    system, kind = row.values.get("code_system"), row.values.get("kind")
    if not system or not kind:
        errors.append(_error(row, "category_code", N_("A category code needs its code system and kind.")))
        return None
    found = known.categories.get((system, kind, code))
    if found is None:
        errors.append(_error(row, "category_code", N_("There is no category with this code.")))
    return found


def _looked_up(row: Row, name: str, known: Mapping[str, int], errors: list[CellError]) -> int | None:
    word = row.values.get(name)
    if word is not None and word not in known:
        errors.append(_error(row, name, N_("%(word)s is not known."), word=word))
    return known.get(word) if word else None


def _repeated(rows: list[Row]) -> list[CellError]:
    counts = Counter(row.values.get("number") for row in rows)
    text = N_("This rule number stands in the file more than once.")
    repeated = {number for number, count in counts.items() if number is not None and count > 1}
    return [_error(row, "number", text) for row in rows if row.values.get("number") in repeated]


def _error(row: Row, name: str, text: str, /, **params: Any) -> CellError:
    return CellError(row.sheet, row.line, HEADINGS.get(name, ""), text, params)
