"""Dry runs: a drawing is walked many times with its gateways choosing for themselves, and must never get stuck."""

from collections import Counter
from collections.abc import Callable
from random import Random
from time import monotonic
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.kit.errors import CityLoopError
from engine.kit.i18n import N_
from engine.process import pruning
from engine.process.finding import Finding
from engine.process.joining import InclusiveGateway
from engine.process.running import Run
from engine.process.specs import Drawn

WALKS = 40
MOST_MOVES = 120
"""Of one walk: a walk that still goes round a loop then is left, others will have taken the way out."""
MOST_SECONDS = 20.0
"""Of all walks together: what somebody drew to be slow is walked less often."""


class _Chooser:
    """Stands in for CEL: takes each way out of a gateway as often as the others, and lets scripts pass.

    Of an inclusive gateway it sometimes takes more ways than one.
    """

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._taken: Counter[tuple[str, str | None]] = Counter()
        self._choices: dict[Any, str | None] = {}

    def evaluate(self, task: Any, expression: str, external_context: Any = None) -> bool:  # noqa: ARG002 - Spiff's call
        if task.id not in self._choices:
            ways = [way.args[0] if way is not None else None for way, _ in task.task_spec.cond_task_specs]
            self._choices[task.id] = choice = min(ways, key=lambda way: self._taken[task.task_spec.name, way])
            self._taken[task.task_spec.name, choice] += 1
        is_extra = isinstance(task.task_spec, InclusiveGateway) and self._chance.random() < 0.3
        return self._choices[task.id] == expression or is_extra

    def execute(self, task: Any, script: str, external_context: Any = None) -> bool:  # noqa: ARG002 - Spiff's call
        return True


def rehearse(drawn: Drawn) -> list[Finding]:
    """Where walks through ``drawn`` got stuck or ran in circles; at most one finding for each place."""
    return walk_on(lambda engine: Run.new(drawn, {}, engine))


def walk_on(begin: Callable[[Any], Run], walks: int = WALKS) -> list[Finding]:
    """The same for walks that ``begin`` wherever it says; it is given what stands in for CEL."""
    chance, found = Random(0), {}
    chooser, latest = _Chooser(chance), monotonic() + MOST_SECONDS
    for _ in range(walks):
        if monotonic() > latest:
            break
        finding = _walk(begin, chooser, chance)
        if finding is not None:
            found[finding.element_id] = finding
    return list(found.values())


def _walk(begin: Callable[[Any], Run], chooser: _Chooser, chance: Random) -> Finding | None:
    try:
        run = begin(chooser)
        for _ in range(MOST_MOVES):
            if run.ended:
                return None
            moves = _moves(run)
            if not moves:
                return _stuck(run)
            chance.choice(moves)()
            pruning.prune(run.workflow)
    except CityLoopError as error:
        return Finding("drawing", error.message_id, error.params)
    return None


def _moves(run: Run) -> list[Callable[[], None]]:
    moves: list[Callable[[], None]] = [lambda key=key: run.complete(key, {}) for key in run.steps()]  # type: ignore[misc]
    moves += [lambda key=key: run.perform(key, {}) for key in run.services()]  # type: ignore[misc]
    moves += [lambda key=key, node=node: run.fire(key, node) for key, node in run.timers()]  # type: ignore[misc]
    return moves + [lambda name=name: run.send(name, {}) for name in run.messages()]  # type: ignore[misc]


def _stuck(run: Run) -> Finding:
    waiting = [task for task in run.tasks() if task._state == TaskState.WAITING and task.task_spec.bpmn_id]
    spec = waiting[0].task_spec if waiting else None
    name = (spec.bpmn_name or spec.bpmn_id) if spec is not None else ""
    text = N_('A dry run got stuck at "%(name)s": tokens that it waits for can no longer come.')
    return Finding(spec.bpmn_id if spec is not None else "drawing", text, {"name": name})
