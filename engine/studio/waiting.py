"""What waits at each node of one version at this moment: counted, and the cases behind each count."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, func, literal, or_, select, true, union_all

from engine.kit.db import db
from engine.process.charts import Chart
from engine.process.models import Delivery, Incident, OpenTask, OpenTimer, OutboxMessage, ProcessInstance
from engine.studio.watching import LATELY

_OPEN_WORK = (Delivery.pending.value, Delivery.failed.value)


@dataclass
class Now:
    """``running`` cases; at each node ``here`` tokens, ``dated`` with a due moment, ``overdue`` past it; incidents."""

    running: int = 0
    here: Counter[str] = field(default_factory=Counter)
    overdue: Counter[str] = field(default_factory=Counter)
    dated: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)


def count(definition_id: int, chart: Chart, at: datetime) -> Now:
    """All of it for one version, in one statement."""
    now = Now()
    counted = union_all(*_counted(definition_id, at))
    for what, node, number, dated, overdue in db.session.execute(counted):
        if what == "running":
            now.running = number
        elif what == "failed":
            now.failed[node] += number
        elif what == "step" or (node in chart.nodes and chart.nodes[node].host is None):
            # A timer beside a step is no token of its own.
            now.here[node] += number
            now.dated[node] += dated
            now.overdue[node] += overdue
    return now


def _counted(definition_id: int, at: datetime) -> list[Any]:
    """What is counted, at which node, how many; of steps, how many have a due moment, and of how many it has passed."""
    none, past = literal(0), func.sum(case((OpenTask.due_at < at, 1), else_=0))
    runs = (ProcessInstance.definition_id == definition_id) & ProcessInstance.ended_at.is_(None)
    steps = select(literal("step"), OpenTask.node, func.count(), func.count(OpenTask.due_at), past)
    found: list[Any] = [
        select(literal("running"), literal(""), func.count(), none, none).where(runs),
        steps.where(OpenTask.definition_id == definition_id).group_by(OpenTask.node),
    ]
    others: dict[Any, tuple[str, Any]] = {
        # Said for the planner: an index leads to what runs, past all that has ended.
        OpenTimer: ("other", ProcessInstance.ended_at.is_(None)),
        OutboxMessage: ("other", OutboxMessage.state.in_(_OPEN_WORK)),
        Incident: ("failed", Incident.resolved_at.is_(None)),
    }
    for model, (what, is_open) in others.items():
        counted = select(literal(what), model.node, func.count(), none, none)
        joined = counted.join(ProcessInstance, ProcessInstance.id == model.instance_id)
        of_version = ProcessInstance.definition_id == definition_id
        found.append(joined.where(of_version, is_open).group_by(model.node))
    return found


def instances(definition_id: int, node: str, measure: str, *, at: datetime, most: int) -> Sequence[Any]:
    """Id, subject_kind and subject_id of the instances behind a count: "here", "overdue" or "failed"; oldest first.

    With an empty ``node`` those of the whole version; of it also "finished", those that ended lately.
    """
    columns: Sequence[Any] = (ProcessInstance.id, ProcessInstance.subject_kind, ProcessInstance.subject_id)
    chosen = (ProcessInstance.definition_id == definition_id, _is_behind(node, measure, at))
    return db.session.execute(select(*columns).where(*chosen).order_by(ProcessInstance.id).limit(most)).all()


def _is_behind(node: str, measure: str, at: datetime) -> Any:
    if measure == "finished":
        return ProcessInstance.ended_at > at - LATELY
    if not node and measure == "here":
        return ProcessInstance.ended_at.is_(None)
    behind = or_(*(ProcessInstance.id.in_(each) for each in _those(node, measure, at)))
    return behind if measure == "failed" else behind & ProcessInstance.ended_at.is_(None)


def _those(node: str, measure: str, at: datetime) -> list[Select[Any]]:
    """Ids of the instances that have such work at the node, for each kind of work."""
    kinds: dict[str, dict[Any, Any]] = {
        "failed": {Incident: Incident.resolved_at.is_(None)},
        "overdue": {OpenTask: OpenTask.due_at < at},
        "here": {OpenTask: true(), OpenTimer: true(), OutboxMessage: OutboxMessage.state.in_(_OPEN_WORK)},
    }
    conditions = kinds[measure]
    chosen = [select(model.instance_id).where(condition) for model, condition in conditions.items()]
    if not node:
        return chosen
    return [each.where(model.node == node) for each, model in zip(chosen, conditions, strict=True)]
