"""Moving an instance: start, complete, send, withdraw. Each runs in the caller's transaction and commits nothing."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from engine.process import catching_up, definitions, instances, specs
from engine.process.errors import ExpressionFailed, Undecided
from engine.process.instances import Loaded
from engine.process.moving import Before, finish
from engine.process.running import Run
from engine.process.subjects import Move

log = logging.getLogger(__name__)


def start(
    key: str, *, subject_kind: str, subject_id: int, facts: Mapping[str, Any], by_id: int | None, at: datetime
) -> Move:
    """Begin the active version of drawing ``key`` for a subject.

    Raises NoSuchProcess, ProcessSuspended, FactsRefused, and Conflict where the drawing cannot go on with these facts.
    """
    definition = definitions.startable(key)
    drawn = specs.drawn.get(definition.digest, lambda: instances.source_of(definition.id))
    run = Run.laid_out(drawn, facts)
    with _said_plainly(run):
        run.advance()
    loaded = instances.begin(definition, subject_kind=subject_kind, subject_id=subject_id, run=run, at=at)
    return finish(loaded, None, kind="started", facts=facts, by_id=by_id, at=at)


def complete(task_id: str, facts: Mapping[str, Any], *, by_id: int | None, at: datetime) -> Move:
    """A person has done an open step; ``facts`` always carry its ``outcome``.

    Raises StepGone (a Conflict) where it is not open any more, which changes nothing; FactsRefused; and Conflict where
    the drawing cannot go on with these facts.
    """
    loaded = instances.of_task(task_id)
    before = Before.of(loaded.run)
    catching_up.catch_up(loaded)
    with _said_plainly(loaded.run):
        loaded.run.complete(task_id, facts)
    return finish(loaded, before, kind="completed", task_id=task_id, facts=facts, by_id=by_id, at=at)


def send(instance_id: int, message: str, facts: Mapping[str, Any], *, by_id: int | None, at: datetime) -> Move:
    """Hand ``message`` to the event that waits for it.

    Raises NobodyWaits, InstanceEnded, NotFound, FactsRefused.
    """
    loaded = instances.of(instance_id)
    before = Before.of(loaded.run)
    catching_up.catch_up(loaded)
    with _said_plainly(loaded.run):
        loaded.run.send(message, facts)
    return finish(loaded, before, kind="sent", node=message, facts=facts, by_id=by_id, at=at)


def withdraw(instance_id: int, *, outcome: str, by_id: int | None, at: datetime) -> Move:
    """Take every token off (void, merged …) and end the instance with ``outcome``.

    Raises InstanceEnded, NotFound.
    """
    loaded = instances.of(instance_id)
    before = Before.of(loaded.run)
    loaded.run.withdraw()
    return finish(loaded, before, kind="withdrawn", node=outcome, outcome=outcome, facts={}, by_id=by_id, at=at)


def fire(loaded: Loaded, task_id: str, node: str, *, at: datetime) -> Move:
    """The due moment of a timer has come (used by ``timers``). Raises StepGone where it does not wait any more."""
    before = Before.of(loaded.run)
    catching_up.catch_up(loaded)
    with _said_plainly(loaded.run):
        loaded.run.fire(task_id, node)
    return finish(loaded, before, kind="fired", task_id=task_id, node=node, facts={}, by_id=None, at=at)


def perform(loaded: Loaded, task_id: str, facts: Mapping[str, Any], *, at: datetime) -> Move:
    """A worker has performed a service task (used by ``outbox``). Raises StepGone where it does not wait any more."""
    before = Before.of(loaded.run)
    catching_up.catch_up(loaded)
    with _said_plainly(loaded.run):
        loaded.run.perform(task_id, facts)
    return finish(loaded, before, kind="performed", task_id=task_id, facts=facts, by_id=None, at=at)


@contextmanager
def _said_plainly(run: Run) -> Iterator[None]:
    """Where a condition fails, whoever acts is told at which place; the log is told why."""
    try:
        yield
    except ExpressionFailed as error:
        log.warning("nothing could be decided at %s: %s", run.came_to, error)
        raise Undecided(run.came_to, error) from error
