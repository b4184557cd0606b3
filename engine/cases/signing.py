"""Signing (签收): the department takes the case it was sent."""

from datetime import datetime
from typing import Any

from sqlalchemy import update

from engine.access.actors import Actor
from engine.cases import steps, timeline
from engine.cases.models import Case
from engine.cases.round_models import Dispatch
from engine.kit.db import db
from engine.process.models import OpenTask


def sign(case: Case, task: OpenTask, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Sign for a case. The first signing is the one that counts; the handling clock has run since the dispatch."""
    db.session.execute(
        update(Dispatch)
        .where(Dispatch.case_id == case.id, Dispatch.ended_at.is_(None), Dispatch.signed_at.is_(None))
        .values(signed_at=at)
    )
    steps.finish(task, "sign", by=by, at=at)
    timeline.add(case, "signing", by=by, at=at, note=values.get("note", ""))
