"""All that can happen in a drawing: the real engine is walked through it, and every gateway goes every way.

A fact is left open until a gateway asks for it; then one walk for each way goes on, with the values that open it. So a
drawing becomes a graph of states, with what leads from one to the next; ``studio.paths`` makes paths of it.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from engine.kit.errors import CityLoopError
from engine.kit.i18n import N_
from engine.process import codec, pruning, vocabulary, xml
from engine.process.directing import Choice, Director, next_tape
from engine.process.finding import Finding, Shape
from engine.process.running import Run
from engine.process.solving import Solver
from engine.process.specs import Drawn
from engine.process.vocabulary import OUTCOME

MOST_STATES = 1500
MOST_SECONDS = 12.0
BEGIN = "begin"


@dataclass(frozen=True)
class Way:
    """One move from a state to the next. ``kind`` is begin, complete, perform, fire or send; ``freed`` facts are given.

    ``target`` is None where the process has ended, or ``trouble`` says why it cannot go on.
    """

    source: int
    target: int | None
    kind: str
    node: str
    path: tuple[str, ...]
    choices: tuple[Choice, ...]
    freed: frozenset[str]
    trouble: Finding | None = None


@dataclass
class Explored:
    """The graph: the ways that leave each state. State 0 is before the beginning. ``is_whole``: nothing was cut off."""

    ways: dict[int, list[Way]] = field(default_factory=dict)
    is_whole: bool = True

    def all_ways(self) -> Iterator[Way]:
        """Every move that was found."""
        for ways in self.ways.values():
            yield from ways


def explore(drawn: Drawn, source: str | bytes) -> Explored:
    """Walk ``drawn``, whose XML is ``source``, wherever it leads; bounded in states and seconds."""
    return _Explorer(drawn, Shape(xml.read(source))).run()


@dataclass(frozen=True)
class _Move:
    kind: str
    node: str
    make: Callable[[Run], None]
    gives: frozenset[str] = frozenset()
    task_id: str = ""


class _Explorer:
    def __init__(self, drawn: Drawn, shape: Shape) -> None:
        self._drawn, self._shape, self._solver = drawn, shape, Solver(shape)
        self._director = Director(self._solver, {})
        self._found = Explored()
        self._numbers: dict[Any, int] = {}
        self._waiting: deque[tuple[int, bytes]] = deque()
        self._gives = {kind: vocabulary.mapping(kind) for kind in ("act_fact", "form_fact", "action_fact")}

    def run(self) -> Explored:
        latest = monotonic() + MOST_SECONDS
        begin = _Move(BEGIN, "", lambda _: None)
        self._found.ways[0] = self._ways(0, None, begin)
        while self._waiting:
            if monotonic() > latest or len(self._numbers) > MOST_STATES:
                self._found.is_whole = False
                break
            number, stored = self._waiting.popleft()
            run = self._load(stored)
            moves = self._moves(run)
            found = [way for move in moves for way in self._ways(number, stored, move)]
            self._found.ways[number] = found or [_stuck(number, run)]
        return self._found

    def _load(self, stored: bytes) -> Run:
        run = codec.load(stored, self._drawn)
        run.workflow.script_engine = self._director
        return run

    def _ways(self, source: int, stored: bytes | None, move: _Move) -> list[Way]:
        """The move, once for each combination of ways that the gateways behind it may go."""
        found: list[Way] = []
        tape: list[int] | None = []
        while tape is not None:
            self._director.begin(tape, self._solver.outcomes_of(move.node) if move.kind == "complete" else None)
            found.append(self._way(source, stored, move))
            tape = next_tape(tape, self._director.counts)
        return found

    def _way(self, source: int, stored: bytes | None, move: _Move) -> Way:
        run: Run | None = None
        freed = frozenset[str]()
        try:
            if stored is None:
                run = Run.new(self._drawn, {}, self._director)
            else:
                run = self._load(stored)
                freed = self._free(run, move)
                move.make(run)
            pruning.prune(run.workflow)
            target, trouble = (None if run.ended else self._number(run)), None
        except CityLoopError as error:
            target, trouble = None, Finding(move.node or "drawing", error.message_id, error.params)
        path = tuple(run.path) if run is not None else ()
        return Way(source, target, move.kind, move.node, path, tuple(self._director.choices), freed, trouble)

    def _number(self, run: Run) -> int:
        key = _key(run, self._solver.names)
        if key not in self._numbers:
            self._numbers[key] = len(self._numbers) + 1
            self._waiting.append((self._numbers[key], codec.dump(run)))
        return self._numbers[key]

    def _free(self, run: Run, move: _Move) -> frozenset[str]:
        """What the move gives is open again; but what was found to be so, or not so, stays that."""
        if not move.task_id:
            return frozenset()
        data = run.data_of(move.task_id)
        freed = {name for name in move.gives if name not in data or not self._solver.is_truth(name)}
        for name in freed:
            data.pop(name, None)
        return frozenset(freed)

    def _moves(self, run: Run) -> list[_Move]:
        """What may happen now. Of things that go on beside each other, one is done after the other, always alike."""
        for task_id, task in sorted(run.services().items(), key=lambda item: str(item[1].task_spec.bpmn_id)):
            node = str(task.task_spec.bpmn_id)
            gives = frozenset(self._gives["action_fact"].get(task.task_spec.extensions["action"], ()))
            return [_Move("perform", node, lambda run, key=task_id: run.perform(key, {}), gives, task_id)]  # type: ignore[misc]
        moves = []
        for task_id, step in sorted(run.steps().items(), key=lambda item: item[1].node)[:1]:
            given = self._gives["act_fact"].get(step.act or "") or self._gives["form_fact"].get(step.form or "", ())
            gives = frozenset({*given, OUTCOME.name})
            moves.append(_Move("complete", step.node, lambda run, key=task_id: run.complete(key, {}), gives, task_id))  # type: ignore[misc]
        for key, timer in sorted(run.timers().items(), key=lambda item: item[1].node):
            moves.append(_Move("fire", timer.node, lambda run, key=key: run.fire(*key)))  # type: ignore[misc]
        for name in sorted(run.messages()):
            moves.append(_Move("send", name, lambda run, name=name: run.send(name, {})))  # type: ignore[misc]
        return moves


def _key(run: Run, names: set[str]) -> Any:
    """What a state can be told by: where tokens wait, and what each knows of the facts that conditions read."""
    steps = {key: step.node for key, step in run.steps().items()}
    known = [
        (node, tuple(sorted((name, str(value)) for name, value in data.items()
                            if name in names and not (key in steps and name == OUTCOME.name))))
        for key, node, data in run.standing()
    ]  # fmt: skip
    timers = sorted(timer.node for timer in run.timers().values())
    return tuple(sorted(known)), tuple(timers)


def _stuck(number: int, run: Run) -> Way:
    node = next(iter(sorted(run.waiting_nodes())), "drawing")
    text = N_('A dry run got stuck at "%(name)s": tokens that it waits for can no longer come.')
    return Way(number, None, "stuck", node, (), (), frozenset(), Finding(node, text, {"name": node}))
