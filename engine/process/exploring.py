"""All that can happen in a drawing: the real engine is walked through it, and every gateway goes every way.

A fact is left open until a gateway asks for it; then one walk for each way goes on, with the values that open it. So a
drawing becomes a graph of states, with what leads from one to the next; ``studio.paths`` makes paths of it.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from engine.kit.errors import CityLoopError
from engine.kit.i18n import N_
from engine.process import codec, expressions, pruning, vocabulary, xml
from engine.process.finding import Finding, Shape
from engine.process.joining import InclusiveGateway
from engine.process.running import Run
from engine.process.solving import Required, Solver, variables
from engine.process.specs import Drawn
from engine.process.vocabulary import OUTCOME

MOST_STATES = 1500
MOST_SECONDS = 12.0
BEGIN = "begin"


@dataclass(frozen=True)
class Choice:
    """A gateway went one way: the conditions that hold there, and the facts that were settled by it.

    ``needs`` is what would have to hold where no facts were found that open this way, and it was gone nevertheless.
    """

    gateway: str
    holding: tuple[str, ...]
    settled: tuple[tuple[str, Any], ...]
    needs: str = ""

    @property
    def is_forced(self) -> bool:
        """Whether it was gone though nothing was found that opens it."""
        return bool(self.needs)


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


class _Director:
    """Stands in for CEL while one move is made: a tape of numbers says which way each gateway takes."""

    def __init__(self, solver: Solver, never: dict[Any, bool]) -> None:
        self._solver, self._never = solver, never
        self.begin([], None)

    def begin(self, tape: Sequence[int], ended: list[str] | None) -> None:
        """Another move; where the tape ends, first ways are taken, and ``counts`` says of how many."""
        self._tape, self._ended = list(tape), ended
        self.counts: list[int] = []
        self.choices: list[Choice] = []
        self._taken: dict[Any, Choice] = {}

    def evaluate(self, task: Any, expression: str, external_context: Any = None) -> bool:  # noqa: ARG002 - Spiff's call
        if task.id not in self._taken:
            self._taken[task.id] = self._choose(task)
        return expression in self._taken[task.id].holding

    def execute(self, task: Any, script: str, external_context: Any = None) -> bool:  # noqa: ARG002 - Spiff's call
        read = {name for _, source in _assigned(script) for name in variables(source)}
        open_ones = {name: self._solver.example(name) for name in sorted(read - task.data.keys())}
        written = {name for name, _ in _assigned(script)}
        try:
            given = expressions.execute(script, {**open_ones, **task.data})
        except (CityLoopError, ValueError):
            # What it would have written is open again.
            given = {}
            for name in written:
                task.data.pop(name, None)
        task.data.update({name: value for name, value in open_ones.items() if name not in written} | given)
        settled = tuple((name, value) for name, value in open_ones.items())
        if settled:
            self.choices.append(Choice(str(task.task_spec.bpmn_id), (), settled))
        return True

    def _choose(self, task: Any) -> Choice:
        options = self._options(task)
        place = len(self.counts)
        self.counts.append(len(options))
        choice = options[self._tape[place] if place < len(self._tape) else 0]
        task.data.update(choice.settled)
        self.choices.append(choice)
        return choice

    def _options(self, task: Any) -> list[Choice]:
        known = {name: value for name, value in task.data.items() if name in self._solver.names}
        found = []
        for holding, required in _ways_out(task.task_spec):
            found += self._of_way(str(task.task_spec.bpmn_id), holding, required, known)
        # Nothing opens any way: the engine says so itself.
        return found or [Choice(str(task.task_spec.bpmn_id), (), ())]

    def _of_way(
        self, gateway: str, holding: tuple[str, ...], required: Required, known: Mapping[str, Any]
    ) -> list[Choice]:
        answers = self._solver.answers(required, known, self._ended)
        if answers:
            return [Choice(gateway, holding, tuple(sorted(each.items()))) for each in answers]
        key = (gateway, holding, tuple(self._ended or ()))
        if key not in self._never:
            self._never[key] = not self._solver.answers(required, {}, self._ended)
        # A way that other facts open is gone elsewhere; one that none opens, here.
        is_open_question = self._never[key] and not _is_settled(required, known)
        return [Choice(gateway, holding, (), _written(required))] if is_open_question else []


def _written(required: Required) -> str:
    return " && ".join(source if wanted else f"!({source})" for source, wanted in required)


def _is_settled(required: Required, known: Mapping[str, Any]) -> bool:
    """Whether all that is asked for is known: then the answer is no, and there is nothing to force."""
    return all(variables(source) <= known.keys() for source, _ in required)


def _ways_out(spec: Any) -> list[tuple[tuple[str, ...], Required]]:
    """The ways out of a gateway: the conditions that hold on each, and what is required of all of them."""
    conditions = [way.args[0] for way, _ in spec.cond_task_specs if way is not None]
    if isinstance(spec, InclusiveGateway):
        chosen = [(each,) for each in conditions] + ([tuple(conditions)] if len(conditions) > 1 else [])
        has_default = len(conditions) < len(spec.cond_task_specs)
        chosen += [()] if has_default else []
        return [(each, [(source, source in each) for source in conditions]) for each in chosen]
    ways: list[tuple[tuple[str, ...], Required]] = []
    for place, source in enumerate(conditions):
        ways.append(((source,), [*((other, False) for other in conditions[:place]), (source, True)]))
    if getattr(spec, "default_task_spec", None) is not None:
        ways.append(((), [(source, False) for source in conditions]))
    return ways


def _assigned(script: str) -> list[tuple[str, str]]:
    try:
        return expressions.assignments(script)
    except ValueError:
        return []


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
        self._director = _Director(self._solver, {})
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
            tape = _next(tape, self._director.counts)
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


def _next(tape: Sequence[int], counts: Sequence[int]) -> list[int] | None:
    """The next combination; None after the last."""
    digits = [*tape, *[0] * (len(counts) - len(tape))][: len(counts)]
    while digits:
        digits[-1] += 1
        if digits[-1] < counts[len(digits) - 1]:
            return digits
        digits.pop()
    return None


def _stuck(number: int, run: Run) -> Way:
    node = next(iter(sorted(run.waiting_nodes())), "drawing")
    text = N_('A dry run got stuck at "%(name)s": tokens that it waits for can no longer come.')
    return Way(number, None, "stuck", node, (), (), frozenset(), Finding(node, text, {"name": node}))
