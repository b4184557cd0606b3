"""Arbitration (疑难确权): the director assigns a case that departments keep returning (process.md §4.8)."""

from datetime import datetime
from typing import Any

from engine.access.actors import Actor
from engine.cases import dispatching, ownership, steps, timeline
from engine.cases.models import Case
from engine.cases.ownership import Scope
from engine.process.models import OpenTask


def decide(case: Case, task: OpenTask, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Assign a department, with who authorised it and the number of the minutes; it can not return the case.

    ``remember`` says for what the decision holds from the next dispatch on: a value of ``Scope``.
    """
    department = dispatching.checked_department(values["department_id"])
    scope = values.get("remember") or Scope.nothing
    ownership.remember(
        case,
        scope,
        department.id,
        basis=values["authorised_by"],
        minutes_number=values["minutes_number"],
        by=by,
        at=at,
    )
    dispatching.hand_over(case, department.id, mode="arbitration", by=by, at=at)
    steps.finish(task, "decide", by=by, at=at, no_return=True)
    timeline.add(
        case,
        "arbitration",
        by=by,
        at=at,
        note=values.get("note", ""),
        department=department.short_name,
        authorised_by=values["authorised_by"],
        minutes_number=values["minutes_number"],
        remembered_for=scope,
    )
