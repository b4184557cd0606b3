"""Closure (结案): the duty officer ends a verified case, or sends it back for rework."""

from datetime import datetime
from typing import Any

from engine.access.actors import Actor
from engine.cases import rework, steps, timeline
from engine.cases.models import Case
from engine.process.models import OpenTask


def close(case: Case, task: OpenTask, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Close a case. A citizen who reported is called back afterwards."""
    case.result = values.get("result") or "resolved"
    case.closed_at = at
    steps.finish(task, "close", by=by, at=at)
    timeline.add(case, "closure", by=by, at=at, note=values.get("note", ""), part="closed", result=case.result)


def send_to_rework(case: Case, task: OpenTask, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """The evidence does not convince: the department works on it again."""
    rework.begin(case, by=by, at=at)
    steps.finish(task, "rework", by=by, at=at)
    timeline.add(case, "rework", by=by, at=at, note=values["reason"])
