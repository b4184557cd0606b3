"""Taking in a census of components from Excel or CSV, with the checks of codes.md §3.4. All or nothing.

What a table cannot show is not checked: whether the geometry is a point, line or area as the catalogue asks.
"""

from collections import Counter
from datetime import datetime
from typing import Any, BinaryIO

from sqlalchemy import insert, select, update

from engine.access.actors import Actor
from engine.audit import recording
from engine.catalog.models import Category
from engine.components import registration
from engine.components.models import Component, ComponentState
from engine.grids.coordinates import Crs, in_china, to_cgcs2000
from engine.kit.cells import Column
from engine.kit.db import db
from engine.kit.errors import Invalid
from engine.kit.i18n import N_
from engine.kit.spreadsheets import CellError, Layout, Row, Unreadable, read
from engine.organization.models import Department

STATES = {
    ComponentState.intact.value: N_("intact"),
    ComponentState.broken.value: N_("broken"),
    ComponentState.lost.value: N_("lost"),
    ComponentState.disused.value: N_("disused"),
    ComponentState.removed.value: N_("removed"),
}
DEPARTMENTS = ("competent", "owner", "maintainer")
LAYOUT = Layout(
    N_("Components"),
    (
        Column("code", N_("Component code"), "code", required=True, lengths=(16, 17), width=20),
        Column("name", N_("Name"), most=60),
        Column("lng", N_("Longitude"), "number", required=True),
        Column("lat", N_("Latitude"), "number", required=True),
        Column("state", N_("State"), "choice", choices=STATES),
        Column("competent", N_("Competent department"), most=100, width=20),
        Column("owner", N_("Owner"), most=100, width=20),
        Column("maintainer", N_("Maintainer"), most=100, width=20),
        Column("initial_date", N_("Initial date"), "date"),
        Column("change_date", N_("Change date"), "date"),
        Column("old_code", N_("Old code"), "code", most=20, width=20),
        Column("note", N_("Remark"), most=200),
    ),
)


def import_components(stream: BinaryIO, *, by: Actor, at: datetime, crs: Crs = Crs.cgcs2000) -> tuple[int, int]:
    """Add and change the components that the file names; ``crs`` says what its coordinates are.

    Departments are named by name, short name, code or credit code. Returns how many were added and changed.
    Raises Unreadable with every bad cell, and then nothing is changed; NotATable; TooLong.
    """
    (rows,), errors = read(stream, [LAYOUT])
    stored = _stored([row.values["code"] for row in rows if row.values.get("code")])
    departments = _departments_by_any_name()
    categories = registration.categories_by_code()
    errors += _repeated(rows)
    ready = [_prepare(row, stored, departments, categories, crs, errors) for row in rows if _has_place(row, errors)]
    if errors:
        raise Unreadable(sorted(errors, key=lambda error: error.line))
    return _store(ready, by=by, at=at)


def _store(ready: list[dict[str, Any]], *, by: Actor, at: datetime) -> tuple[int, int]:
    added = [values for values in ready if "id" not in values]
    changed = [values for values in ready if "id" in values]
    if added:
        db.session.execute(insert(Component), added)
    if changed:
        db.session.execute(update(Component), changed)
    detail = {"added": len(added), "changed": len(changed)}
    recording.record("components.import", by=by, at=at, object_kind="components", detail=detail)
    return len(added), len(changed)


def _stored(codes: list[str]) -> dict[str, Component]:
    found: dict[str, Component] = {}
    for start in range(0, len(codes), 900):
        some = codes[start : start + 900]
        found |= {item.code: item for item in db.session.scalars(select(Component).where(Component.code.in_(some)))}
    return found


def _departments_by_any_name() -> dict[str, int]:
    """Ids by every name that a table may use; a name that two departments share is left out."""
    names: dict[str, set[int]] = {}
    for department in db.session.scalars(select(Department)):
        for name in (department.name, department.short_name, department.code, department.credit_code):
            if name:
                names.setdefault(name, set()).add(department.id)
    return {name: min(ids) for name, ids in names.items() if len(ids) == 1}


def _repeated(rows: list[Row]) -> list[CellError]:
    counts = Counter(row.values.get("code") for row in rows)
    text = N_("This code stands in the file more than once.")
    return [_error(row, "code", text) for row in rows if row.values.get("code") and counts[row.values["code"]] > 1]


def _has_place(row: Row, errors: list[CellError]) -> bool:
    if not all(row.values.get(name) is not None for name in ("code", "lng", "lat")):
        return False  # what is wrong with them was said when the cells were read
    if in_china(row.values["lng"], row.values["lat"]):
        return True
    text = N_("The coordinates are not degrees in China; perhaps they are projected metres.")
    errors.append(_error(row, "lng", text))
    return False


def _prepare(
    row: Row,
    stored: dict[str, Component],
    departments: dict[str, int],
    categories: dict[tuple[str, str], Category],
    crs: Crs,
    errors: list[CellError],
) -> dict[str, Any]:
    """The columns of one component, its id among them where it is known already."""
    lng, lat = to_cgcs2000(row.values["lng"], row.values["lat"], crs)
    draft = Component(code=row.values["code"], name=row.values.get("name"), lng=lng, lat=lat)
    try:
        registration.place(draft, categories=categories)
    except Invalid as invalid:
        errors += [_error(row, name, each.text, **each.params) for name, all in invalid.fields.items() for each in all]
    values = {
        name: getattr(draft, name)
        for name in ("code", "name", "lng", "lat", "code_system", "category_id", "unit_grid_id")
    }
    values |= {name: row.values.get(name) for name in ("initial_date", "change_date", "old_code")}
    values |= {"state": row.values.get("state") or "intact", "note": row.values.get("note") or ""}
    for part in DEPARTMENTS:
        values[f"{part}_department_id"] = _department(row, part, departments, errors)
    known = stored.get(row.values["code"])
    if known is not None:
        values["id"] = known.id
        if registration.is_given_up(known) and values["state"] in ComponentState.reportable():
            errors.append(_error(row, "code", N_("This code was given up; codes are never used again.")))
    return values


def _department(row: Row, part: str, departments: dict[str, int], errors: list[CellError]) -> int | None:
    name = row.values.get(part)
    if name and name not in departments:
        errors.append(_error(row, part, N_("There is no department %(name)s."), name=name))
    return departments.get(name) if name else None


def _error(row: Row, name: str, text: str, /, **params: Any) -> CellError:
    heading = next(column.heading for column in LAYOUT.columns if column.name == name)
    return CellError(row.sheet, row.line, heading, text, params)
