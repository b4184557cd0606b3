"""Satisfaction call (回访): the citizen who reported is asked after closure (process.md §4.16)."""

from datetime import datetime
from typing import Any

from engine.access.actors import Actor
from engine.cases import rework, steps, timeline
from engine.cases.models import Case
from engine.cases.round_models import SatisfactionCall
from engine.kit.db import db
from engine.kit.errors import Invalid
from engine.kit.i18n import N_
from engine.process.models import OpenTask


def call_back(case: Case, task: OpenTask, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Write down the answer. Dissatisfied and found true: the case is reopened for rework."""
    justified = bool(values.get("is_justified"))
    if justified and values["answer"] != "dissatisfied":
        raise Invalid.field("is_justified", N_("Only a citizen who is dissatisfied can be found right in it."))
    db.session.add(
        SatisfactionCall(
            case_id=case.id,
            at=at,
            by_id=by.id,
            answer=values["answer"],
            is_justified=justified,
            note=values.get("note", ""),
        )
    )
    if justified:
        _take_up_again(case, by, at)
    steps.finish(task, "reopen" if justified else "done", by=by, at=at)
    timeline.add(
        case, "call_back", by=by, at=at, note=values.get("note", ""), part="called_back", answer=values["answer"]
    )


def _take_up_again(case: Case, by: Actor, at: datetime) -> None:
    case.closed_at = case.ended_at = case.result = None
    case.reopen_count += 1
    rework.begin(case, by=by, at=at)
