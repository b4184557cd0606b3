"""Why a case goes to a department: what every rule of the authority list that was asked says about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.access.actors import Actor
from engine.access.permissions import Permission
from engine.cases import dispatching
from engine.cases.models import Case
from engine.cases.tables import Advice
from engine.dispatch_rules.answers import Explanation
from engine.process.models import OpenTask


@dataclass(frozen=True)
class Explained:
    """Why a case went, or would go, to a department: ``verdicts`` are the rules that were asked, as they are kept."""

    verdicts: list[dict[str, Any]]
    why_not: str | None = None
    params: dict[str, Any] | None = None
    is_kept: bool = False
    advice: Advice | None = None
    """What the decision table in force says now."""


def of(case: Case, tasks: Sequence[OpenTask], actor: Actor, at: datetime) -> Explained | None:
    """For dispatchers: before a dispatch what the rules say now, afterwards what they said then."""
    if not actor.has(Permission.case_dispatch):
        return None
    if any(task.act == "dispatching" for task in tasks):
        found = dispatching.explain(case, at)
        return _explained(found) if found else None
    kept = dispatching.latest(case) if case.dispatched_at is not None else None
    return Explained(kept.explanation, is_kept=True) if kept is not None and kept.explanation else None


def _explained(found: Explanation) -> Explained:
    advice = found if isinstance(found, Advice) else None
    return Explained(found.as_json(), found.why_not, found.params, advice=advice)
