"""Filing (立案): the duty officer makes a report a case, or sends it back; urgent cases are filed afterwards."""

from datetime import datetime
from typing import Any

from engine.access.actors import Actor
from engine.cases import acceptance, routing, steps, timeline
from engine.cases.models import Case, Stage
from engine.process.models import OpenTask


def file_case(case: Case, task: OpenTask, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Approve filing. Dispatching follows by itself where the authority list leaves no doubt."""
    case.filed_at = case.filed_at or at
    # Between here and the dispatch a worker asks the authority list; the case waits for a department meanwhile.
    case.stage = Stage.pending_dispatch
    steps.finish(task, "approve", by=by, at=at)
    timeline.add(case, "filing", by=by, at=at, note=values.get("note", ""), part="filed")


def send_back(case: Case, task: OpenTask, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Back to the acceptor, with what is missing."""
    steps.finish(task, "send_back", by=by, at=at)
    timeline.add(case, "filing_return", by=by, at=at, note=values.get("note", ""))


def file_afterwards(case: Case, task: OpenTask, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """File an urgent case that is being handled already (特急, process.md §4.11). Its clock stays as it was set."""
    before = acceptance.categorise(case, values)
    acceptance.accept(case, at)
    case.filed_at = case.filed_at or at
    stage = case.stage
    steps.finish(task, "approve", by=by, at=at, answers=routing.of_case(case))
    # Its department is ahead of the paper: the filing does not change where the case stands.
    if case.stage not in Stage.ended() and stage != Stage.pending_closure:
        case.stage = case.stage if case.stage == Stage.verifying else stage
    timeline.add(case, "late_filing", by=by, at=at, note=values.get("note", ""), part="filed", **before)
