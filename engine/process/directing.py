"""Which way every gateway goes while a drawing is explored, and the facts that are made up to open it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.kit.errors import CityLoopError
from engine.process import expressions
from engine.process.joining import InclusiveGateway
from engine.process.solving import Required, Solver, variables


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


class Director:
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
        """Whether a condition holds on the way that the tape chose for this gateway."""
        if task.id not in self._taken:
            self._taken[task.id] = self._choose(task)
        return expression in self._taken[task.id].holding

    def execute(self, task: Any, script: str, external_context: Any = None) -> bool:  # noqa: ARG002 - Spiff's call
        """What a script reads and nobody gave is made up; what it writes is known from then on."""
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


def next_tape(tape: Sequence[int], counts: Sequence[int]) -> list[int] | None:
    """The next combination of ways that gateways may go; None after the last."""
    digits = [*tape, *[0] * (len(counts) - len(tape))][: len(counts)]
    while digits:
        digits[-1] += 1
        if digits[-1] < counts[len(digits) - 1]:
            return digits
        digits.pop()
    return None
