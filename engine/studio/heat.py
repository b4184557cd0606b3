"""How the cases of one version come through its nodes: where they are, how long they stay, how often they come again.

Where tokens are now is counted. What was, is read from the moves (``process_event``) of the cases that began in a
period: of all of them up to ``MOST``, else of every n-th, so that a page takes as long for a million cases as for two
thousand. The figures say of how many.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, case, func, select

from engine.kit.db import db
from engine.process import charts
from engine.process.charts import Chart
from engine.process.models import (
    Delivery,
    Incident,
    OpenTask,
    OpenTimer,
    OutboxMessage,
    ProcessEvent,
    ProcessInstance,
)

MOST = 2000
"""Cases whose moves are read."""
LISTED = 200
"""Cases behind one number."""
_TIMED = frozenset({"step", "service", "race", "inside", "wait timer", "wait message", "wait signal"})
_OPEN_WORK = (Delivery.pending.value, Delivery.failed.value)


@dataclass(frozen=True)
class Node:
    """One node. Times in seconds on the wall clock; None where nothing passed it in the period.

    ``here`` tokens wait now, ``overdue`` of them past their due moment (``dated`` have one), ``failed`` with an
    incident. ``passed`` counts passages, ``again`` passages by a case that had passed before, in ``circling`` cases.
    """

    id: str
    name: str
    kind: str
    here: int
    overdue: int
    dated: int
    failed: int
    passed: int
    again: int
    circling: int
    median: float | None
    slow: float | None

    @property
    def overdue_share(self) -> float | None:
        """Of the tokens here that have a due moment, how many are past it; 0 to 1."""
        return self.overdue / self.dated if self.dated else None


@dataclass(frozen=True)
class Heat:
    """The nodes of one version; reckoned from ``read`` of ``began`` cases of the period."""

    nodes: tuple[Node, ...]
    began: int
    read: int

    def warmth(self, measure: str) -> dict[str, int]:
        """How warm each node is by "here", "median", "slow", "overdue" or "again": 0 (cold) to 5."""
        values = {node.id: _measured(node, measure) for node in self.nodes}
        most = max(values.values(), default=0.0)
        return {key: round(5 * (value / most) ** 0.5) if most else 0 for key, value in values.items()}


MEASURES = ("here", "median", "slow", "overdue", "again")


@dataclass(frozen=True)
class Found:
    """One case behind a number: its instance, and how long it stayed (seconds) or how often it came."""

    instance_id: int
    subject_kind: str
    subject_id: int
    seconds: float | None = None
    times: int | None = None


@dataclass
class _Passing:
    """What the read cases did: seconds of each passage by node, and passages by node and case."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    longest: dict[str, dict[int, float]] = field(default_factory=lambda: defaultdict(dict))
    times: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))


@dataclass
class _Now:
    """What waits at each node."""

    here: Counter[str] = field(default_factory=Counter)
    overdue: Counter[str] = field(default_factory=Counter)
    dated: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)


def of(definition_id: int, chart: Chart, *, since: datetime, until: datetime, at: datetime) -> Heat:
    """The figures of one version, whose ``chart`` this is, for cases that began from ``since`` to before ``until``."""
    began, step = _sampling(definition_id, since, until)
    passing, now = _read(chart, _sample(definition_id, since, until, step)), _now(definition_id, chart, at)
    nodes = [_node(node, passing, now) for node in chart.nodes.values() if node.family in _TIMED]
    return Heat(tuple(nodes), began, -(-began // step))


def behind(
    definition_id: int, chart: Chart, node: str, measure: str, *, since: datetime, until: datetime, at: datetime
) -> list[Found]:
    """The cases behind one number of one node, the worst first; at most LISTED. ``measure`` is one of MEASURES.

    Also "failed".
    """
    if measure in {"here", "overdue", "failed"}:
        return [Found(*row) for row in db.session.execute(_standing_here(definition_id, node, measure, at))]
    _, step = _sampling(definition_id, since, until)
    passing = _read(chart, _sample(definition_id, since, until, step))
    if measure == "again":
        worst: Sequence[tuple[int, float]] = [one for one in passing.times[node].most_common(LISTED) if one[1] > 1]
    else:
        worst = sorted(passing.longest[node].items(), key=lambda one: -one[1])[:LISTED]
    rows = {row.id: row for row in db.session.execute(_subjects([key for key, _ in worst]))}
    kept = [(rows[key], value) for key, value in worst if key in rows]
    if measure == "again":
        return [Found(row.id, row.subject_kind, row.subject_id, times=int(value)) for row, value in kept]
    return [Found(row.id, row.subject_kind, row.subject_id, seconds=value) for row, value in kept]


def passages(chart: Chart, events: Iterable[Any]) -> Iterator[tuple[str, float]]:
    """(node, seconds) of each passage in the moves of one instance, given with ``at``, ``kind``, ``node``, ``path``.

    A node is entered when one before it is passed. Ways that a gateway did not take are marked too, and marked anew
    when they are really gone: no passage begins at the wrong moment.
    """
    entered: dict[str, datetime] = {}
    for event in events:
        left = [event.node] if event.kind == "relocated" else []
        for node in [*_interrupted(chart, event), *left, *event.path]:
            if node in entered:
                yield node, (event.at - entered.pop(node)).total_seconds()
            following = chart.nodes[node].outputs if node in chart.nodes else ()
            entered.update(dict.fromkeys(following, event.at))
        if event.kind == "relocated" and event.facts.get("to"):
            entered[event.facts["to"]] = event.at


def _interrupted(chart: Chart, event: Any) -> list[str]:
    """The step that a boundary event has taken off."""
    node = chart.nodes.get(event.node or "")
    takes_off = node is not None and node.host is not None and node.interrupts
    return [node.host] if takes_off and node is not None and node.host else []


def _read(chart: Chart, sample: Select[Any]) -> _Passing:
    # What acts handed in would be most of what is read, and tells nothing here.
    facts = case((ProcessEvent.kind == "relocated", ProcessEvent.facts)).label("facts")
    columns = (ProcessEvent.instance_id, ProcessEvent.at, ProcessEvent.kind, ProcessEvent.node, ProcessEvent.path)
    events = (
        select(*columns, facts)
        # Not as a subquery: SQLite would then look through the events of all cases.
        .where(ProcessEvent.instance_id.in_(db.session.scalars(sample).all()))
        .order_by(ProcessEvent.instance_id, ProcessEvent.id)
    )
    by_instance: dict[int, list[Any]] = defaultdict(list)
    for event in db.session.execute(events):
        by_instance[event.instance_id].append(event)
    passing = _Passing()
    for key, moves in by_instance.items():
        for node, seconds in passages(chart, moves):
            passing.seconds[node].append(seconds)
            passing.longest[node][key] = max(seconds, passing.longest[node].get(key, 0.0))
            passing.times[node][key] += 1
    return passing


def _node(node: charts.Node, passing: _Passing, now: "_Now") -> Node:
    seconds, times = sorted(passing.seconds[node.id]), passing.times[node.id]
    return Node(
        id=node.id,
        name=node.label,
        kind=node.kind,
        here=now.here[node.id],
        overdue=now.overdue[node.id],
        dated=now.dated[node.id],
        failed=now.failed[node.id],
        passed=len(seconds),
        again=sum(times.values()) - len(times),
        circling=sum(1 for each in times.values() if each > 1),
        median=_quantile(seconds, 0.5),
        slow=_quantile(seconds, 0.9),
    )


def _quantile(ordered: Sequence[float], share: float) -> float | None:
    """Between the two nearest, as PostgreSQL's percentile_cont reckons."""
    if not ordered:
        return None
    place = (len(ordered) - 1) * share
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def _measured(node: Node, measure: str) -> float:
    return float({"overdue": node.overdue_share or 0.0}.get(measure, getattr(node, measure, None) or 0.0))


def _sampling(definition_id: int, since: datetime, until: datetime) -> tuple[int, int]:
    """How many cases began in the period, and that every n-th of them is read."""
    began = db.session.scalar(select(func.count()).select_from(_began(definition_id, since, until).subquery())) or 0
    return began, max(1, -(-began // MOST))


def _began(definition_id: int, since: datetime, until: datetime) -> Select[Any]:
    started = ProcessInstance.started_at
    return select(ProcessInstance.id).where(
        ProcessInstance.definition_id == definition_id, started >= since, started < until
    )


def _sample(definition_id: int, since: datetime, until: datetime, step: int) -> Select[Any]:
    return _began(definition_id, since, until).where(ProcessInstance.id % step == 0).limit(2 * MOST)


def _now(definition_id: int, chart: Chart, at: datetime) -> _Now:
    now, node = _Now(), OpenTask.node
    counted = (
        select(node, func.count(), func.sum(case((OpenTask.due_at < at, 1), else_=0)), func.count(OpenTask.due_at))
        .where(OpenTask.definition_id == definition_id)
        .group_by(node)
    )
    for name, here, overdue, dated in db.session.execute(counted):
        now.here[name], now.overdue[name], now.dated[name] = here, overdue, dated
    _beside_people(now.here, definition_id, chart)
    for name, count in db.session.execute(_counted(Incident, definition_id, Incident.resolved_at.is_(None))):
        now.failed[name] = count
    return now


def _beside_people(here: Counter[str], definition_id: int, chart: Chart) -> None:
    """Tokens that wait for a moment or a worker; a timer beside a step is no token of its own."""
    waiting = OutboxMessage.state.in_(_OPEN_WORK)
    for counted in (_counted(OpenTimer, definition_id), _counted(OutboxMessage, definition_id, waiting)):
        for node, count in db.session.execute(counted):
            if node in chart.nodes and chart.nodes[node].host is None:
                here[node] += count


def _counted(model: Any, definition_id: int, *conditions: Any) -> Select[Any]:
    joined = select(model.node, func.count()).join(ProcessInstance, ProcessInstance.id == model.instance_id)
    return joined.where(ProcessInstance.definition_id == definition_id, *conditions).group_by(model.node)


def _standing_here(definition_id: int, node: str, measure: str, at: datetime) -> Select[Any]:
    columns: Sequence[Any] = (ProcessInstance.id, ProcessInstance.subject_kind, ProcessInstance.subject_id)
    on_version = ProcessInstance.definition_id == definition_id
    models = (Incident,) if measure == "failed" else (OpenTask, OpenTimer, OutboxMessage)
    here = [select(each.instance_id).where(each.node == node) for each in models]
    if measure == "failed":
        here = [here[0].where(Incident.resolved_at.is_(None))]
    elif measure == "overdue":
        here = [here[0].where(OpenTask.due_at < at)]
    else:
        here[2] = here[2].where(OutboxMessage.state.in_(_OPEN_WORK))
    ids = [ProcessInstance.id.in_(each) for each in here]
    chosen = ids[0] if len(ids) == 1 else ids[0] | ids[1] | ids[2]
    return select(*columns).where(on_version, chosen).order_by(ProcessInstance.id).limit(LISTED)


def _subjects(ids: Sequence[int]) -> Select[Any]:
    columns: Sequence[Any] = (ProcessInstance.id, ProcessInstance.subject_kind, ProcessInstance.subject_id)
    return select(*columns).where(ProcessInstance.id.in_(ids))


def period(days: int, at: datetime) -> tuple[datetime, datetime]:
    """From so many days ago until now."""
    return at - timedelta(days=days), at
