"""Reading the list of authority and what was confirmed."""

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from engine.dispatch_rules.errors import OwnershipNotFound, RuleNotFound
from engine.dispatch_rules.models import ConfirmedOwnership, DispatchRule
from engine.kit.db import db


def in_force(
    *,
    department_id: int | None = None,
    category_id: int | None = None,
    region_code: str | None = None,
    include_inactive: bool = True,
) -> Select[DispatchRule]:
    """Newest version of each rule, in the order in which they are asked."""
    statement = select(DispatchRule).where(DispatchRule.superseded_at.is_(None))
    asked = {"department_id": department_id, "category_id": category_id, "region_code": region_code}
    statement = statement.filter_by(**{name: value for name, value in asked.items() if value is not None})
    if not include_inactive:
        statement = statement.where(DispatchRule.is_active)
    loaded = (
        DispatchRule.department,
        DispatchRule.category,
        DispatchRule.responsibility_grid,
        DispatchRule.owner_department,
    )
    return statement.options(*(joinedload(each) for each in loaded)).order_by(
        DispatchRule.priority, DispatchRule.number
    )


def count() -> int:
    """How many rules are in force and asked."""
    asked = select(func.count()).where(DispatchRule.superseded_at.is_(None), DispatchRule.is_active)
    return db.session.scalar(asked) or 0


def get(rule_id: int) -> DispatchRule:
    """One version of a rule.

    Raises RuleNotFound.
    """
    rule = db.session.get(DispatchRule, rule_id)
    if rule is None:
        raise RuleNotFound
    return rule


def history(number: int) -> list[DispatchRule]:
    """Every version of a rule, newest first."""
    statement = select(DispatchRule).where(DispatchRule.number == number).order_by(DispatchRule.version.desc())
    return list(db.session.scalars(statement))


def ownerships(*, department_id: int | None = None, with_ended: bool = False) -> Select[ConfirmedOwnership]:
    """Confirmed ownership, the newest first; of one department, of all without."""
    statement = select(ConfirmedOwnership)
    if department_id is not None:
        statement = statement.where(ConfirmedOwnership.department_id == department_id)
    if not with_ended:
        statement = statement.where(ConfirmedOwnership.ended_at.is_(None))
    row = ConfirmedOwnership
    loaded = (row.department, row.category, row.responsibility_grid, row.created_by, row.ended_by)
    return statement.options(*(joinedload(each) for each in loaded)).order_by(ConfirmedOwnership.id.desc())


def ownership(ownership_id: int) -> ConfirmedOwnership:
    """One confirmed ownership, ended or not.

    Raises OwnershipNotFound.
    """
    row = db.session.get(ConfirmedOwnership, ownership_id)
    if row is None:
        raise OwnershipNotFound
    return row
