"""Rejection (不予立案): what ends before filing, always with a reason (process.md §4.2)."""

from datetime import datetime
from typing import Any

from engine.access.actors import Actor
from engine.cases import acceptance, stages, steps, timeline
from engine.cases.models import Case, Stage
from engine.process.models import OpenTask


def reject(case: Case, task: OpenTask, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """End a report with a reason code; the acceptor does, or the duty officer instead of filing.

    A citizen who reported is told afterwards: the case stands as rejected while that call is still to be made.
    """
    acceptance.accept(case, at)
    case.stage, case.result, case.ended_at = Stage.rejected, values["reason"], at
    steps.finish(task, "reject", by=by, at=at)
    timeline.add(case, "rejection", by=by, at=at, note=values.get("note", ""), part="accepted", reason=values["reason"])
    stages.ended.send(case, at=at)
