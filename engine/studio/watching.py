"""How the versions of all drawings stand: what runs on them, what it waits for, what has failed, what was finished.

Counts only, each by one statement for all versions together. ``heat`` looks into one version, node by node.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, case, func, select

from engine.kit.db import db
from engine.process.models import (
    Delivery,
    Incident,
    OpenTask,
    OpenTimer,
    OutboxMessage,
    ProcessDefinition,
    ProcessInstance,
)

LATELY = timedelta(days=30)


@dataclass(frozen=True)
class Standing:
    """One version and its cases. ``steps`` wait for people, ``timers`` for a moment, ``actions`` for a worker.

    ``overdue`` counts the steps past their due moment, ``failed`` the cases with an open incident, ``finished`` those
    that ended in the last 30 days.
    """

    id: int
    key: str
    version: int
    name: str
    state: str
    running: int
    steps: int
    overdue: int
    timers: int
    actions: int
    failed: int
    finished: int


def versions(at: datetime) -> list[Standing]:
    """Every version that is in force, or has cases that run or ended lately; by key, the newest first."""
    rows = db.session.execute(_VERSIONS).all()
    chosen = _counts([row.id for row in rows], at)
    counts: list[dict[int, int]] = [dict(db.session.execute(each).tuples().all()) for each in chosen]
    running, *others = counts
    steps = {key: (number, overdue) for key, number, overdue in db.session.execute(_steps(at))}
    found = []
    for row in rows:
        numbers = [running.get(row.id, 0), *steps.get(row.id, (0, 0)), *(each.get(row.id, 0) for each in others)]
        if row.state == "active" or any(numbers):
            found.append(Standing(*row, *numbers))
    return found


def _counts(ids: Sequence[int], at: datetime) -> list[Select[Any]]:
    """Running, timers, actions, failed, finished: each by definition."""
    of, ended = ProcessInstance.definition_id, ProcessInstance.ended_at
    # The versions are named: so an index leads to what runs, past the millions that have ended.
    runs = of.in_(ids) & ended.is_(None)
    return [
        select(of, func.count()).where(runs).group_by(of),
        _through(OpenTimer).where(runs, OpenTimer.due_at.is_not(None)),
        _through(OutboxMessage).where(OutboxMessage.state == Delivery.pending.value),
        select(of, func.count(Incident.instance_id.distinct()))
        .join(Incident, Incident.instance_id == ProcessInstance.id)
        .where(Incident.resolved_at.is_(None))
        .group_by(of),
        select(of, func.count()).where(of.in_(ids), ended > at - LATELY).group_by(of),
    ]


def _steps(at: datetime) -> Any:
    """Steps that are open, and how many of them are past due: by definition."""
    overdue = func.sum(case((OpenTask.due_at < at, 1), else_=0))
    return select(OpenTask.definition_id, func.count(), overdue).group_by(OpenTask.definition_id)


def _through(model: type[OpenTimer | OutboxMessage]) -> Select[Any]:
    of: Any = ProcessInstance.definition_id
    return select(of, func.count()).join(model, model.instance_id == ProcessInstance.id).group_by(of)


_COLUMNS = ("id", "key", "version", "name", "state")
_VERSIONS = select(*(getattr(ProcessDefinition, each) for each in _COLUMNS)).order_by(
    ProcessDefinition.key, ProcessDefinition.version.desc()
)
