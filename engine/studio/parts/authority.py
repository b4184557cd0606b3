"""The authority list (权责清单). Rules have numbers of their city's own, so that they go by what they ask for.

A rule names departments, categories, regions and responsibility grids by their codes: those must be here already, or,
where an archive carries them, come along.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from marshmallow import Schema, fields, validate
from sqlalchemy import select

from engine.catalog import putting
from engine.dispatch_rules import queries, revision
from engine.dispatch_rules.models import DispatchRule
from engine.grids.models import Region, ResponsibilityGrid
from engine.kit.db import db
from engine.kit.i18n import N_
from engine.organization.models import Department
from engine.studio.archive_comparing import Items, Told
from engine.studio.parts.catalogue import told
from engine.studio.parts.part import PIECE, Hand, Part, Problem, shaped

ASKED = ("code_system", "kind", "major_code", "category", "region_code", "street_code", "grid", "owner", "valid_from")
"""What makes a rule the same rule in every city."""
PLAIN = ("code_system", "kind", "major_code", "region_code", "street_code", "priority", "allows_auto", "basis", "note",
         "is_active")  # fmt: skip


def _name(most: int) -> fields.String:
    return fields.String(required=True, allow_none=True, validate=validate.Length(1, most))


class _Rule(Schema):
    code_system = _name(40)
    kind = _name(12)
    major_code = _name(4)
    category = _name(8)
    region_code = _name(12)
    street_code = _name(12)
    grid = _name(20)
    owner = _name(40)
    department = fields.String(required=True, validate=validate.Length(1, 40))
    priority = fields.Integer(required=True, strict=True, validate=validate.Range(-(10**6), 10**6))
    valid_from = fields.Date(required=True, format="%Y-%m-%d")
    valid_to = fields.Date(required=True, format="%Y-%m-%d", allow_none=True)
    allows_auto = fields.Boolean(required=True, truthy={True}, falsy={False})
    basis = fields.String(required=True, validate=validate.Length(max=200))
    note = fields.String(required=True, validate=validate.Length(max=200))
    is_active = fields.Boolean(required=True, truthy={True}, falsy={False})


def _read() -> dict[str, Any]:
    return {key: _item(rule) for key, rule in _rules().items()}


def _rules() -> dict[str, DispatchRule]:
    """Rules in force by their keys. Of several that ask for the same, each further one has a number behind its key."""
    seen: Counter[str] = Counter()
    found = {}
    for rule in db.session.scalars(queries.in_force()):
        key = _key(_item(rule))
        seen[key] += 1
        found[key if seen[key] == 1 else f"{key}#{seen[key]}"] = rule
    return found


def _key(item: Mapping[str, Any]) -> str:
    return "|".join(str(item[name] or "") for name in ASKED)


def _item(rule: DispatchRule) -> dict[str, Any]:
    return {name: getattr(rule, name) for name in PLAIN} | {
        "category": rule.category.code if rule.category else None,
        "grid": rule.responsibility_grid.code if rule.responsibility_grid else None,
        "owner": rule.owner_department.code if rule.owner_department else None,
        "department": rule.department.code,
        "valid_from": rule.valid_from.isoformat(),
        "valid_to": rule.valid_to.isoformat() if rule.valid_to else None,
    }


class _Codes:
    """What the codes in rules mean here."""

    def __init__(self) -> None:
        self.categories = {key: row.id for key, row in putting.stored().items()}
        self.departments = dict(db.session.execute(select(Department.code, Department.id)).tuples().all())
        grids = select(ResponsibilityGrid.code, ResponsibilityGrid.id)
        self.grids = dict(db.session.execute(grids).tuples().all())
        self.regions = set(db.session.scalars(select(Region.code)))

    def unknown(self, item: Mapping[str, Any]) -> list[str]:
        """Codes of a rule that mean nothing here."""
        known = {"department": self.departments, "owner": self.departments, "grid": self.grids,
                 "region_code": self.regions, "street_code": self.regions}  # fmt: skip
        missing = [item[name] for name, codes in known.items() if item[name] and item[name] not in codes]
        return missing + ([item["category"]] if item["category"] and self._category(item) is None else [])

    def values(self, item: Mapping[str, Any]) -> dict[str, Any]:
        """A rule as the authority list takes it."""
        given = {name: item[name] for name in PLAIN}
        return given | {
            "category_id": self._category(item),
            "responsibility_grid_id": self.grids.get(item["grid"]),
            "owner_department_id": self.departments.get(item["owner"]),
            "department_id": self.departments.get(item["department"]),
            "valid_from": date.fromisoformat(item["valid_from"]),
            "valid_to": date.fromisoformat(item["valid_to"]) if item["valid_to"] else None,
        }

    def _category(self, item: Mapping[str, Any]) -> int | None:
        return self.categories.get((item["code_system"], item["kind"], item["category"]))


def _check(items: Items, at: datetime) -> list[Problem]:  # noqa: ARG001 - as every part's
    codes = _Codes()
    return shaped(_Rule(), items) or [one for key, item in items.items() for one in _problems(key, item, codes)]


def _problems(key: str, item: Mapping[str, Any], codes: _Codes) -> list[Problem]:
    if key.partition("#")[0] != _key(item):
        return [Problem(key, N_("The key of the rule does not say what the rule asks for."))]
    missing = codes.unknown(item)
    if missing:
        return [Problem(key, N_("%(word)s is not known."), {"word": word}) for word in missing]
    return [Problem(key, text) for _, text in revision.problems(codes.values(item))]


def _put(items: Items, hand: Hand) -> None:
    here, codes = _rules(), _Codes()
    for key, item in items.items():
        values = codes.values(item)
        if key in here:
            revision.revise(here[key], values, by=hand.by, at=hand.at)
        else:
            revision.add(values, by=hand.by, at=hand.at)


def _remove(keys: Collection[str], hand: Hand) -> None:
    here = _rules()
    for key in keys:
        revision.revise(here[key], {"is_active": False}, by=hand.by, at=hand.at)


def _tell(item: Mapping[str, Any]) -> Told:
    names = ("department", *ASKED, "valid_to", "priority", "allows_auto", "basis", "note", "is_active")
    return {name: told(item[name]) for name in names if item[name] not in {"", None}}


def _title(key: str, item: Mapping[str, Any]) -> str:  # noqa: ARG001 - as every part's
    asked = [item[name] for name in ("category", "major_code", "region_code", "street_code", "grid") if item[name]]
    return f"{PIECE.join(asked) or '*'} → {item['department']}"


PART = Part(
    "authority",
    N_("Authority list"),
    read=_read,
    check=_check,
    put=_put,
    tell=_tell,
    title=_title,
    words={
        "department": N_("Department"),
        "code_system": N_("Code system"),
        "kind": N_("Kind"),
        "major_code": N_("Major code"),
        "category": N_("Category code"),
        "region_code": N_("District code"),
        "street_code": N_("Street code"),
        "grid": N_("Responsibility grid"),
        "owner": N_("Owner"),
        "priority": N_("Priority"),
        "valid_from": N_("Valid from"),
        "valid_to": N_("Valid to"),
        "allows_auto": N_("Automatic"),
        "basis": N_("Basis document"),
        "note": N_("Remark"),
        "is_active": N_("In use"),
        "component": N_("component"),
        "event": N_("event"),
        "yes": N_("yes"),
        "no": N_("no"),
    },
    remove=_remove,
)
