"""Voiding (作废): a filed case that should not have been one is taken off the drawing, with reason and trace (§4.2)."""

from datetime import datetime
from typing import Any

from engine.access.actors import Actor
from engine.cases import adjusting, dispatching, policy, stages, timeline
from engine.cases.errors import CaseEnded
from engine.cases.models import Case, Stage
from engine.deadlines import clocks
from engine.process import execution

CANCELLED = "process_cancelled"
"""Why a case is void whose process an administrator has ended."""


def void(case: Case, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Void a case. Raises NotAllowed, CaseEnded, NotFiled. The clocks stop and keep what they showed: an overdue
    case stays overdue on record.
    """
    policy.check_voiding(case, by)
    _end(case, values["reason"], values.get("note", ""), by=by, at=at)


def cancel(case: Case, *, note: str, by: Actor, at: datetime) -> None:
    """Void a case because its process is ended for good, in whatever stage it is. Permission is asked at the door.

    Raises CaseEnded.
    """
    if case.stage in Stage.ended():
        raise CaseEnded
    _end(case, CANCELLED, note, by=by, at=at)


def _end(case: Case, reason: str, note: str, *, by: Actor, at: datetime) -> None:
    adjusting.end_all(case, by_id=by.id, at=at)
    if case.instance_id is not None:
        execution.withdraw(case.instance_id, outcome=Stage.void.value, by_id=by.id, at=at)
    for clock in clocks.stop_all(stages.KIND, case.id, at=at, by=by, reason="void"):
        if clock.name == stages.HANDLING:
            stages.copy_clock(case, clock)
    dispatching.end(case, "void", at)
    case.stage, case.result, case.ended_at = Stage.void, reason, at
    timeline.add(case, "voiding", by=by, at=at, note=note, reason=reason)
    stages.ended.send(case, at=at)
