"""Feedback (处置反馈) of the department and its review by the command centre: here the handling clock stops."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from engine.access.actors import Actor
from engine.cases import dispatching, stages, steps, succession, timeline
from engine.cases.models import Case
from engine.cases.round_models import Dispatch, Handling
from engine.deadlines import clocks
from engine.kit.db import db
from engine.process.models import OpenTask

KIND = "case"


def give(case: Case, task: OpenTask, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """The department reports the case as handled: this is the moment it is judged by (process.md §5.7)."""
    _note_last_handling(case, feedback_at=at)
    dispatching.end(case, "feedback", at)
    # Both stand in one UPDATE with the stage; the follower copies what else the stopped clock says.
    case.handled_at, case.clock_state = at, "stopped"
    steps.finish(task, "feedback", by=by, at=at, stopping=(stages.HANDLING, stages.REWORK))
    timeline.add(case, "feedback", by=by, at=at, note=values.get("note", ""), part="handled")


def redo(case: Case, task: OpenTask, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """The clerk sends the work back to his own handler; the clock has not stopped."""
    steps.finish(task, "redo", by=by, at=at)
    timeline.add(case, "redo", by=by, at=at, note=values.get("note", ""))


def accept(case: Case, task: OpenTask, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """The dispatcher finds the feedback in order: verification follows."""
    _note_last_handling(case, reviewed_at=at)
    steps.finish(task, "accept", by=by, at=at)
    timeline.add(case, "feedback_acceptance", by=by, at=at, note=values.get("note", ""))


def refuse(case: Case, task: OpenTask, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """The feedback is not accepted: the clock never stopped, less the time of the review (process.md §5.5)."""
    take_back(case, by=by, at=at)
    steps.finish(task, "refuse", by=by, at=at)
    timeline.add(case, "feedback_refusal", by=by, at=at, note=values.get("note", ""))


def take_back(case: Case, *, by: Actor, at: datetime) -> None:
    """The feedback does not count any more: the department has the case again, and its clocks run on."""
    _let_clocks_run_on(case, by, at)
    case.handled_at = None
    continue_dispatch(case, by=by, at=at)


def continue_dispatch(case: Case, *, by: Actor, at: datetime) -> None:
    """The department, or its successor, has the case again under the dispatch that its feedback had ended."""
    row = db.session.scalars(
        select(Dispatch)
        .where(Dispatch.case_id == case.id, Dispatch.ended_by == "feedback")
        .order_by(Dispatch.id.desc())
    ).first()
    if row is not None:
        row.ended_at = row.ended_by = None
    succession.come_back(case, by=by, at=at)


def _let_clocks_run_on(case: Case, by: Actor, at: datetime) -> None:
    handling = clocks.latest_clock(KIND, case.id, stages.HANDLING)
    if handling is None or handling.state != "stopped":
        return
    stages.copy_clock(case, clocks.unstop(handling, at=at, by=by, reason="feedback_refusal"))
    rework = clocks.latest_clock(KIND, case.id, stages.REWORK) if case.rework_count else None
    # One that is older than the handling clock belongs to a department that gave the case back.
    if rework is not None and rework.state == "stopped" and rework.id > handling.id:
        clocks.unstop(rework, at=at, by=by, reason="feedback_refusal")


def _note_last_handling(case: Case, **moments: datetime) -> None:
    last = select(func.max(Handling.id)).where(Handling.case_id == case.id).scalar_subquery()
    db.session.execute(update(Handling).where(Handling.id == last).values(**moments))
