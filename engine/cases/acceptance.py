"""Acceptance (受理): the acceptor looks at a report and proposes filing, or sends it for confirmation on site."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from engine.access.actors import Actor
from engine.cases import reporting, routing, steps, timeline
from engine.cases.errors import NotConfirmedYet
from engine.cases.models import Case
from engine.catalog.models import Category, FilingCondition
from engine.kit.db import db
from engine.kit.errors import Invalid
from engine.kit.i18n import N_
from engine.process.models import OpenTask


def propose_filing(case: Case, task: OpenTask, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Categorise the report and put it before the duty officer. Raises NotConfirmedYet, Invalid."""
    if reporting.needs_confirmation(case) and case.confirmation_result is None:
        raise NotConfirmedYet
    before = categorise(case, values)
    accept(case, at)
    steps.finish(task, "propose_filing", by=by, at=at, answers=routing.of_case(case))
    timeline.add(
        case,
        "acceptance",
        by=by,
        at=at,
        note=values.get("note", ""),
        part="accepted",
        category=case.category.name if case.category else None,
        **before,
    )


def request_confirmation(case: Case, task: OpenTask, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Send a collector to look (核实). The acceptance clock stops meanwhile and starts anew afterwards."""
    accept(case, at)
    steps.finish(task, "confirm", by=by, at=at)
    timeline.add(case, "confirmation_request", by=by, at=at, note=values.get("note", ""), part="accepted")


def accept(case: Case, at: datetime) -> None:
    """The first decision on a report is its acceptance (indicator B03)."""
    case.accepted_at = case.accepted_at or at


def categorise(case: Case, values: dict[str, Any]) -> dict[str, str]:
    """Give the case its category and filing condition. Raises Invalid for a condition of another category.

    Returns what was before, for the timeline: ``category_before`` and ``area_before``, as far as they changed.
    """
    category = db.session.get(Category, values["category_id"])
    if category is None or not category.is_active:
        raise Invalid.field("category_id", N_("There is no such category. Please choose one from the list."))
    condition = db.session.scalars(
        select(FilingCondition).where(
            FilingCondition.id == values["filing_condition_id"], FilingCondition.category_id == category.id
        )
    ).one_or_none()
    if condition is None:
        raise Invalid.field("filing_condition_id", N_("This filing condition belongs to another category."))
    before = _changed(case, category, values.get("area_class") or case.area_class)
    case.category, case.filing_condition, case.kind = category, condition, category.kind
    case.area_class = values.get("area_class") or case.area_class
    case.is_urgent = bool(values.get("is_urgent")) or case.is_urgent or condition.is_urgent
    return before


def _changed(case: Case, category: Category, area_class: str) -> dict[str, str]:
    before = {}
    if case.category is not None and case.category is not category:
        before["category_before"] = case.category.name
    if case.area_class != area_class:
        before["area_before"] = case.area_class
    return before
