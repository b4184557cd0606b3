"""What is on record of past runs of cases: their moves with facts and moments, and their clocks. Read in bulk."""

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from engine.cases import adjusting, routing, suspension
from engine.cases.models import Case
from engine.cases.stages import KIND
from engine.deadlines.models import Clock
from engine.kit.db import db
from engine.process import instances, parser, xml
from engine.process.finding import Shape
from engine.process.instances import DEFINITION, INSTANCE, TASK
from engine.process.moving import EVENT
from engine.process.sharing import Shared


@dataclass(frozen=True)
class Drawn:
    """What the nodes of a drawing are: act and role of its steps, action of service tasks, and what leads to each."""

    kinds: dict[str, str]
    names: dict[str, str]
    acts: dict[str, str | None]
    roles: dict[str, str | None]
    actions: dict[str, str | None]
    before: dict[str, frozenset[str]]
    timers: dict[str, tuple[str | None, str | None]]
    hosts: dict[str, str]


def read_drawing(source: str) -> Drawn:
    """The same, of a drawing's XML. Raises UnreadableXml."""
    shape = Shape(xml.read(source))
    before: dict[str, set[str]] = defaultdict(set)
    for node, targets in shape.ways.items():
        for target in targets:
            before[target].add(node)
    steps, timers = shape.of("userTask", "manualTask"), shape.of("boundaryEvent", "intermediateCatchEvent")
    return Drawn(
        kinds={key: xml.kind(node) for key, node in shape.nodes.items()},
        names={key: node.get("name") or key for key, node in shape.nodes.items()},
        acts={node.get("id"): parser.task_of(node)["act"] for node in steps},
        roles={node.get("id"): shape.role_of(node) for node in steps},
        actions={node.get("id"): parser.action_of(node)["action"] for node in shape.of("serviceTask")},
        before={key: frozenset(found) for key, found in before.items()},
        timers={node.get("id"): parser.timer_of(node) for node in timers},
        hosts={node.get("id"): node.get("attachedToRef") for node in timers if node.get("attachedToRef")},
    )


_drawings: Shared[Drawn] = Shared(read_drawing)


def drawing_of(digest: str, source: str) -> Drawn:
    """The same, kept in memory under the drawing's fingerprint."""
    return _drawings.get(digest, lambda: source)


@dataclass(frozen=True)
class Done:
    """Something that was done: a step, an action, a timer, a message. ``opened_at`` is when it began to wait.

    ``act`` is the step's act, or the action of a service task.
    """

    kind: str
    node: str
    act: str | None
    opened_at: datetime
    at: datetime
    facts: dict[str, Any]


@dataclass
class Record:
    """One run of one case, as it was. ``still_open`` are the nodes of steps that wait in it now."""

    instance_id: int
    case: Case
    drawn: Drawn
    started_at: datetime
    ended_at: datetime | None
    end: str | None
    facts: dict[str, Any]
    done: list[Done]
    passed: list[str]
    still_open: list[tuple[str, datetime]]
    clocks: list[Clock]
    withdrawn_at: datetime | None = None
    is_moved: bool = False
    """Its cases was taken from one version to another, or a token was moved by hand: not what a drawing says."""

    @property
    def last_at(self) -> datetime:
        """The last thing done."""
        return self.ended_at or max([self.started_at, *(done.at for done in self.done)])


def read(instance_ids: Sequence[int]) -> list[Record]:
    """The records of these instances, in order of their ids: five statements, and one more for each drawing once."""
    rows = db.session.execute(
        select(INSTANCE.c.id, INSTANCE.c.subject_id, INSTANCE.c.started_at, INSTANCE.c.ended_at, INSTANCE.c.outcome,
               INSTANCE.c.definition_id, DEFINITION.c.digest)
        .join(DEFINITION, DEFINITION.c.id == INSTANCE.c.definition_id)
        .where(INSTANCE.c.id.in_(instance_ids))
        .order_by(INSTANCE.c.id)
    ).all()  # fmt: skip
    cases = _cases([row.subject_id for row in rows])
    events, clocks, tasks = _events(instance_ids), _clocks(list(cases)), _open(instance_ids)
    found = []
    for row in rows:
        if row.subject_id not in cases:
            continue
        drawn = _drawings.get(row.digest, lambda row=row: instances.source_of(row.definition_id))  # type: ignore[misc]
        own = [clock for clock in clocks[row.subject_id] if _is_of(clock, row)]
        record = Record(row.id, cases[row.subject_id], drawn, row.started_at, row.ended_at, row.outcome, {}, [], [],
                        tasks[row.id], own)  # fmt: skip
        _tell(record, events[row.id])
        found.append(record)
    return found


def _cases(case_ids: Sequence[int]) -> dict[int, Case]:
    chosen = select(Case).where(Case.id.in_(case_ids)).options(joinedload(Case.category))
    return {case.id: case for case in db.session.scalars(chosen)}


def _is_of(clock: Clock, run: Any) -> bool:
    """Whether a clock ran in this run of its case. Those of requests beside it are not of its drawing."""
    began = clock.facts[0].at
    is_beside = clock.name in {adjusting.CLOCK, suspension.CLOCK}
    return not is_beside and began >= run.started_at and (run.ended_at is None or began <= run.ended_at)


def _events(instance_ids: Sequence[int]) -> dict[int, list[Any]]:
    chosen = select(EVENT.c.instance_id, EVENT.c.at, EVENT.c.kind, EVENT.c.node, EVENT.c.facts, EVENT.c.path)
    found: dict[int, list[Any]] = defaultdict(list)
    for row in db.session.execute(chosen.where(EVENT.c.instance_id.in_(instance_ids)).order_by(EVENT.c.id)):
        found[row.instance_id].append(row)
    return found


def _clocks(case_ids: Sequence[int]) -> dict[int, list[Clock]]:
    chosen = select(Clock).where(Clock.subject_kind == KIND, Clock.subject_id.in_(case_ids)).order_by(Clock.id)
    found: dict[int, list[Clock]] = defaultdict(list)
    for clock in db.session.scalars(chosen.options(selectinload(Clock.facts))):
        found[clock.subject_id].append(clock)
    return found


def _open(instance_ids: Sequence[int]) -> dict[int, list[tuple[str, datetime]]]:
    found: dict[int, list[tuple[str, datetime]]] = defaultdict(list)
    chosen = select(TASK.c.instance_id, TASK.c.node, TASK.c.opened_at).where(TASK.c.instance_id.in_(instance_ids))
    for row in db.session.execute(chosen):
        found[row.instance_id].append((row.node, row.opened_at))
    return found


def _tell(record: Record, events: Iterable[Any]) -> None:
    """Go through the moves: when a step was opened follows from the last move that passed what leads to it."""
    last_passed: dict[str, datetime] = {}
    for event in events:
        if event.kind == "started":
            # Runs that began before all of these were recorded get the others from their case, as it is now.
            record.facts = {**routing.of_case(record.case), **event.facts}
        elif event.kind == "withdrawn":
            record.withdrawn_at = event.at
        elif event.kind in _DONE and event.node:
            record.done.append(_done(record, event, last_passed))
        else:
            record.is_moved = True
        record.passed += event.path
        last_passed |= dict.fromkeys(event.path, event.at)


_DONE = {"completed", "performed", "fired", "sent"}


def _done(record: Record, event: Any, last_passed: dict[str, datetime]) -> Done:
    drawn = record.drawn
    leading = [last_passed[node] for node in drawn.before.get(event.node, ()) if node in last_passed]
    act = drawn.acts.get(event.node) if event.kind == "completed" else drawn.actions.get(event.node)
    opened_at = max(leading, default=record.started_at)
    return Done(event.kind, event.node, act, opened_at, event.at, dict(event.facts))


class Remaining:
    """The things done that no step of the other drawing has taken up yet."""

    def __init__(self, record: Record, known: Iterable[str]) -> None:
        self._known = set(known)
        self._by_node: dict[tuple[str, str], deque[Done]] = defaultdict(deque)
        for done in record.done:
            self._by_node[done.kind, done.node].append(done)

    def take(self, kind: str, node: str, act: str | None) -> Done | None:
        """What was done next at this node; else by the same act, at a node that the other drawing does not have."""
        same = self._by_node.get((kind, node))
        if same:
            return same.popleft()
        if act is None or kind not in {"completed", "performed"}:
            return None
        others = [
            queue for (of_kind, name), queue in self._by_node.items()
            if of_kind == kind and queue and name not in self._known and queue[0].act == act
        ]  # fmt: skip
        return min(others, key=lambda queue: queue[0].at).popleft() if others else None

    def peek(self, kind: str, node: str) -> Done | None:
        """What was done next at this node."""
        queue = self._by_node.get((kind, node))
        return queue[0] if queue else None

    def next_steps(self) -> list[Done]:
        """The steps that are left, in the order in which they were done."""
        left = [done for (kind, _), queue in self._by_node.items() if kind == "completed" for done in queue]
        return sorted(left, key=lambda done: done.at)
