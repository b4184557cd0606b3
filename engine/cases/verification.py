"""Verification (核查): somebody who did not handle the case looks on site whether it is done."""

from datetime import datetime
from typing import Any

from engine.access.actors import Actor
from engine.cases import rework, steps, timeline
from engine.cases.models import Case
from engine.cases.round_models import Verification
from engine.kit.db import db
from engine.process.models import OpenTask


def verify(case: Case, task: OpenTask, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Passed: the duty officer closes. Failed: the department works on it again."""
    passed = values["result"] == "passed"
    db.session.add(
        Verification(
            case_id=case.id,
            round=case.rework_count,
            verifier_id=by.id,
            at=at,
            passed=passed,
            note=values.get("note", ""),
        )
    )
    if not passed:
        rework.begin(case, by=by, at=at)
    steps.finish(task, values["result"], by=by, at=at)
    timeline.add(
        case, "verification", by=by, at=at, note=values.get("note", ""), part="verified", result=values["result"]
    )
