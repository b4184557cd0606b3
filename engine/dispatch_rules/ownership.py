"""Confirmed ownership (确权): what a meeting decided is remembered and comes before every rule (process.md §4.8)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from engine.access.actors import Actor
from engine.audit import recording
from engine.components import queries as components
from engine.dispatch_rules.answers import Objection, Question, Verdict
from engine.dispatch_rules.errors import OwnershipEnded, OwnershipHeld
from engine.dispatch_rules.models import ConfirmedOwnership
from engine.kit.db import db
from engine.kit.errors import FieldError, Invalid
from engine.kit.i18n import N_
from engine.organization import queries as organization
from engine.organization.models import Department

SCOPE = ("component_code", "category_id", "responsibility_grid_id", "street_code")
FIELDS = (*SCOPE, "department_id", "basis", "minutes_number", "valid_from", "valid_to")
CENTER = "center"


@dataclass(frozen=True)
class Ruling:
    """One confirmed ownership that is near a problem; ``objection`` says why it does not hold, None that it does."""

    row: ConfirmedOwnership
    department: Department
    """Who answers now: the one that was named, or whoever took over its duties."""
    objection: Objection | None

    def verdict(self, *, comes_first: bool) -> Verdict:
        """It in words, as rules say theirs."""
        reason, params = self.objection or (_decided(self) if comes_first else _outdone())
        return Verdict(
            rule_id=None,
            number=None,
            version=None,
            priority=None,
            department_id=self.department.id,
            department_name=self.department.short_name,
            matched=self.objection is None,
            reason=reason,
            params=params,
            ownership_id=self.row.id,
        )


def rulings(question: Question, category_ids: Collection[int], day: date) -> list[Ruling]:
    """What was confirmed about this component, or this category here; what holds first, the most exact of it first.

    ``category_ids`` are the category in every code system. One statement, none where nothing could have been confirmed.
    """
    concerned = _concerned(question, category_ids)
    if concerned is None:
        return []
    in_force = select(ConfirmedOwnership).where(ConfirmedOwnership.ended_at.is_(None), concerned)
    rows = db.session.scalars(in_force.options(joinedload(ConfirmedOwnership.department))).all()
    found = [_ruling(row, day) for row in rows]
    return sorted(found, key=lambda ruling: (ruling.objection is not None, _breadth(ruling.row), ruling.row.id))


def confirm(
    values: dict[str, Any], *, by: Actor, at: datetime, case_id: int | None = None, replacing: bool = False
) -> ConfirmedOwnership:
    """Remember who answers for a component, or for a category in a grid or street; ``values`` are ``FIELDS``.

    A newer decision ends the one before if ``replacing``; one that expired is ended in any case.

    Raises Invalid; OwnershipHeld where one is in force for the same thing.
    """
    given = {name: values.get(name) for name in FIELDS}
    _check(given)
    replaced = _make_room(given, by=by, at=at, replacing=replacing)
    given["minutes_number"] = given["minutes_number"] or ""
    row = ConfirmedOwnership(case_id=case_id, created_at=at, created_by_id=by.id, **given)
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError as error:  # somebody confirms the same at the same moment
        raise OwnershipHeld from error
    detail = {name: _plain(value) for name, value in given.items() if value not in (None, "")}
    _record("confirm", row, by=by, at=at, **detail | ({"replaced": replaced} if replaced else {}))
    return row


def end(row: ConfirmedOwnership, reason: str, *, by: Actor, at: datetime) -> None:
    """It holds no more; the rules are asked again. Raises OwnershipEnded where somebody has ended it already."""
    still = (ConfirmedOwnership.id == row.id) & ConfirmedOwnership.ended_at.is_(None)
    ending = update(ConfirmedOwnership).where(still).values(ended_at=at, ended_by_id=by.id, end_reason=reason)
    done = db.session.execute(ending, execution_options={"synchronize_session": False})
    db.session.expire(row)
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise OwnershipEnded
    _record("end_ownership", row, by=by, at=at, reason=reason)


def _concerned(question: Question, category_ids: Collection[int]) -> ColumnElement[bool] | None:
    row = ConfirmedOwnership
    places = [
        column == value
        for column, value in (
            (row.responsibility_grid_id, question.responsibility_grid_id),
            (row.street_code, question.street_code),
        )
        if value is not None
    ]
    asked: list[ColumnElement[bool]] = []
    if question.component_codes:
        asked.append(row.component_code.in_(question.component_codes))
    if category_ids and places:
        asked.append(and_(row.category_id.in_(sorted(category_ids)), or_(*places)))
    return or_(*asked) if asked else None


def _ruling(row: ConfirmedOwnership, day: date) -> Ruling:
    department = organization.successor_of(row.department)
    return Ruling(row, department, about_time(row.valid_from, row.valid_to, day) or _about_department(department))


def about_time(first: date, last: date | None, day: date) -> Objection | None:
    """Why something that is valid from ``first`` to ``last`` does not hold on ``day``."""
    if day < first:
        return N_("It is valid only from %(day)s."), {"day": first.isoformat()}
    if last is not None and day > last:
        return N_("It expired on %(day)s."), {"day": last.isoformat()}
    return None


def _about_department(department: Department) -> Objection | None:
    return None if department.is_active else (N_("%(name)s is closed."), {"name": department.short_name})


def _breadth(row: ConfirmedOwnership) -> int:
    """A component is more exact than a category in a grid, and that more than a category in a street."""
    return 0 if row.component_code else 1 if row.responsibility_grid_id else 2


def _decided(ruling: Ruling) -> Objection:
    row = ruling.row
    params = {"source": row.minutes_number or row.basis, "day": row.valid_from.isoformat()}
    if ruling.department is not row.department:
        text = N_("Confirmed for %(name)s, merged since, by %(source)s; in force since %(day)s.")
        return text, params | {"name": row.department.short_name}
    if row.minutes_number:
        return N_("Confirmed by the minutes no. %(source)s, in force since %(day)s."), params
    return N_("Confirmed by %(source)s, in force since %(day)s."), params


def _outdone() -> Objection:
    return N_("It would apply, but a more exact confirmed ownership comes first."), {}


def _make_room(given: dict[str, Any], *, by: Actor, at: datetime, replacing: bool) -> list[int]:
    """End what stands in the way; returns the ids. Flushed at once: the new one may not stand beside it."""
    ended = []
    same = [getattr(ConfirmedOwnership, name).is_not_distinct_from(given[name]) for name in SCOPE]
    for row in db.session.scalars(select(ConfirmedOwnership).where(ConfirmedOwnership.ended_at.is_(None), *same)):
        if row.valid_to is not None and row.valid_to < given["valid_from"]:
            reason = N_("It expired.")
        elif replacing:
            reason = N_("Decided anew.")
        else:
            raise OwnershipHeld
        row.ended_at, row.ended_by_id, row.end_reason = at, by.id, reason
        ended.append(row.id)
    db.session.flush()
    return ended


def _check(given: dict[str, Any]) -> None:
    errors = {name: [FieldError(text)] for name, text in _problems(given)}
    if errors:
        raise Invalid(errors)


def _problems(given: dict[str, Any]) -> list[tuple[str, str]]:
    """Field and msgid of everything that is wrong."""
    found = [*_problems_of_scope(given)]
    department = db.session.get(Department, given["department_id"]) if given["department_id"] else None
    if department is None or not department.is_active or department.kind == CENTER:
        found.append(("department_id", N_("Please choose a department that handles cases.")))
    if not given["basis"]:
        found.append(("basis", N_("Please say by what it was decided.")))
    if given["valid_from"] is None:
        found.append(("valid_from", N_("A first day is needed.")))
    elif given["valid_to"] is not None and given["valid_to"] < given["valid_from"]:
        found.append(("valid_to", N_("The last day comes before the first.")))
    return found


def _problems_of_scope(given: dict[str, Any]) -> Sequence[tuple[str, str]]:
    code, category_id, *places = (given[name] for name in SCOPE)
    if code:
        if category_id or any(places):
            return [("component_code", N_("Either one component, or a category in one grid or street."))]
        return [] if components.by_code(code) else [("component_code", N_("There is no such component."))]
    if not category_id:
        return [("category_id", N_("Please give a component, or a category in one grid or street."))]
    if len([place for place in places if place]) != 1:
        return [("responsibility_grid_id", N_("Please choose one grid, or one street."))]
    return []


def _record(what: str, row: ConfirmedOwnership, *, by: Actor, at: datetime, **detail: Any) -> None:
    recording.record(
        f"dispatch_rules.{what}", by=by, at=at, object_kind="confirmed_ownership", object_id=row.id, detail=detail
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
