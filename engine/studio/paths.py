"""A dry run along every path of a drawing, with facts that were made up so that each path is taken.

``report(source)`` takes a drawing's XML, a draft's or a version's. The states are found by ``process.exploring``; here
paths are made of them, each walked once more by the real engine with the real conditions and the facts that it needs.
"""

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from time import monotonic
from typing import Any

from sqlalchemy import select

from engine.access.models import Role
from engine.kit.db import db
from engine.kit.errors import CityLoopError
from engine.organization.models import Post, User
from engine.process import exploring, specs, xml
from engine.process.exploring import Choice, Explored, Way
from engine.process.finding import Finding, Shape, name_of
from engine.process.running import Run
from engine.process.sharing import Shared
from engine.process.solving import Solver
from engine.process.specs import Drawn
from engine.process.vocabulary import OUTCOME
from engine.studio.errors import DrawingDoesNotRun

MOST_PATHS = 200
MOST_VISITS = 2
"""Of one node on one path: loops are gone once."""
MOST_LOOKED_AT = 20_000
MOST_SECONDS = 3.0
_ENDS = ("endEvent",)
_NO_NODE = {exploring.BEGIN, "send"}
"""Kinds of moves that are not made at a node."""


@dataclass(frozen=True)
class PathStep:
    """One move of a path. ``kind`` is begin, complete, perform, fire or send; ``facts`` are what it is given.

    ``passed`` are the nodes that follow without anybody, the gateways and ends among them.
    """

    kind: str
    node: str
    name: str
    role: str | None
    form: str | None
    clock: str | None
    facts: dict[str, Any]
    passed: tuple[str, ...]


@dataclass(frozen=True)
class Path:
    """From the beginning to an end. ``needs`` are conditions, each with its gateway's name, that no made-up facts open.

    ``is_sure``: the real engine goes just this way with these facts. ``trouble`` says where it cannot go on.
    """

    number: int
    steps: tuple[PathStep, ...]
    ends: tuple[str, ...]
    needs: tuple[tuple[str, str], ...]
    is_sure: bool
    trouble: Finding | None

    @property
    def nodes(self) -> set[str]:
        """Every node on it, the one where it gets stuck too; no names of messages."""
        moved = {step.node for step in self.steps if step.kind not in _NO_NODE}
        return moved.union(*(step.passed for step in self.steps))

    @property
    def roles(self) -> list[str]:
        """The roles that have something to do on it, in order."""
        return list(dict.fromkeys(step.role for step in self.steps if step.kind == "complete" and step.role))


@dataclass(frozen=True)
class Report:
    """What a dry run found.

    ``never_reached`` are nodes; ``closed_flows`` flows with conditions that no facts make true; ``loops`` nodes that a
    loop comes back to, where longer paths were cut. ``is_whole``: apart from these, no path is missing.
    """

    paths: tuple[Path, ...]
    names: dict[str, str]
    never_reached: tuple[str, ...]
    closed_flows: tuple[tuple[str, str], ...]
    loops: tuple[str, ...]
    is_whole: bool

    @property
    def roles(self) -> set[str]:
        """Every role that a step is offered to."""
        return {step.role for path in self.paths for step in path.steps if step.kind == "complete" and step.role}

    @property
    def ends(self) -> Counter[str]:
        """The ends that are reached, with the number of paths that come to each."""
        return Counter(end for path in self.paths for end in path.ends)


def report(source: str) -> Report:
    """The dry run of a drawing; kept in memory under its fingerprint. Takes some seconds for a large one.

    Raises UnreadableXml, DrawingDoesNotRun.
    """
    return _kept.get(sha256(source.encode()).hexdigest(), lambda: source)


def without_holders(roles: set[str]) -> set[str]:
    """Those of these roles that nobody holds: steps offered to them wait for ever. One statement."""
    held = (
        select(Role.code)
        .join(Post, Post.role_id == Role.id)
        .join(User, User.id == Post.user_id)
        .where(Role.code.in_(roles), User.is_active)
        .distinct()
    )
    return roles - set(db.session.scalars(held)) if roles else set()


def _make(source: str) -> Report:
    shape = Shape(xml.read(source))
    try:
        drawn = specs.parse(source)
    except CityLoopError as error:
        raise DrawingDoesNotRun from error
    found = exploring.explore(drawn, source)
    chosen, is_whole, loops = _Chosen(found).paths()
    teller = _Teller(drawn, shape)
    paths = tuple(teller.path(number, ways) for number, ways in enumerate(chosen, 1))
    reached = {node for way in found.all_ways() for node in (*way.path, way.node)}
    return Report(
        paths=paths,
        names={key: name_of(node) for key, node in shape.nodes.items()},
        never_reached=tuple(sorted(shape.nodes.keys() - reached)) if found.is_whole else (),
        closed_flows=tuple(_closed(found, shape)),
        loops=tuple(sorted(loops)),
        is_whole=is_whole and found.is_whole,
    )


_kept: Shared[Report] = Shared(_make, most=20)


def _closed(found: Explored, shape: Shape) -> Iterator[tuple[str, str]]:
    """Flows that were only ever gone by force."""
    choices = [choice for way in found.all_ways() for choice in way.choices]
    opened = {(choice.gateway, source) for choice in choices if not choice.is_forced for source in choice.holding}
    for choice in dict.fromkeys((each.gateway, each.holding) for each in choices if each.is_forced):
        for flow in shape.outgoing.get(choice[0], []):
            source = "".join("".join(each.itertext()) for each in xml.find(flow, "./bpmn:conditionExpression")).strip()
            if source in choice[1] and (choice[0], source) not in opened:
                yield flow.get("id", ""), source


class _Chosen:
    """The paths that are shown: first such that together go every way, then the shortest of the others."""

    def __init__(self, found: Explored) -> None:
        self._ways = found.ways
        self._loops: Counter[str] = Counter()

    def paths(self) -> tuple[list[list[Way]], bool, set[str]]:
        """The paths, shortest first; whether these are all; and where loops were cut."""
        fill = list(islice(self._all(), MOST_PATHS + 1))
        is_whole = len(fill) <= MOST_PATHS and not self._is_tired
        if is_whole:
            return fill, True, set(self._loops)
        covering = list(self._covering())
        kept = {_signature(path): path for path in [*covering, *fill]}
        chosen = sorted(list(kept.values())[:MOST_PATHS], key=len)
        return chosen, False, set(self._loops)

    def _all(self) -> Iterator[list[Way]]:
        """Every path on which no node comes more often than it may; shorter ones first."""
        self._is_tired = False
        latest, looked = monotonic() + MOST_SECONDS, 0
        waiting: deque[list[Way]] = deque([[]])
        while waiting:
            path = waiting.popleft()
            looked += 1
            if looked > MOST_LOOKED_AT or monotonic() > latest:
                self._is_tired = True
                return
            if path and path[-1].target is None:
                yield path
                continue
            waiting.extend([*path, way] for way in self._next(path))

    def _next(self, path: list[Way]) -> Iterator[Way]:
        visits = Counter(node for way in path for node in _visited(way))
        for way in self._ways.get(path[-1].target or 0 if path else 0, []):
            often = next((node for node in (*way.path, way.node) if visits[node] >= MOST_VISITS), None)
            if often is not None:
                self._loops[often] += 1
            else:
                yield way

    def _covering(self) -> Iterator[list[Way]]:
        """The shortest path over everything that no path before went over."""
        before, after = self._first_ways(), self._last_ways()
        seen: set[Any] = set()
        for source in before:
            for way in self._ways.get(source, []):
                if _features(way) <= seen or not (way.target is None or way.target in after):
                    continue
                path = [*before[source], way, *_chain(after, way.target)]
                seen |= {feature for each in path for feature in _features(each)}
                yield path

    def _first_ways(self) -> dict[int, list[Way]]:
        """The shortest path to each state."""
        found: dict[int, list[Way]] = {0: []}
        waiting = deque([0])
        while waiting:
            state = waiting.popleft()
            for way in self._ways.get(state, []):
                if way.target is not None and way.target not in found:
                    found[way.target] = [*found[state], way]
                    waiting.append(way.target)
        return found

    def _last_ways(self) -> dict[int, Way]:
        """The first move of the shortest path from each state to an end."""
        into: dict[int | None, list[Way]] = {}
        for ways in self._ways.values():
            for way in ways:
                into.setdefault(way.target, []).append(way)
        found: dict[int, Way] = {}
        waiting: deque[int | None] = deque([None])
        while waiting:
            for way in into.get(waiting.popleft(), []):
                if way.source not in found:
                    found[way.source] = way
                    waiting.append(way.source)
        return found


def _chain(after: dict[int, Way], state: int | None) -> list[Way]:
    chain = []
    while state is not None:
        chain.append(after[state])
        state = after[state].target
    return chain


def _visited(way: Way) -> set[str]:
    return {*way.path, way.node} - {""}


def _features(way: Way) -> set[Any]:
    return _visited(way) | {(choice.gateway, choice.holding) for choice in way.choices} | {(way.kind, way.node)}


def _signature(path: Sequence[Way]) -> tuple[Any, ...]:
    return tuple((way.kind, way.node, way.choices) for way in path)


class _Teller:
    """Makes a path of ways: the facts go back to where they are given, and the real engine walks it."""

    def __init__(self, drawn: Drawn, shape: Shape) -> None:
        self._drawn, self._shape, self._solver = drawn, shape, Solver(shape)

    def path(self, number: int, ways: Sequence[Way]) -> Path:
        facts = self._given(ways)
        steps, is_sure = self._walk(ways, facts)
        forced = [choice for way in ways for choice in way.choices if choice.is_forced]
        passed = [node for way in ways for node in way.path]
        ends = [node for node in passed if node in self._shape.nodes and xml.kind(self._shape.nodes[node]) in _ENDS]
        trouble = next((way.trouble for way in ways if way.trouble), None)
        return Path(number, tuple(steps), tuple(dict.fromkeys(ends)), self._needs(forced), is_sure, trouble)

    def _given(self, ways: Sequence[Way]) -> list[dict[str, Any]]:
        """What each move is given: whatever gateways settle later, until it is given anew."""
        facts: list[dict[str, Any]] = [{} for _ in ways]
        giver: dict[str, int] = {}
        for place, way in enumerate(ways):
            giver.update(dict.fromkeys(way.freed, place))
            for name, value in (pair for choice in way.choices for pair in choice.settled):
                facts[giver.get(name, 0)].setdefault(name, value)
        for place, way in enumerate(ways):
            if way.kind == "complete" and OUTCOME.name not in facts[place]:
                facts[place][OUTCOME.name] = next(iter(self._solver.outcomes_of(way.node)), "done")
        return facts

    def _walk(self, ways: Sequence[Way], facts: Sequence[dict[str, Any]]) -> tuple[list[PathStep], bool]:
        run, steps, is_sure = None, [], True
        for way, given in zip(ways, facts, strict=True):
            told: dict[str, Any] = {"name": self._name(way.node), "role": None, "form": None, "clock": None}
            if run is not None and is_sure and way.kind == "complete":
                told |= _step_of(run, way.node)
            elif way.kind == "complete":
                told |= self._drawn_step(way.node)
            if is_sure:
                run, is_sure = _go(self._drawn, run, way, given)
            steps.append(PathStep(way.kind, way.node, facts=given, passed=way.path, **told))
        return steps, is_sure and not any(choice.is_forced for way in ways for choice in way.choices)

    def _drawn_step(self, node: str) -> dict[str, Any]:
        element = self._shape.nodes[node]
        extension = xml.extension(element, "task")
        drawn = dict(extension.attrib) if extension is not None else {}
        return {"role": self._shape.role_of(element), "form": drawn.get("form"), "clock": drawn.get("clock")}

    def _name(self, node: str) -> str:
        return name_of(self._shape.nodes[node]) if node in self._shape.nodes else node

    def _needs(self, forced: Sequence[Choice]) -> tuple[tuple[str, str], ...]:
        return tuple(dict.fromkeys((self._name(each.gateway), each.needs) for each in forced))


def _step_of(run: Run, node: str) -> dict[str, Any]:
    step = next((step for step in run.steps().values() if step.node == node), None)
    return {"name": step.name, "role": step.lane, "form": step.form, "clock": step.clock} if step is not None else {}


def _go(drawn: Drawn, run: Run | None, way: Way, facts: dict[str, Any]) -> tuple[Run | None, bool]:
    """Make the move by the real engine; whether it passed just the nodes that it should."""
    before = len(run.path) if run is not None else 0
    try:
        if run is None:
            run = Run.new(drawn, facts)
        else:
            _MOVES[way.kind](run, way.node, facts)
    except (CityLoopError, StopIteration, KeyError):
        return run, way.trouble is not None
    return run, tuple(run.path[before:]) == way.path


def _complete(run: Run, node: str, facts: dict[str, Any]) -> None:
    run.complete(next(key for key, step in run.steps().items() if step.node == node), facts)


def _perform(run: Run, node: str, facts: dict[str, Any]) -> None:
    run.perform(next(key for key, task in run.services().items() if task.task_spec.bpmn_id == node), facts)


def _fire(run: Run, node: str, _: dict[str, Any]) -> None:
    run.fire(*next(key for key in run.timers() if key[1] == node))


def _send(run: Run, name: str, facts: dict[str, Any]) -> None:
    run.send(name, facts)


_MOVES = {"complete": _complete, "perform": _perform, "fire": _fire, "send": _send}
