"""Rejection (不予受理、不予立案): what ends before filing, always with a reason (process.md §4.2)."""

from datetime import datetime
from typing import Any

from engine.access.actors import Actor
from engine.cases import acceptance, steps, timeline
from engine.cases.models import Case
from engine.process.models import OpenTask


def reject(case: Case, task: OpenTask, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """End a report with a reason code; the acceptor does, or the duty officer instead of filing."""
    acceptance.accept(case, at)
    case.result = values["reason"]
    steps.finish(task, "reject", by=by, at=at)
    timeline.add(case, "rejection", by=by, at=at, note=values.get("note", ""), part="accepted", reason=values["reason"])
