"""The tree of departments by their codes. Who works in them stays with the city; merging them is done there by hand."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from marshmallow import Schema, fields, validate

from engine.forms.definition import FORMATS
from engine.kit.i18n import N_
from engine.organization import departments, details, queries
from engine.organization.models import Department
from engine.studio.archive_comparing import Items, Told
from engine.studio.parts.part import Hand, Part, Problem, shaped


def _text(most: int, *more: validate.Validator) -> fields.String:
    return fields.String(required=True, allow_none=True, validate=[validate.Length(1, most), *more])


class _Department(Schema):
    name = fields.String(required=True, validate=validate.Length(1, 100))
    short_name = fields.String(required=True, validate=validate.Length(1, 30))
    kind = fields.String(required=True, validate=validate.OneOf(departments.KINDS))
    parent = _text(40)
    region_code = _text(12)
    credit_code = _text(18)
    phone = _text(40, validate.Regexp(rf"(?:{FORMATS['phone'][0]})\Z"))


def _read() -> dict[str, Any]:
    everyone = queries.departments(with_closed=True)
    codes = {one.id: one.code for one in everyone}
    return {one.code: _item(one, codes) for one in everyone if one.is_active}


def _item(row: Department, codes: Mapping[int, str]) -> dict[str, Any]:
    kept = {name: getattr(row, name) or None for name in details.OF_A_DEPARTMENT}
    return kept | {"parent": codes.get(row.parent_id) if row.parent_id is not None else None}


def _check(items: Items, at: datetime) -> list[Problem]:  # noqa: ARG001 - as every part's
    problems = shaped(_Department(), items)
    return problems or list(_misplaced(items))


def _misplaced(items: Items) -> Iterator[Problem]:
    """Codes that cannot be, parents that are nowhere, and departments that would lie below themselves."""
    closed = {one.code for one in queries.departments(with_closed=True) if not one.is_active}
    parents = {code: item["parent"] for code, item in {**_read(), **items}.items()}
    for code in items:
        if not 0 < len(code) <= 40 or code in closed:
            yield Problem(code, N_("The code %(code)s is taken."), {"code": code})
        elif parents[code] is not None and parents[code] not in parents:
            yield Problem(code, N_("%(word)s is not known."), {"word": parents[code]})
        elif code in _above(code, parents):
            yield Problem(code, N_("A department cannot lie below itself."))


def _above(code: str, parents: Mapping[str, str | None]) -> set[str]:
    """Every department above one; with itself among them where the tree is a circle."""
    found: set[str] = set()
    parent = parents.get(code)
    while parent is not None and parent not in found:
        found.add(parent)
        parent = parents.get(parent)
    return found


def _put(items: Items, hand: Hand) -> None:
    """All are there before any is moved: one may come to lie below another that is new."""
    here = {one.code: one for one in queries.departments()}
    for code, item in items.items():
        values = {name: item[name] for name in details.OF_A_DEPARTMENT}
        if code in here:
            details.change_department(here[code], values, by=hand.by, at=hand.at)
        else:
            here[code] = departments.found(code, **values, by=hand.by, at=hand.at)
    parents = {code: item["parent"] for code, item in {**_read(), **items}.items()}
    for code in sorted(items, key=lambda one: len(_above(one, parents))):
        _place(here[code], here[parents[code]] if parents[code] else None, hand)


def _place(row: Department, parent: Department | None, hand: Hand) -> None:
    if row.parent_id != (parent.id if parent is not None else None):
        departments.move(row, parent, by=hand.by, at=hand.at)


def _tell(item: Mapping[str, Any]) -> Told:
    return {name: value for name, value in item.items() if value}


PART = Part(
    "departments",
    N_("Departments"),
    read=_read,
    check=_check,
    put=_put,
    tell=_tell,
    title=lambda key, item: f"{item['name']} ({key})",
    words={
        "name": N_("Name"),
        "short_name": N_("Short name"),
        "kind": N_("Kind"),
        "parent": N_("Parent department"),
        "region_code": N_("District or street code"),
        "credit_code": N_("Unified social credit code"),
        "phone": N_("Telephone"),
        "center": N_("Center"),
        "municipal": N_("Municipal department"),
        "district": N_("District"),
        "street": N_("Street"),
        "enterprise": N_("Enterprise"),
    },
    is_ground=True,
)
