"""Asking for an adjustment, deciding on it, taking the request back: what extension, suspension and appeal share."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError

from engine.access.actors import Actor
from engine.cases import adjusting, stages, steps, timeline
from engine.cases.adjustment_models import Adjustment, AdjustmentKind, AdjustmentState
from engine.cases.errors import AdjustmentPending, NothingPending
from engine.cases.models import Case
from engine.deadlines.models import Clock
from engine.kit.config import ROOT
from engine.kit.db import db
from engine.process import definitions, execution
from engine.process.errors import NoSuchProcess
from engine.process.models import OpenTask


def ask(
    case: Case,
    kind: AdjustmentKind,
    *,
    reason: str,
    note: str,
    by: Actor,
    at: datetime,
    known: dict[str, Clock] | None = None,
    facts: Mapping[str, Any],
    **columns: Any,
) -> Adjustment:
    """Begin the drawing that decides on a request.

    ``known`` are the case's open clocks where they were just read, ``facts`` what the drawing's gateways may read,
    ``columns`` what only this kind of request has.

    Raises AdjustmentPending where another request about this case waits.
    """
    row = Adjustment(
        case_id=case.id,
        kind=kind.value,
        state=AdjustmentState.requested,
        reason=reason,
        note=note,
        department_id=case.department_id,
        requested_at=at,
        requested_by_id=by.id,
        due_before=case.due_at,
        **columns,
    )
    adjusting.take_in_hand(case, row)
    # With what was handed in, in the first UPDATE of the case: there is no second one.
    case.updated_at = at
    with stages.acting(by, known=known), db.session.no_autoflush:
        _start(case, kind, {"reason": reason, "is_urgent": case.is_urgent, **facts}, by, at)
    _insert(row)
    timeline.add(case, f"{kind}_request", by=by, at=at, note=note, reason=reason, **_moments(row))
    adjusting.requested.send(row, case=case, at=at)
    return row


def approve(case: Case, task: OpenTask, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Say yes in one step of the drawing; the drawing says whether anybody else is asked."""
    _answer(case, task, "approve", values, by, at)


def refuse(case: Case, task: OpenTask, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Say no: nothing moves. A refused request does not count."""
    _answer(case, task, "refuse", values, by, at)


def withdraw(case: Case, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """The department takes its request back. Raises NothingPending."""
    row = adjusting.check_pending(case)
    with stages.acting(by):
        adjusting.withdraw(case, row, by_id=by.id, at=at)
    timeline.add(case, "adjustment_withdrawal", by=by, at=at, note=values.get("note", ""), kind=row.kind)


def _insert(row: Adjustment) -> None:
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise AdjustmentPending from error


def _start(case: Case, kind: AdjustmentKind, facts: Mapping[str, Any], by: Actor, at: datetime) -> None:
    about: dict[str, Any] = {
        "subject_kind": stages.KIND,
        "subject_id": case.id,
        "facts": facts,
        "by_id": by.id,
        "at": at,
    }
    try:
        execution.start(kind.value, **about)
    except NoSuchProcess:
        # A city that was founded before there were adjustments: its drawings are those that came with the program.
        definitions.ensure_published(ROOT / "workflows", at)
        execution.start(kind.value, **about)


def _answer(case: Case, task: OpenTask, outcome: str, values: dict[str, Any], by: Actor, at: datetime) -> None:
    row = adjusting.in_hand(case, task.instance_id)
    if row is None or row.state != AdjustmentState.requested:
        raise NothingPending
    steps.finish(task, outcome, by=by, at=at)
    # Only now, with what the move wrote into it: clocks are sent half way, and would take this along by itself.
    row.decision_note = values.get("note", "")
    moments = _moments(row) if row.state == AdjustmentState.granted else {}
    act = {"approve": "approval", "refuse": "refusal"}[outcome]
    timeline.add(case, f"{row.kind}_{act}", by=by, at=at, note=values.get("note", ""), **moments)


def _moments(row: Adjustment) -> dict[str, str | None]:
    """The department's due moment before and after, as the timeline keeps them."""
    return {
        "due_before": row.due_before.isoformat() if row.due_before else None,
        "due_after": row.due_after.isoformat() if row.due_after else None,
        "until": row.until.isoformat() if row.until else None,
    }
