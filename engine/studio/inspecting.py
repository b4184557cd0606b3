"""One instance, all that there is to see of it: its tokens and what they know, its history, and what it waits for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from engine.cases.models import Case
from engine.kit.db import db
from engine.kit.errors import NotFound
from engine.organization.models import User
from engine.process import charts, relocating
from engine.process.charts import Chart
from engine.process.models import (
    Incident,
    MigrationStep,
    OpenTask,
    OpenTimer,
    OutboxMessage,
    ProcessDefinition,
    ProcessEvent,
    ProcessInstance,
)
from engine.process.relocating import Board, Spot
from engine.studio import mending

BETWEEN_VERSIONS = frozenset({"migrated", "moved_back"})
"""The kinds of moves that change an instance's version, not where it stands."""


@dataclass(frozen=True)
class Token:
    """A token that waits, and what it knows."""

    spot: Spot
    facts: dict[str, Any]
    step: OpenTask | None


@dataclass(frozen=True)
class Page:
    """One instance. ``board`` is None once it has ended; ``names`` are people by id, ``versions`` numbers by id."""

    instance: ProcessInstance
    definition: ProcessDefinition
    case: Case | None
    chart: Chart
    board: Board | None
    tokens: Sequence[Token]
    history: Sequence[ProcessEvent]
    timers: Sequence[OpenTimer]
    outbox: Sequence[OutboxMessage]
    incidents: Sequence[Incident]
    migrations: Sequence[MigrationStep]
    names: dict[int, str]
    versions: dict[int, int]

    @property
    def visited(self) -> set[str]:
        """The nodes that it has passed."""
        return {node for event in self.history for node in event.path}

    @property
    def here(self) -> set[str]:
        """The nodes where it waits."""
        return {token.spot.node.id for token in self.tokens}


def page(instance_id: int) -> Page:
    """All of it, in nine statements, and two more once it has changed its version.

    Raises NotFound.
    """
    instance, definition = _found(instance_id)
    (history, names), migrations = _history(instance_id), _of(MigrationStep, instance_id)
    state, chart = instance.state, charts.known(definition.digest, definition.xml)
    board = relocating.board(state, definition.id, definition.digest) if state is not None else None
    return Page(
        instance=instance,
        definition=definition,
        case=mending.case_of(instance),
        chart=chart,
        board=board,
        tokens=_tokens(board, instance_id) if board is not None else (),
        history=history,
        timers=_of(OpenTimer, instance_id),
        outbox=_of(OutboxMessage, instance_id),
        incidents=_of(Incident, instance_id),
        migrations=migrations,
        names=names,
        versions=_versions(migrations),
    )


def doer_of(event: ProcessEvent) -> int | None:
    """Whose move it was; None is the program. Changes of version keep the name in their facts: no hand in the case."""
    by_id: int | None = event.facts.get("by") if event.kind in BETWEEN_VERSIONS else event.by_id
    return by_id


def _found(instance_id: int) -> tuple[ProcessInstance, ProcessDefinition]:
    joined = select(ProcessInstance, ProcessDefinition).join(
        ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id
    )
    found = db.session.execute(joined.where(ProcessInstance.id == instance_id)).one_or_none()
    if found is None:
        raise NotFound
    return found[0], found[1]


def _of(model: Any, instance_id: int) -> list[Any]:
    return list(db.session.scalars(select(model).where(model.instance_id == instance_id).order_by(model.id)))


def _tokens(board: Board, instance_id: int) -> list[Token]:
    steps = {each.id: each for each in _of(OpenTask, instance_id)}
    movable = {spot.task_id: spot for spot in board.spots()}
    known = {token.task_id: token.facts for _, token in board.where.everywhere()}
    return [Token(spot, known[key], steps.get(key)) for key, spot in movable.items()]


def _history(instance_id: int) -> tuple[list[ProcessEvent], dict[int, str]]:
    """Its moves, oldest first, and the names of who made them."""
    joined = select(ProcessEvent, User.name).outerjoin(User, User.id == ProcessEvent.by_id)
    rows = db.session.execute(joined.where(ProcessEvent.instance_id == instance_id).order_by(ProcessEvent.id)).all()
    names = {event.by_id: name for event, name in rows if event.by_id is not None}
    others = {doer for event, _ in rows if (doer := doer_of(event)) is not None} - names.keys()
    if others:
        names |= dict(db.session.execute(select(User.id, User.name).where(User.id.in_(others))).tuples().all())
    return [event for event, _ in rows], names


def _versions(migrations: Sequence[MigrationStep]) -> dict[int, int]:
    ids = {step.from_id for step in migrations} | {step.to_id for step in migrations}
    if not ids:
        return {}
    chosen = select(ProcessDefinition.id, ProcessDefinition.version).where(ProcessDefinition.id.in_(ids))
    return dict(db.session.execute(chosen).tuples().all())
