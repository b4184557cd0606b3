"""Adding and changing rules. A change makes a new version; the old row stays, because dispatches point to it."""

from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from engine.access.actors import Actor
from engine.audit import recording
from engine.catalog.models import Category
from engine.dispatch_rules.errors import RuleSuperseded
from engine.dispatch_rules.models import DispatchRule
from engine.grids.models import ResponsibilityGrid
from engine.kit.db import db
from engine.kit.errors import Conflict, FieldError, Invalid
from engine.kit.i18n import N_
from engine.organization.models import Department

OF_CATEGORY = ("code_system", "kind", "major_code")
CONDITIONS = (
    *OF_CATEGORY,
    "category_id",
    "region_code",
    "street_code",
    "responsibility_grid_id",
    "owner_department_id",
)
FIELDS = (
    *CONDITIONS,
    "priority",
    "department_id",
    "valid_from",
    "valid_to",
    "allows_auto",
    "basis",
    "note",
    "is_active",
)


def add(values: dict[str, Any], *, by: Actor, at: datetime) -> DispatchRule:
    """A new rule from ``FIELDS``; department_id and valid_from are needed, the rest has defaults.

    Raises Invalid; Conflict when somebody adds one at the same moment.
    """
    _check(values)
    values = completed(values)
    number = (db.session.scalar(select(func.max(DispatchRule.number))) or 0) + 1
    rule = _store(values, number=number, version=1, by=by, at=at)
    recording.record(
        "dispatch_rules.add",
        by=by,
        at=at,
        object_kind="dispatch_rule",
        object_id=rule.id,
        detail={"number": number, **_plain(values)},
    )
    return rule


def revise(rule: DispatchRule, values: dict[str, Any], *, by: Actor, at: datetime) -> DispatchRule:
    """A new version of ``rule`` with some of ``FIELDS`` changed; ``rule`` itself if nothing differs.

    Raises Invalid; RuleSuperseded when it is not the newest version any more.
    """
    before = {name: getattr(rule, name) for name in FIELDS}
    after = _revised(before, values)
    changed = {name: value for name, value in after.items() if before[name] != value}
    if not changed:
        return rule
    _check(after)
    _supersede(rule, at)
    newer = _store(after, number=rule.number, version=rule.version + 1, by=by, at=at)
    detail = {
        "number": rule.number,
        "version": newer.version,
        **{name: [_text(before[name]), _text(value)] for name, value in changed.items()},
    }
    recording.record(
        "dispatch_rules.revise", by=by, at=at, object_kind="dispatch_rule", object_id=newer.id, detail=detail
    )
    return newer


def hand_over(old: Department, new: Department, *, by: Actor, at: datetime) -> int:
    """Put ``new`` into every rule in force that names ``old``, as handler or as owner. Returns how many changed.

    A rule that can not be revised (its handler is closed as well) stays as it is, and says so wherever it is asked.
    """
    rules = db.session.scalars(
        select(DispatchRule).where(
            DispatchRule.superseded_at.is_(None),
            (DispatchRule.department_id == old.id) | (DispatchRule.owner_department_id == old.id),
        )
    ).all()
    changed = 0
    for rule in rules:
        ids = {name: getattr(rule, name) for name in ("department_id", "owner_department_id")}
        with suppress(Invalid):
            revise(rule, {name: new.id for name, id in ids.items() if id == old.id}, by=by, at=at)
            changed += 1
    return changed


def _supersede(rule: DispatchRule, at: datetime) -> None:
    still_newest = (DispatchRule.id == rule.id) & DispatchRule.superseded_at.is_(None)
    done = db.session.execute(update(DispatchRule).where(still_newest).values(superseded_at=at))
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise RuleSuperseded


def _store(values: dict[str, Any], *, number: int, version: int, by: Actor, at: datetime) -> DispatchRule:
    given = {name: value for name, value in values.items() if name in FIELDS}
    rule = DispatchRule(number=number, version=version, created_at=at, created_by_id=by.id, **given)
    try:
        with db.session.begin_nested():
            db.session.add(rule)
    except IntegrityError as error:  # two administrators took the same number at the same moment
        raise Conflict from error
    return rule


def completed(values: dict[str, Any]) -> dict[str, Any]:
    """A rule for a category also names its code system, kind and major, so that lists can be sorted by them."""
    category = db.session.get(Category, values["category_id"]) if values.get("category_id") else None
    if category is None:
        return values
    return values | {name: getattr(category, name) for name in OF_CATEGORY}


def _revised(before: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """What was, with ``values`` put over it; another category brings its own code system, kind and major."""
    after = before | {name: value for name, value in values.items() if name in before}
    return completed(after) if after["category_id"] != before["category_id"] else after


def _check(values: dict[str, Any]) -> None:
    errors = {name: [FieldError(text)] for name, text in problems(values)}
    if errors:
        raise Invalid(errors)


def problems(values: dict[str, Any]) -> list[tuple[str, str]]:
    """Field and msgid of everything that is wrong with a rule's values."""
    found = []
    department = db.session.get(Department, values["department_id"]) if values.get("department_id") else None
    if department is None or not department.is_active:
        found.append(("department_id", N_("A department that is open is needed.")))
    if values.get("valid_from") is None:
        found.append(("valid_from", N_("A first day is needed.")))
    elif values.get("valid_to") is not None and values["valid_to"] < values["valid_from"]:
        found.append(("valid_to", N_("The last day comes before the first.")))
    return found + _problems_of_category(values) + _problems_of_place(values)


def _problems_of_category(values: dict[str, Any]) -> list[tuple[str, str]]:
    category = db.session.get(Category, values["category_id"]) if values.get("category_id") else None
    if category is not None:
        told = {name: values.get(name) for name in OF_CATEGORY}
        if any(value is not None and value != getattr(category, name) for name, value in told.items()):
            return [("category_id", N_("The category does not belong to that major."))]
    elif values.get("major_code") and not (values.get("code_system") and values.get("kind")):
        return [("major_code", N_("A major code needs its code system and kind."))]
    return []


def _problems_of_place(values: dict[str, Any]) -> list[tuple[str, str]]:
    region, street, grid_id = (values.get(name) for name in ("region_code", "street_code", "responsibility_grid_id"))
    if region and street and not street.startswith(region):
        return [("street_code", N_("The street does not lie in that district."))]
    grid = db.session.get(ResponsibilityGrid, grid_id) if grid_id else None
    if grid is not None and region and grid.region_code != region:
        return [("responsibility_grid_id", N_("The responsibility grid does not lie in that district."))]
    return []


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: _text(value) for name, value in values.items() if name in FIELDS and value is not None}


def _text(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
