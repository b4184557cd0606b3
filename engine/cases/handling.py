"""Handling (处置): the work on site, and its record round by round."""

from datetime import datetime
from typing import Any

from engine.access.actors import Actor
from engine.cases import steps, timeline
from engine.cases.models import Case
from engine.cases.round_models import Handling
from engine.kit.db import db
from engine.process.models import OpenTask


def handle(case: Case, task: OpenTask, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Say that it is done, with what was done. From here on this person can neither verify nor close the case."""
    db.session.add(
        Handling(
            case_id=case.id,
            round=case.rework_count,
            department_id=case.department_id,
            handler_id=by.id,
            handled_at=at,
            note=values.get("note", ""),
        )
    )
    steps.finish(task, "done", by=by, at=at)
    timeline.add(case, "handling", by=by, at=at, note=values.get("note", ""), part="handled")


def hand_back(case: Case, task: OpenTask, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Back to the clerk, who gives it to somebody else."""
    case.handler_id = None
    steps.finish(task, "hand_back", by=by, at=at)
    timeline.add(case, "hand_back", by=by, at=at, note=values.get("note", ""))
