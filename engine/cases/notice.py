"""Notice (回告): a citizen whose report was rejected or transferred is told so, and why (process.md §4.2)."""

from datetime import datetime
from typing import Any

from engine.access.actors import Actor
from engine.cases import steps, timeline
from engine.cases.models import Case
from engine.process.models import OpenTask


def tell(case: Case, task: OpenTask, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Write down that the citizen was told, or could not be reached.

    One who does not agree changes nothing by himself: the duty officer reads it and may reopen the case (§3).
    """
    steps.finish(task, "done", by=by, at=at)
    timeline.add(case, "notice", by=by, at=at, note=values.get("note", ""), part="called_back", answer=values["answer"])
