"""Transfer (转办): a problem that another platform answers for goes there, with a receipt number (process.md §4.14)."""

from datetime import datetime
from typing import Any

from engine.access.actors import Actor
from engine.cases import acceptance, steps, timeline
from engine.cases.models import Case
from engine.process.models import OpenTask


def transfer(case: Case, task: OpenTask, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Hand the report over: where it went and its number there stay on record, and its receipt is waited for."""
    acceptance.accept(case, at)
    case.result = "transferred"
    steps.finish(task, "transfer", by=by, at=at)
    timeline.add(
        case,
        "transfer",
        by=by,
        at=at,
        note=values.get("note", ""),
        part="accepted",
        destination=values["destination"],
        number=values["destination_number"],
    )


def write_receipt(case: Case, task: OpenTask, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """The other platform answered: it took the report, or it did not and the report is accepted here anew."""
    is_received = values["answer"] == "received"
    if not is_received:
        case.result = case.ended_at = None
    steps.finish(task, "received" if is_received else "refused", by=by, at=at)
    timeline.add(
        case,
        "receipt",
        by=by,
        at=at,
        note=values.get("note", ""),
        part="accepted",
        answer=values["answer"],
        number=values.get("number") or None,
    )
