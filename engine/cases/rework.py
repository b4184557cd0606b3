"""Rework (返工): back to the same department, with a limit of its own, judged by the due it had at first (§4.6)."""

from datetime import datetime

from engine.access.actors import Actor
from engine.cases import feedback, limits, stages
from engine.cases.models import Case
from engine.deadlines import clocks

KIND = "case"


def begin(case: Case, *, by: Actor, at: datetime) -> None:
    """Count the round, let the handling clock run on against its first due, start the round's own clock."""
    case.rework_count += 1
    case.handled_at = None
    handling = clocks.latest_clock(KIND, case.id, stages.HANDLING)
    if handling is not None and handling.state == "stopped":
        stages.copy_clock(case, clocks.rework(handling, at=at, by=by, reason="rework"))
    clocks.start(
        KIND,
        case.id,
        stages.REWORK,
        limits.rework_limit(case),
        at=at,
        by=by,
        department_id=case.department_id,
        reason="rework",
    )
    feedback.continue_dispatch(case, by=by, at=at)
