"""What the cases of a period did at each node: when they came and went, how often, and which steps were late.

It is read from the moves (``process_event``) of the cases that began in the period: of all of them up to ``MOST``, else
of every n-th, so that a page takes as long for a million cases as for a thousand.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, case, func, select

from engine.kit.db import db
from engine.process.charts import Chart
from engine.process.models import OpenTask, ProcessEvent, ProcessInstance
from engine.studio import lateness
from engine.studio.lateness import Due

MOST = 1000
"""Cases whose moves are read: more would say the same."""
TIMED = frozenset({"step", "service", "race", "inside", "wait timer", "wait message", "wait signal"})
"""Families of nodes where cases stay."""


@dataclass
class Passing:
    """What the cases that were read did; ``began`` in all, ``read`` of them.

    By node: the seconds of each passage; by node and case: the longest passage, how often it passed, and by how many
    seconds it was late there. ``judged`` counts the steps by node of which it is decided whether they were late,
    ``unkept`` those that were done at a step with a time limit and whose due moment was not kept.
    """

    began: int = 0
    read: int = 0
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    longest: dict[str, dict[int, float]] = field(default_factory=lambda: defaultdict(dict))
    times: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    judged: Counter[str] = field(default_factory=Counter)
    unkept: Counter[str] = field(default_factory=Counter)
    late: Counter[str] = field(default_factory=Counter)
    latest: dict[str, dict[int, float]] = field(default_factory=lambda: defaultdict(dict))

    def passed(self, instance_id: int, node: str, seconds: float) -> None:
        """A case came and went."""
        self.seconds[node].append(seconds)
        self.longest[node][instance_id] = max(seconds, self.longest[node].get(instance_id, 0.0))
        self.times[node][instance_id] += 1

    def was_due(self, step: Due) -> None:
        """It is decided whether a step was late."""
        self.judged[step.node] += 1
        if late := step.late_seconds:
            self.late[step.node] += 1
            self.latest[step.node][step.instance_id] = max(late, self.latest[step.node].get(step.instance_id, 0.0))


def read(definition_id: int, chart: Chart, *, since: datetime, until: datetime, at: datetime) -> Passing:
    """What the cases of one version did that began from ``since`` to before ``until``: five statements at most.

    A step that is still open is judged once its due moment has passed, as of ``at``.
    """
    began, ids = _sample(definition_id, since, until)
    passing = Passing(began, len(ids))
    dues: list[Due] = []
    for instance_id, moves in _moves(ids).items():
        for node, seconds in passages(chart, moves):
            passing.passed(instance_id, node, seconds)
        dues += [Due(instance_id, move.node, move.due_at, move.at) for move in moves if move.due_at and move.node]
        passing.unkept.update(move.node for move in moves if _is_unkept(chart, move))
    for step in lateness.judged([*dues, *_past_due(ids, at)]):
        passing.was_due(step)
    return passing


def _is_unkept(chart: Chart, move: Any) -> bool:
    """Whether a step with a time limit was done and its due moment was not kept: it was done by an older program."""
    node = chart.nodes.get(move.node)
    return node is not None and bool(node.clock) and move.kind == "completed" and move.due_at is None


def passages(chart: Chart, events: Iterable[Any]) -> Iterator[tuple[str, float]]:
    """(node, seconds) of each stay in the moves of one instance, given with ``at``, ``kind``, ``node``, ``path``.

    A node is entered when one before it is passed. Ways that a gateway did not take are marked too, and marked anew
    when they are really gone: no passage begins at the wrong moment.
    """
    entered: dict[str, datetime] = {}
    onward = _onward(chart)
    for event in events:
        for node in [*_left(chart, event), *event.path]:
            since = entered.pop(node, None)
            if since is not None:
                yield node, (event.at - since).total_seconds()
            for following in onward.get(node, ()):
                entered[following] = event.at
        if event.kind == "relocated" and event.facts.get("to"):
            entered[event.facts["to"]] = event.at


@lru_cache(maxsize=50)
def _onward(chart: Chart) -> dict[str, tuple[str, ...]]:
    """By node, those right behind it where cases stay."""
    stays = {key for key, node in chart.nodes.items() if node.family in TIMED}
    return {key: tuple(each for each in node.outputs if each in stays) for key, node in chart.nodes.items()}


def _left(chart: Chart, event: Any) -> list[str]:
    """What a token left that is not in the path: the node that it was moved from, a step that an event took off."""
    found = [event.node] if event.kind == "relocated" else []
    for key in event.path:
        node = chart.nodes.get(key)
        if node is not None and node.host and node.interrupts:
            found.append(node.host)
    return found


def _sample(definition_id: int, since: datetime, until: datetime) -> tuple[int, Sequence[int]]:
    """How many cases began in the period, and the ids of those that are read."""
    started = ProcessInstance.started_at
    those = (ProcessInstance.definition_id == definition_id, started >= since, started < until)
    began = db.session.scalar(select(func.count()).select_from(ProcessInstance).where(*those)) or 0
    step = max(1, -(-began // MOST))
    chosen = select(ProcessInstance.id).where(*those, ProcessInstance.id % step == 1 % step)
    return began, db.session.scalars(chosen.limit(2 * MOST)).all()


def _moves(ids: Sequence[int]) -> dict[int, list[Any]]:
    by_instance: dict[int, list[Any]] = defaultdict(list)
    for event in db.session.execute(_reading(ids)):
        by_instance[event.instance_id].append(event)
    return by_instance


def _reading(ids: Sequence[int]) -> Select[Any]:
    # What acts handed in would be most of what is read, and tells nothing here.
    facts = case((ProcessEvent.kind == "relocated", ProcessEvent.facts)).label("facts")
    columns: Sequence[Any] = (ProcessEvent.instance_id, ProcessEvent.at, ProcessEvent.kind, ProcessEvent.node,
                              ProcessEvent.path, ProcessEvent.due_at)  # fmt: skip
    # The ids are given one by one: with a subquery SQLite would look through the events of all cases.
    chosen = select(*columns, facts).where(ProcessEvent.instance_id.in_(ids))
    return chosen.order_by(ProcessEvent.instance_id, ProcessEvent.id)


def _past_due(ids: Sequence[int], at: datetime) -> list[Due]:
    """Their open steps whose due moment has passed."""
    columns: Sequence[Any] = (OpenTask.instance_id, OpenTask.node, OpenTask.due_at)
    past = select(*columns).where(OpenTask.instance_id.in_(ids), OpenTask.due_at < at)
    return [Due(row.instance_id, row.node, row.due_at, at) for row in db.session.execute(past)]
