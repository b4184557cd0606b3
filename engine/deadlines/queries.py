"""Reading clocks: for a subject's page, and for whoever urges when lamps change."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from engine.deadlines.lamps import LampColumns
from engine.deadlines.models import RUNNING, Clock
from engine.kit.db import db

LAMP_COLUMNS = LampColumns(
    due_at=Clock.due_at,
    amber_at=Clock.amber_at,
    state=Clock.state,
    is_provisional=Clock.is_provisional,
    stopped_at=Clock.stopped_at,
)
"""What ``lamps.lamp_is`` needs for the clocks themselves."""


def history(subject_kind: str, subject_id: int) -> Sequence[Clock]:
    """Every clock that a subject has had, in order of starting, with its facts: two statements."""
    return db.session.scalars(
        select(Clock)
        .where(Clock.subject_kind == subject_kind, Clock.subject_id == subject_id)
        .order_by(Clock.id)
        .options(selectinload(Clock.facts))
    ).all()


def turned_amber(since: datetime, until: datetime) -> Select[Clock]:
    """Running clocks whose lamp turned amber after ``since``, up to ``until`` (自动催办)."""
    return select(Clock).where(RUNNING, Clock.amber_at > since, Clock.amber_at <= until).order_by(Clock.amber_at)


def turned_red(since: datetime, until: datetime) -> Select[Clock]:
    """Running clocks that became overdue from ``since`` on, before ``until``; provisional dues make nobody late."""
    return (
        select(Clock)
        .where(RUNNING, Clock.due_at >= since, Clock.due_at < until, Clock.is_provisional.is_(False))
        .order_by(Clock.due_at)
    )
