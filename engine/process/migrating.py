"""Moving running instances from one version of a drawing to another, and back until somebody moves them on.

For a neighbour (``studio.migrations``) that holds the subjects: ``routes`` answers for any instance whether it can
move, ``migrate`` moves some, ``undo`` takes them back; all in the caller's transaction. An instance moves whole or not
at all. It keeps its open steps with their ids, so that whoever has one on his screen can still do it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Table, select, update

from engine.kit.db import db
from engine.kit.errors import CityLoopError
from engine.kit.i18n import N_
from engine.process import batching, codec, incidents, instances, reconciling, specs
from engine.process.batching import Write, inserting
from engine.process.instances import INSTANCE, Loaded
from engine.process.models import MigrationStep
from engine.process.moving import EVENT_ROW
from engine.process.reconciling import Change, Rows
from engine.process.routes import Route, Version, group_of, route, version
from engine.process.standing import Standing
from engine.process.transposing import Reason

STEP: Table = MigrationStep.__table__  # type: ignore[assignment]


@dataclass(frozen=True)
class Result:
    """What became of one instance: moved (or taken back), left for ``reasons``, or busy: try again in a moment."""

    state: Literal["moved", "undone", "left", "busy", "passed"]
    reasons: tuple[Reason, ...] = ()


def migrate(
    way: Route,
    instance_ids: Sequence[int],
    *,
    by_id: int | None,
    at: datetime,
    run_id: int | None = None,
    groups: Collection[str] | None = None,
) -> dict[int, Result]:
    """Move instances that the caller's transaction holds the subjects of; what became of each.

    With ``groups``, only those that stand in one of them when their turn comes; others are passed.
    """
    rows = {row.id: row for row in _locked(instance_ids)}
    open_rows = reconciling.read(list(rows))
    results: dict[int, Result] = {}
    for key in instance_ids:
        row = rows.get(key)
        if row is None or row.state is None or row.definition_id != way.source.id:
            results[key] = Result("left", (Reason(N_("It has ended, or does not run on this version any more.")),))
            continue
        where = way.standing(row.state)
        if groups is not None and group_of(where).key not in groups:
            results[key] = Result("passed")
            continue
        results[key] = _moved(way, row, where, open_rows[key], _Doing(by_id, at, run_id))
    incidents.follow([key for key, result in results.items() if result.state == "moved"], at=at)
    return results


def undo(step_ids: Sequence[int], *, by_id: int | None, at: datetime) -> dict[int, Result]:
    """Take instances back that nobody has moved on since, by the ids of their steps of migration."""
    steps = list(db.session.execute(select(STEP).where(STEP.c.id.in_(step_ids)).order_by(STEP.c.id)))
    rows = {row.id: row for row in _locked([step.instance_id for step in steps])}
    open_rows = reconciling.read(list(rows))
    results = {s.id: _undone(s, rows[s.instance_id], open_rows[s.instance_id], by_id, at) for s in steps}
    incidents.follow([step.instance_id for step in steps], at=at)
    return results


def forget(before: datetime) -> int:
    """Let go of what instances were that moved before that moment: they cannot be taken back from then on; how many."""
    old = (STEP.c.at < before) & STEP.c.state.is_not(None)
    return int(db.session.execute(update(STEP).where(old).values(state=None)).rowcount)  # type: ignore[attr-defined]


@dataclass(frozen=True)
class _Doing:
    by_id: int | None
    at: datetime
    run_id: int | None


def _moved(way: Route, row: Any, where: Standing, rows: Rows, doing: _Doing) -> Result:
    busy = rows.claimed(doing.at)
    if busy is not None:
        text = N_('A worker is performing "%(name)s" at this moment.')
        return Result("busy", (Reason(text, {"name": way.plan.source.label(busy)}),))
    reasons = way.why_not(where)
    if reasons:
        return Result("left", reasons)
    try:
        run = way.run(where)
    except CityLoopError as error:
        return Result("left", (Reason(error.message_id, error.params),))
    names = {key: way.plan.renamed(key[1]) for key in rows.timers}
    change = Change(way.plan.source, way.plan.target, names, doing.at, doing.by_id)
    loaded = Loaded(row.id, way.target.id, row.subject_kind, row.subject_id, row.revision, run)
    step = {"instance_id": row.id, "run_id": doing.run_id, "from_id": way.source.id, "to_id": way.target.id,
            "mapping": way.plan.mapping, "revision": row.revision + 1, "state": row.state, "dues": rows.dues(),
            "group_key": group_of(where).key, "at": doing.at, "by_id": doing.by_id}  # fmt: skip
    _write(loaded, rows, change, ("migrated", way.plan.names()), way.source, way.target, Write(_KEPT, step))
    return Result("moved")


def _undone(step: Any, row: Any, rows: Rows, by_id: int | None, at: datetime) -> Result:
    if step.undone_at is not None or row.definition_id != step.to_id:
        return Result("left", (Reason(N_("It has been taken back already, or moved again.")),))
    if step.state is None:
        return Result("left", (Reason(N_("It was moved so long ago that what it was before is not kept any more.")),))
    if row.revision != step.revision or row.state is None:
        return Result("left", (Reason(N_("Somebody has gone on with it since.")),))
    way = route(version(step.from_id), version(step.to_id), step.mapping)
    busy = rows.claimed(at)
    if busy is not None:
        text = N_('A worker is performing "%(name)s" at this moment.')
        return Result("busy", (Reason(text, {"name": way.plan.target.label(busy)}),))
    drawn = specs.drawn.get(way.source.digest, lambda: instances.source_of(way.source.id))
    run = codec.load(step.state, drawn)
    names = {(task, way.plan.renamed(node)): node for task, node in run.timers()}
    change = Change(way.plan.target, way.plan.source, names, at, by_id, step.dues)
    loaded = Loaded(row.id, way.source.id, row.subject_kind, row.subject_id, row.revision, run)
    back = {"id": step.id, "undone_at": at, "undone_by_id": by_id, "state": None}
    former = {new: old for old, new in way.plan.names().items()}
    _write(loaded, rows, change, ("moved_back", former), way.target, way.source, Write(_BACK, back))
    return Result("undone")


def _write(
    loaded: Loaded,
    rows: Rows,
    change: Change,
    what: tuple[str, dict[str, str]],
    before: Version,
    after: Version,
    own: Write,
) -> None:
    # Nobody's name: whoever gives a case another drawing has had no hand in it, and may still verify it.
    kind, names = what
    facts = {"from": before.version, "to": after.version, "definition_id": after.id, "by": change.by_id, "names": names}
    event = {"instance_id": loaded.instance_id, "at": change.at, "kind": kind, "node": None, "task_id": None,
             "by_id": None, "facts": facts, "path": loaded.run.path, "due_at": None}  # fmt: skip
    changes = list(reconciling.reconcile(loaded, rows, change))
    batching.write([instances.rewriting(loaded, change.at), Write(EVENT_ROW, event), own, *changes])


def _locked(instance_ids: Collection[int]) -> Any:
    # Without the key: a worker that notes a failure refers to the instance while it holds an action that we lock next.
    chosen = select(INSTANCE).where(INSTANCE.c.id.in_(instance_ids)).order_by(INSTANCE.c.id)
    return db.session.execute(chosen.with_for_update(key_share=True))


_KEPT = inserting(
    STEP,
    "instance_id",
    "run_id",
    "from_id",
    "to_id",
    "mapping",
    "revision",
    "state",
    "dues",
    "group_key",
    "at",
    "by_id",
)
_BACK = batching.Kind(STEP, ("id", "undone_at", "undone_by_id", "state"), lambda bind: update(STEP)
                      .where(STEP.c.id == bind(STEP.c.id))
                      .values(undone_at=bind(STEP.c.undone_at), undone_by_id=bind(STEP.c.undone_by_id),
                              state=bind(STEP.c.state)))  # fmt: skip
