"""Urging (催办) and marking as overdue (督办): what timers of the drawing and supervisors do. They touch no clock."""

from datetime import datetime

from sqlalchemy import exists, select

from engine.access.actors import SYSTEM, Actor
from engine.cases import timeline
from engine.cases.models import Case, TimelineEntry
from engine.kit.db import db
from engine.kit.signals import signals

urged = signals.signal("case-urged")
"""Sent with ``case``, ``to`` (a role code), ``at`` and ``note``; whoever delivers messages listens."""


def urge(case: Case, to: str, *, at: datetime, by: Actor = SYSTEM, note: str = "", clock: str | None = None) -> None:
    """Remind a role of a case: ``note`` says why where a person does it, ``clock`` where a time limit runs out."""
    timeline.add(case, "urging", by=by, at=at, note=note, to=to, clock=clock)
    urged.send(case, to=to, at=at, note=note)


def mark_overdue(case: Case, *, at: datetime) -> bool:
    """Note that the department let its time limit pass, once for each dispatch; False where that stands already."""
    stands = exists().where(
        TimelineEntry.case_id == case.id, TimelineEntry.act == "overdue", TimelineEntry.at >= case.due_at
    )
    if case.due_at is None or db.session.scalar(select(stands)):
        return False
    # Who hears of it is for the escalation ladder to say.
    timeline.add(case, "overdue", by=SYSTEM, at=at, due=case.due_at.isoformat())
    return True
