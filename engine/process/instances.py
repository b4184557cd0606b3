"""Locking, reading and writing an instance's row: the few statements that every move is made of."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    ScalarSelect,
    Select,
    Table,
    Update,
    bindparam,
    insert,
    literal_column,
    null,
    select,
    update,
)

from engine.kit.db import db
from engine.kit.errors import NotFound
from engine.process import codec, pruning, specs
from engine.process.batching import Bind, Kind, Write
from engine.process.errors import InstanceEnded, StepGone
from engine.process.models import OpenTask, OpenTimer, ProcessDefinition, ProcessInstance
from engine.process.running import Run

INSTANCE: Table = ProcessInstance.__table__  # type: ignore[assignment]
DEFINITION: Table = ProcessDefinition.__table__  # type: ignore[assignment]
TASK: Table = OpenTask.__table__  # type: ignore[assignment]
_TIMER: Table = OpenTimer.__table__  # type: ignore[assignment]
# Plain tables, not mapped classes: a step need not load, track and flush objects.


@dataclass
class Loaded:
    """An instance that this transaction has locked, and its run in memory."""

    instance_id: int
    definition_id: int
    subject_kind: str
    subject_id: int
    revision: int
    run: Run
    due_at: datetime | None = None
    """Of the open step or timer that it was found by: when it is to be done, or fires."""


def begin(definition: Any, *, subject_kind: str, subject_id: int, run: Run, at: datetime) -> Loaded:
    """Insert the row of an instance that has just begun. ``definition`` is a row of process_definition."""
    values = {"definition_id": definition.id, "subject_kind": subject_kind, "subject_id": subject_id,
              "revision": 1, "started_at": at, **_written(run, at)}  # fmt: skip
    key = db.session.execute(insert(INSTANCE).values(values).returning(INSTANCE.c.id)).scalar_one()
    return Loaded(key, definition.id, subject_kind, subject_id, 1, run)


def of_task(task_id: str) -> Loaded:
    """Lock and read the instance of an open task, in one statement.

    Raises StepGone where the task is not open any more.
    """
    return _loaded(db.session.execute(_BY_TASK, {"key": task_id}).one_or_none(), StepGone())


def of_timer(timer_id: int) -> Loaded:
    """Lock and read the instance of an open timer.

    Raises StepGone where the timer is gone.
    """
    return _loaded(db.session.execute(_BY_TIMER, {"key": timer_id}).one_or_none(), StepGone())


def of(instance_id: int) -> Loaded:
    """Lock and read an instance.

    Raises NotFound, or InstanceEnded where it no longer runs.
    """
    return _loaded(db.session.execute(_BY_ID, {"key": instance_id}).one_or_none(), NotFound())


def peek(instance_id: int) -> Run | None:
    """Read an instance without locking it: for pictures. None where it has ended or is not there."""
    columns = (INSTANCE.c.state, INSTANCE.c.definition_id, DEFINITION.c.digest)
    joined = select(*columns).join(DEFINITION, DEFINITION.c.id == INSTANCE.c.definition_id)
    row = db.session.execute(joined.where(INSTANCE.c.id == instance_id)).one_or_none()
    if row is None or row.state is None:
        return None
    return codec.load(row.state, specs.drawn.get(row.digest, lambda: source_of(row.definition_id)))


def writing(loaded: Loaded, at: datetime, outcome: str | None = None) -> Write:
    """The write that stores the run; it touches no row where somebody wrote since it was read."""
    values = {"id": loaded.instance_id, "revision": loaded.revision, **_written(loaded.run, at)}
    if outcome is not None:
        values |= {"outcome": outcome, "ended_at": at, "state": None}
    return Write(_STORED, values)


def rewriting(loaded: Loaded, at: datetime) -> Write:
    """The same where the instance was given to another version, which ``loaded.definition_id`` names."""
    values = {"id": loaded.instance_id, "revision": loaded.revision, "definition_id": loaded.definition_id}
    return Write(_REWRITTEN, values | _written(loaded.run, at))


def _written(run: Run, at: datetime) -> dict[str, Any]:
    if run.ended:
        return {"state": None, "ended_at": at, "outcome": run.last_end[0]}
    pruning.prune(run.workflow)
    return {"state": codec.dump(run), "ended_at": None, "outcome": None}


def _reading(*more: ColumnElement[Any]) -> Select[Any]:
    columns = (INSTANCE.c.id, INSTANCE.c.definition_id, INSTANCE.c.subject_kind, INSTANCE.c.subject_id,
               INSTANCE.c.revision, INSTANCE.c.state, DEFINITION.c.digest)  # fmt: skip
    joined = select(*columns, *more).join(DEFINITION, DEFINITION.c.id == INSTANCE.c.definition_id)
    return joined.with_for_update(of=INSTANCE)


def _keyed(column: Column[Any]) -> ScalarSelect[Any]:
    """A column of the one row of its table whose id is given as ``key``."""
    return select(column).where(column.table.c.id == bindparam("key")).scalar_subquery()


def _loaded(row: Any, missing: Exception) -> Loaded:
    if row is None:
        raise missing
    if row.state is None:
        raise StepGone if isinstance(missing, StepGone) else InstanceEnded
    drawn = specs.drawn.get(row.digest, lambda: source_of(row.definition_id))
    run = codec.load(row.state, drawn)
    return Loaded(row.id, row.definition_id, row.subject_kind, row.subject_id, row.revision, run, row.due_at)


def source_of(definition_id: int) -> str:
    """The XML of a definition."""
    return str(db.session.execute(select(DEFINITION.c.xml).where(DEFINITION.c.id == definition_id)).scalar_one())


def _storing(columns: tuple[str, ...]) -> Kind:
    def make(bind: Bind) -> Update:
        same = (INSTANCE.c.id == bind(INSTANCE.c.id)) & (INSTANCE.c.revision == bind(INSTANCE.c.revision))
        stored = {name: bind(INSTANCE.c[name]) for name in columns}
        return update(INSTANCE).where(same).values(stored | {"revision": literal_column("revision + 1")})

    return Kind(INSTANCE, ("id", "revision", *columns), make)


_STORED = _storing(("state", "ended_at", "outcome"))
_REWRITTEN = _storing(("state", "ended_at", "outcome", "definition_id"))
_READING = _reading(null().label("due_at"))
_BY_ID = _READING.where(INSTANCE.c.id == bindparam("key"))
# Not joined: by what it believes of a million timers, PostgreSQL may read all instances to merge them with one timer.
_BY_TASK = _reading(_keyed(TASK.c.due_at).label("due_at")).where(INSTANCE.c.id == _keyed(TASK.c.instance_id))
_BY_TIMER = _reading(_keyed(_TIMER.c.due_at).label("due_at")).where(INSTANCE.c.id == _keyed(_TIMER.c.instance_id))
