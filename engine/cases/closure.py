"""Closure (结案): the duty officer ends a verified case, or sends it back for rework."""

from datetime import datetime
from typing import Any

from engine.access.actors import Actor
from engine.cases import merging, reporting, rework, steps, timeline
from engine.cases.models import Case
from engine.process.models import OpenTask


def close(case: Case, task: OpenTask, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Close a case. Every citizen who reported it, or a report that was merged into it, is called back afterwards."""
    case.result = values.get("result") or "resolved"
    case.closed_at = at
    steps.finish(task, "close", by=by, at=at, is_public=reporting.is_public(case) or merging.took_in_public(case))
    timeline.add(case, "closure", by=by, at=at, note=values.get("note", ""), part="closed", result=case.result)


def send_to_rework(case: Case, task: OpenTask, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """The evidence does not convince: the department works on it again."""
    rework.begin(case, by=by, at=at)
    steps.finish(task, "rework", by=by, at=at)
    timeline.add(case, "rework", by=by, at=at, note=values["reason"])
