"""Self-handling (自行处置): what a collector put right himself is looked at once and closed (process.md §4.9)."""

from datetime import datetime
from typing import Any

from engine.access.actors import Actor
from engine.cases import acceptance, policy, steps, timeline
from engine.cases.models import Case
from engine.process.models import OpenTask


def approve(case: Case, task: OpenTask, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Close it: the photos before and after convince. It is counted apart from the departments' cases."""
    policy.check_apart(case, by)
    acceptance.accept(case, at)
    case.closed_at = at
    steps.finish(task, "close", by=by, at=at)
    timeline.add(case, "self_handling_approval", by=by, at=at, note=values.get("note", ""), part="accepted")


def refuse(case: Case, task: OpenTask, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Not put right: it goes the way of every report."""
    case.is_self_handled = False
    steps.finish(task, "accept", by=by, at=at)
    timeline.add(case, "self_handling_refusal", by=by, at=at, note=values.get("note", ""))
