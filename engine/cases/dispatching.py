"""Dispatching (派遣): a filed case goes to the department that answers for it, by rule or by a dispatcher."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from engine.access.actors import SYSTEM, Actor
from engine.cases import limits, stages, steps, tables, timeline
from engine.cases.models import Case
from engine.cases.round_models import Dispatch
from engine.cases.tables import Advice
from engine.components.models import Component
from engine.deadlines import clocks
from engine.decisions import asking
from engine.dispatch_rules import matching
from engine.dispatch_rules.answers import Explanation
from engine.kit.db import db
from engine.kit.errors import Invalid
from engine.kit.i18n import N_
from engine.organization import queries
from engine.organization.models import Department
from engine.process.models import OpenTask

LOCATED = frozenset({"point", "street"})
"""A place known less exactly is not dispatched automatically (codes.md §7)."""


def dispatch(case: Case, task: OpenTask, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Send a case to a department. Raises Invalid for a department that does not exist or is closed."""
    department = checked_department(values["department_id"])
    hand_over(case, department.id, mode="manual", by=by, at=at, explanation=explain(case, at))
    steps.finish(task, "dispatch", by=by, at=at)
    timeline.add(
        case,
        "dispatch",
        by=by,
        at=at,
        note=values.get("note", ""),
        part="dispatched",
        department=department.short_name,
        mode="manual",
    )


def dispatch_by_rules(case: Case, *, at: datetime) -> bool:
    """Dispatch automatically where exactly one rule applies (process.md §4.12); True when that was so."""
    explanation = explain(case, at)
    if explanation is None or explanation.department_id is None or not explanation.is_automatic:
        return False
    hand_over(case, explanation.department_id, mode="auto", by=SYSTEM, at=at, explanation=explanation)
    department = db.session.get_one(Department, explanation.department_id)
    timeline.add(case, "dispatch", by=SYSTEM, at=at, department=department.short_name, **_source(explanation))
    return True


def _source(explanation: Explanation) -> dict[str, Any]:
    """What the timeline says of why: the rule, the minutes that confirmed the ownership, or the row of the table."""
    if explanation.ownership is not None:
        row = explanation.ownership
        return {"mode": "auto", "ownership": row.minutes_number or row.basis}
    if isinstance(explanation, Advice) and explanation.is_by_table and explanation.asked is not None:
        rows = ", ".join(map(str, explanation.asked.ruling.rows))
        return {"mode": "table", "table": f"{explanation.asked.version} / {rows}"}
    return {"mode": "auto"} | ({"rule": explanation.winner.number} if explanation.winner else {})


def hand_over(
    case: Case, department_id: int, *, mode: str, by: Actor, at: datetime, explanation: Explanation | None = None
) -> Dispatch:
    """Make a department the one that has the case, and start its handling clock: the limit is frozen here."""
    winner = explanation.winner if explanation else None
    row = Dispatch(
        case_id=case.id,
        department_id=department_id,
        at=at,
        by_id=by.id,
        mode=mode,
        rule_id=winner.id if winner else None,
        rule_version=winner.version if winner else None,
        explanation=explanation.as_json() if explanation else [],
    )
    db.session.add(row)
    case.department_id, case.handler_id = department_id, None
    db.session.expire(case, ["department", "handler"])
    case.dispatched_at = case.dispatched_at or at
    case.handled_at = None
    said = tables.limit_of(case, at)
    limit = limits.limit_by(said, case)
    case.limit_value, case.limit_unit = limit.value, limit.unit.value
    clock = clocks.start("case", case.id, stages.HANDLING, limit, at=at, by=by, department_id=department_id)
    stages.copy_clock(case, clock)
    asked = explanation.asked if isinstance(explanation, Advice) else None
    asking.record((asked, said), stages.KIND, case.id, at=at)
    return row


def explain(case: Case, at: datetime) -> Explanation | None:
    """What the authority list says about a case, and the decision table before it.

    None where the case has no category or no exact place.
    """
    if case.category is None or case.location_level not in LOCATED:
        return None
    component = db.session.get(Component, case.component_id) if case.component_id else None
    found = matching.explain(
        matching.question_about(
            case.category,
            at=at,
            region_code=case.region_code,
            street_code=case.street_code,
            responsibility_grid_id=case.responsibility_grid_id,
            owner_department_id=_owner(component),
            component_codes=component.codes if component else (),
        )
    )
    return tables.advised(found, case, at)


def _owner(component: Component | None) -> int | None:
    """Who owns the component now: the register may still name a department that was merged."""
    if component is None or component.owner_department_id is None:
        return None
    owner = db.session.get(Department, component.owner_department_id)
    return queries.successor_of(owner).id if owner else None


def current(case: Case) -> Dispatch | None:
    """The dispatch under which a department has the case now."""
    return db.session.scalars(
        select(Dispatch).where(Dispatch.case_id == case.id, Dispatch.ended_at.is_(None)).order_by(Dispatch.id.desc())
    ).first()


def latest(case: Case) -> Dispatch | None:
    """The dispatch that sent the case to its department last, ended or not."""
    return db.session.scalars(select(Dispatch).where(Dispatch.case_id == case.id).order_by(Dispatch.id.desc())).first()


def end(case: Case, why: str, at: datetime) -> None:
    """A department no longer has the case: it gave it back, it is done, or the case was voided."""
    db.session.execute(
        update(Dispatch)
        .where(Dispatch.case_id == case.id, Dispatch.ended_at.is_(None))
        .values(ended_at=at, ended_by=why)
    )


def checked_department(department_id: int | None) -> Department:
    """An active department that handles cases. Raises Invalid beside ``department_id``."""
    department = db.session.get(Department, department_id) if department_id is not None else None
    if department is None or not department.is_active or department.kind == "center":
        raise Invalid.field("department_id", N_("Please choose a department that handles cases."))
    return department
