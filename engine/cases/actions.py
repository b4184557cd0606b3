"""What the service tasks of a case's drawing do. A worker performs them, each in its own transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from marshmallow import Schema, fields

from engine.access.actors import SYSTEM
from engine.cases import dispatching, timeline, urging
from engine.cases.models import Case
from engine.kit.db import db
from engine.kit.i18n import N_
from engine.process import placing, queries
from engine.process.actions import register
from engine.process.subjects import Placement


class _None(Schema):
    """An action without parameters."""


class _To(Schema):
    """Whom to urge: a role code."""

    to = fields.String(required=True, metadata={"names": "role", "label": N_("Who is urged")})


def register_all() -> None:
    """Enter the actions that drawings may name."""
    register("dispatch_by_rules", _None, _dispatch_by_rules, label=N_("Dispatch by the authority list"))
    register("reassign_confirmation", _None, _reassign_confirmation, label=N_("Offer confirmation to all collectors"))
    register("urge", _To, _urge, label=N_("Urge somebody"))
    register("mark_overdue", _None, _mark_overdue, label=N_("Note that it is overdue"))


def _dispatch_by_rules(case_id: int, _: Mapping[str, Any], __: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    return {"dispatched": dispatching.dispatch_by_rules(_case(case_id), at=at)}


def _reassign_confirmation(case_id: int, _: Mapping[str, Any], __: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """Nobody of this beat answered in time: offer it to every collector (process.md §4.1)."""
    case = _case(case_id)
    for task in queries.open_steps("case", case_id):
        if task.act == "confirmation":
            placing.place(task.id, Placement(group=task.lane, due_at=task.due_at, amber_at=task.amber_at))
            timeline.add(case, "confirmation_reassignment", by=SYSTEM, at=at)
    return {}


def _urge(case_id: int, params: Mapping[str, Any], _: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    urging.urge(_case(case_id), params["to"], at=at)
    return {}


def _mark_overdue(case_id: int, _: Mapping[str, Any], __: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    urging.mark_overdue(_case(case_id), at=at)
    return {}


def _case(case_id: int) -> Case:
    found = db.session.get(Case, case_id)
    if found is None:
        raise LookupError(f"case {case_id} is gone")
    return found
