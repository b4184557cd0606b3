"""Finishing a step of the drawing: the one way in which an act moves a case."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from engine.access.actors import Actor
from engine.cases import stages
from engine.cases.errors import CaseEnded, StepNotOpen
from engine.cases.models import Case, Stage
from engine.kit.db import db
from engine.process import execution
from engine.process.models import OpenTask
from engine.process.subjects import Move

KIND = "case"


def open_steps(case: Case) -> list[OpenTask]:
    """The steps that wait in a case, oldest first."""
    return list(
        db.session.scalars(
            select(OpenTask)
            .where(OpenTask.subject_kind == KIND, OpenTask.subject_id == case.id)
            .order_by(OpenTask.opened_at, OpenTask.id)
        )
    )


def find(case: Case, act: str, task_id: str | None = None) -> OpenTask:
    """The open step that ``act`` belongs to; with ``task_id``, just that one, as the page showed it.

    Raises CaseEnded or StepNotOpen where it does not wait any more.
    """
    for task in open_steps(case):
        if task.act == act and task_id in (None, task.id):
            return task
    raise CaseEnded if case.stage in Stage.ended() else StepNotOpen


def finish(
    task: OpenTask,
    outcome: str,
    *,
    by: Actor,
    at: datetime,
    stopping: tuple[str, ...] = (),
    answers: Mapping[str, Any] | None = None,
    **facts: Any,
) -> Move:
    """Complete a step with its outcome and whatever else the gateways behind it ask for; stop the clocks ``stopping``.

    ``answers`` are facts whose names a form gave, which may be any.
    """
    # What the act has changed so far goes out together with what the move changes: one UPDATE of the case, not three.
    with stages.acting(by, stopping=stopping), db.session.no_autoflush:
        return execution.complete(task.id, {**(answers or {}), **facts, "outcome": outcome}, by_id=by.id, at=at)
