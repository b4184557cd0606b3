"""How the cases of one version come through its nodes: where they are, how long they stay, how often they come again.

Where tokens are now is counted (``waiting``); what was, is read from the moves of the cases that began in a period
(``passing``): a page takes as long for a million cases as for a thousand, and says of how many it speaks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from engine.kit.db import db
from engine.process import charts
from engine.process.charts import Chart
from engine.process.models import ProcessInstance
from engine.studio import passing, waiting
from engine.studio.passing import Passing
from engine.studio.waiting import Now

LISTED = 200
"""Cases behind one number."""
WARMEST = 5
NOW = frozenset({"here", "overdue", "failed", "finished"})
"""What is counted as of this moment, not of the period; finished cases of a whole version only."""


@dataclass(frozen=True)
class Node:
    """One node. Times in seconds on the wall clock; None where nothing passed it in the period.

    ``here`` tokens wait now, ``overdue`` of them past their due moment (``dated`` have one), ``failed`` with an
    incident. Of the cases of the period: ``passed`` counts passages, ``again`` passages by a case that had passed
    before, in ``circling`` cases; ``late`` of the ``judged`` steps were not done in time, and of
    ``unkept`` more the due moment was not kept.
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
    judged: int
    late: int
    unkept: int
    median: float | None
    slow: float | None

    @property
    def overdue_share(self) -> float | None:
        """Of the tokens here that have a due moment, how many are past it; 0 to 1."""
        return self.overdue / self.dated if self.dated else None

    @property
    def late_share(self) -> float | None:
        """Of the period's steps that can be judged, how many were, or by now are, late; 0 to 1."""
        return self.late / self.judged if self.judged else None

    def measured(self, measure: str) -> float:
        """The figure by which it is coloured: one of MEASURES."""
        return float(getattr(self, "late_share" if measure == "late" else measure) or 0)


@dataclass(frozen=True)
class Shade:
    """One colour of the map: 1 to WARMEST, and the least and the greatest figure of the nodes that have it."""

    warmth: int
    least: float
    most: float


@dataclass(frozen=True)
class Total:
    """Of all nodes together: ``overdue`` open steps, open incidents, and how many of the period's steps were late.

    Of ``unkept`` more nothing is known.
    """

    overdue: int
    failed: int
    judged: int
    late: int
    unkept: int


@dataclass(frozen=True)
class Heat:
    """The nodes of one version with ``running`` cases; reckoned from ``read`` of the ``began`` cases of the period."""

    nodes: tuple[Node, ...]
    running: int
    began: int
    read: int

    @property
    def total(self) -> "Total":
        """All nodes together."""
        return Total(*(sum(getattr(node, each.name) for node in self.nodes) for each in fields(Total)))

    def warmth(self, measure: str) -> dict[str, int]:
        """How warm each node is by one of MEASURES: 0 (nothing to say) to WARMEST."""
        values = {node.id: node.measured(measure) for node in self.nodes}
        most = max(values.values(), default=0.0)
        return {key: max(round(WARMEST * (value / most) ** 0.5), 1) if value else 0 for key, value in values.items()}

    def shades(self, measure: str) -> list[Shade]:
        """What each colour of the map stands for, the coldest first; only colours that are there."""
        warmth, found = self.warmth(measure), []
        for shade in sorted(set(warmth.values()) - {0}):
            values = [node.measured(measure) for node in self.nodes if warmth[node.id] == shade]
            found.append(Shade(shade, min(values), max(values)))
        return found


MEASURES = ("here", "median", "slow", "late", "again")


@dataclass(frozen=True)
class Found:
    """One case behind a number: its instance; how long it stayed or was late (seconds), or how often it came."""

    instance_id: int
    subject_kind: str
    subject_id: int
    seconds: float | None = None
    times: int | None = None


def of(definition_id: int, chart: Chart, *, since: datetime, until: datetime, at: datetime) -> Heat:
    """The figures of one version, whose ``chart`` this is, for cases that began from ``since`` to before ``until``."""
    was = passing.read(definition_id, chart, since=since, until=until, at=at)
    now = waiting.count(definition_id, chart, at)
    nodes = [_node(node, was, now) for node in chart.nodes.values() if node.family in passing.TIMED]
    return Heat(tuple(nodes), now.running, was.began, was.read)


def behind(
    definition_id: int, chart: Chart, node: str, measure: str, *, since: datetime, until: datetime, at: datetime
) -> list[Found]:
    """The cases behind one number of one node, the worst first; at most LISTED. ``measure``: of MEASURES or NOW.

    With an empty ``node`` those behind a number of the whole version: "late", or one of NOW.
    """
    if measure in NOW:
        return [Found(*row) for row in waiting.instances(definition_id, node, measure, at=at, most=LISTED)]
    was = passing.read(definition_id, chart, since=since, until=until, at=at)
    worst = sorted(_figures(was, node, measure).items(), key=lambda one: (-one[1], one[0]))[:LISTED]
    subjects = _subjects([key for key, _ in worst])
    if measure == "again":
        return [Found(key, *subjects[key], times=int(value)) for key, value in worst]
    return [Found(key, *subjects[key], seconds=value) for key, value in worst]


def _figures(was: Passing, node: str, measure: str) -> dict[int, float]:
    """By instance: how often it came, by how much it was late (at one node or at any), or how long it stayed."""
    if measure == "again":
        return {key: times for key, times in was.times[node].items() if times > 1}
    if measure == "late" and not node:
        late = sorted((seconds, key) for each in was.latest.values() for key, seconds in each.items())
        return {key: seconds for seconds, key in late}
    return (was.latest if measure == "late" else was.longest)[node]


def _node(node: charts.Node, was: Passing, now: Now) -> Node:
    seconds, times = sorted(was.seconds[node.id]), was.times[node.id]
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
        judged=was.judged[node.id],
        late=was.late[node.id],
        unkept=was.unkept[node.id],
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


def _subjects(ids: Sequence[int]) -> dict[int, tuple[str, int]]:
    columns: Sequence[Any] = (ProcessInstance.id, ProcessInstance.subject_kind, ProcessInstance.subject_id)
    rows = db.session.execute(select(*columns).where(ProcessInstance.id.in_(ids)))
    return {row.id: (row.subject_kind, row.subject_id) for row in rows}


def period(days: int, at: datetime) -> tuple[datetime, datetime]:
    """From so many days ago until now."""
    return at - timedelta(days=days), at
