"""One path through a drawing, told step by step: what each is given, and whether the real engine then goes just so."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine.kit.errors import CityLoopError
from engine.process import exploring, parser, xml
from engine.process.directing import Choice
from engine.process.exploring import Way
from engine.process.finding import Finding, Shape, name_of
from engine.process.running import Run
from engine.process.solving import Solver
from engine.process.specs import Drawn
from engine.process.vocabulary import OUTCOME

_ENDS = ("endEvent",)
_NO_NODE = {exploring.BEGIN, "send"}
"""Kinds of moves that are not made at a node."""


@dataclass(frozen=True)
class PathStep:
    """One move of a path. ``kind`` is begin, complete, perform, fire or send; ``facts`` are what it is given.

    ``clock`` is the time limit of a step, or the one that a timer waits for.
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


class Teller:
    """Makes a path of ways: the facts go back to where they are given, and the real engine walks it."""

    def __init__(self, drawn: Drawn, shape: Shape) -> None:
        self._drawn, self._shape, self._solver = drawn, shape, Solver(shape)

    def path(self, number: int, ways: Sequence[Way]) -> Path:
        """The path that these moves make."""
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
            elif way.kind == "fire":
                told["clock"], _ = parser.timer_of(self._shape.nodes[way.node])
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
            MOVES[way.kind](run, way.node, facts)
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


MOVES = {"complete": _complete, "perform": _perform, "fire": _fire, "send": _send}
"""How the real engine makes a move: by its kind, at a node or with a message, with facts."""
