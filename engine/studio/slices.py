"""Workers advance migrations: a slice is one transaction, together with the progress that it makes.

The row of the migration is locked while a slice is done. A lock ends with its holder's life: whoever comes next goes on
after the last slice that was committed, so that nothing moves twice and nothing by half. Cases that an act holds at the
moment are passed over, and looked at again at the end.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from engine.access.actors import SYSTEM
from engine.audit import recording
from engine.deadlines import holding
from engine.kit.db import db, unit_of_work
from engine.process import incidents, migrating, routes
from engine.process.instances import INSTANCE
from engine.process.migrating import STEP, Result
from engine.process.routes import Route
from engine.process.transposing import Reason
from engine.studio.models import Migration, MigrationLeft, MigrationState

log = logging.getLogger(__name__)

SLICE = 20
AHEAD = 400
"""Cases that are looked for at once; the slices follow one another from there."""


@dataclass(frozen=True)
class _Key:
    """An instance, or, when taking back, a step of migration, whose turn it is. ``place`` is how far the round is."""

    place: int
    instance_id: int
    subject_kind: str
    subject_id: int


def advance(at: datetime, *, seconds: float, going_on: Callable[[], bool] = lambda: True) -> int:
    """Do what fits into some seconds of every migration that is at work; how many cases were looked at.

    The caller must not be inside a transaction.
    """
    until, done = time.monotonic() + seconds, 0

    def is_time() -> bool:
        return going_on() and time.monotonic() < until

    for run_id in _working():
        while is_time() and (looked := _stretch(run_id, at, is_time)):
            done += looked
    return done


def _working() -> list[int]:
    working = Migration.state.in_(sorted(MigrationState.working()))
    found = list(db.session.scalars(select(Migration.id).where(working).order_by(Migration.id)))
    db.session.rollback()
    return found


def _stretch(run_id: int, at: datetime, is_time: Callable[[], bool]) -> int:
    """The next slices; those that were busy come last. Where none is left, the migration is over."""
    looked = 0
    keys, is_again = _ahead(run_id, at)
    for first in range(0, len(keys), SLICE):
        done = _slice(run_id, keys[first : first + SLICE], at, is_again=is_again)
        looked += done
        # Asked afterwards: on a machine that is slow just now every call still does one slice.
        if not done or not is_time():
            break
    return looked


def _ahead(run_id: int, at: datetime) -> tuple[list[_Key], bool]:
    with unit_of_work():
        run = _locked(run_id)
        if run is None:
            return [], False
        keys = _next(run)
        if keys:
            return keys, False
        keys = _those(run, run.waiting)
        if not keys:
            _end(run, at)
        return keys, True


def _locked(run_id: int) -> Migration | None:
    """The migration, if it is at work and no other worker is at it."""
    working = Migration.id == run_id, Migration.state.in_(sorted(MigrationState.working()))
    chosen = select(Migration).where(*working).with_for_update(skip_locked=True)
    return db.session.scalar(chosen.execution_options(populate_existing=True))


def _next(run: Migration) -> list[_Key]:
    """Whose turn is next: those of the chosen groups; others are passed over here already."""
    if run.state == MigrationState.returning:
        return _steps(run, STEP.c.id > run.last_id)
    way = _way(run)
    while True:
        rows = _instances(run, INSTANCE.c.id > run.last_id)
        keys = [key for key, state in rows if routes.group_of(way.standing(state)).key in run.groups]
        if keys or not rows:
            return keys
        run.last_id = rows[-1][0].place


def _those(run: Migration, places: Sequence[int]) -> list[_Key]:
    wanted = sorted(places)[:AHEAD]
    if run.state == MigrationState.returning:
        return _steps(run, STEP.c.id.in_(wanted))
    return [key for key, _ in _instances(run, INSTANCE.c.id.in_(wanted))]


def _instances(run: Migration, which: object) -> list[tuple[_Key, bytes]]:
    running = (INSTANCE.c.definition_id == run.from_id) & INSTANCE.c.ended_at.is_(None) & INSTANCE.c.state.is_not(None)
    chosen = select(INSTANCE.c.id, INSTANCE.c.subject_kind, INSTANCE.c.subject_id, INSTANCE.c.state)
    rows = db.session.execute(chosen.where(running, which).order_by(INSTANCE.c.id).limit(AHEAD))  # type: ignore[arg-type]
    return [(_Key(row.id, row.id, row.subject_kind, row.subject_id), row.state) for row in rows]


def _steps(run: Migration, which: object) -> list[_Key]:
    mine = (STEP.c.run_id == run.id) & STEP.c.undone_at.is_(None)
    if run.returning_group is not None:
        mine &= STEP.c.group_key == run.returning_group
    chosen = (
        select(STEP.c.id, STEP.c.instance_id, INSTANCE.c.subject_kind, INSTANCE.c.subject_id)
        .join(INSTANCE, INSTANCE.c.id == STEP.c.instance_id)
        .where(mine, which)  # type: ignore[arg-type]
        .order_by(STEP.c.id)
        .limit(AHEAD)
    )
    return [_Key(*row) for row in db.session.execute(chosen)]


def _way(run: Migration) -> Route:
    return routes.route(routes.version(run.from_id), routes.version(run.to_id), run.mapping)


def _end(run: Migration, at: datetime) -> None:
    is_back = run.state == MigrationState.returning
    # Where one group came back, the others still may.
    is_over = is_back and run.returning_group is None
    run.state, run.ended_at, run.returning_group = (
        (MigrationState.returned if is_over else MigrationState.done).value, at, None
    )  # fmt: skip
    told = {"migration": run.id, "moved": run.moved, "left": run.left, "returned": run.returned, "kept": run.kept}
    act = "process.migration_taken_back" if is_back else "process.migrated"
    recording.record(act, by=SYSTEM, at=at, object_kind="process", object_id=run.key, detail=told)


def _slice(run_id: int, keys: Sequence[_Key], at: datetime, *, is_again: bool) -> int:
    """One slice in a transaction of its own; if something is wrong with a case in it, each case alone."""
    try:
        return _done(run_id, keys, at, is_again=is_again)
    except OperationalError:
        raise  # The database is away, or somebody holds a row for long: the next call tries again from here.
    except Exception as error:
        if len(keys) == 1:
            log.exception("instance %s could not be moved", keys[0].instance_id)
            return _give_up(run_id, keys[0], error)
        return sum(_slice(run_id, [key], at, is_again=is_again) for key in keys)
    finally:
        db.session.expunge_all()


def _done(run_id: int, keys: Sequence[_Key], at: datetime, *, is_again: bool) -> int:
    with unit_of_work():
        run = _locked(run_id)
        if run is None or (not is_again and run.last_id >= keys[0].place):
            return 0  # cancelled meanwhile, or another worker was here
        results = _results(run, keys, at)
        _note(run, keys, results)
        if not is_again:
            run.last_id = keys[-1].place
        # Where all were busy once more, it is enough for now.
        return sum(result.state != "busy" for result in results.values()) if is_again else len(keys)


def _results(run: Migration, keys: Sequence[_Key], at: datetime) -> Mapping[int, Result]:
    """What became of each, by its place. Subjects that somebody has are busy."""
    held = {kind: holding.hold(kind, {key.subject_id for key in keys if key.subject_kind == kind})
            for kind in {key.subject_kind for key in keys}}  # fmt: skip
    free = [key for key in keys if key.subject_id not in held[key.subject_kind].busy]
    results = {key.place: Result("busy") for key in keys if key not in free}
    if run.state == MigrationState.returning:
        return results | migrating.undo([key.place for key in free], by_id=run.by_id, at=at)
    ids = [key.instance_id for key in free]
    return results | migrating.migrate(_way(run), ids, by_id=run.by_id, at=at, run_id=run.id, groups=set(run.groups))


def _note(run: Migration, keys: Sequence[_Key], results: Mapping[int, Result]) -> None:
    is_back = run.state == MigrationState.returning
    by_place = {key.place: key for key in keys}
    busy = {place for place, result in results.items() if result.state == "busy"}
    run.waiting = sorted({*run.waiting} - results.keys() | busy)
    run.moved += sum(result.state == "moved" for result in results.values())
    run.returned += sum(result.state == "undone" for result in results.values())
    for place, result in results.items():
        if result.state == "left":
            _leave(run, by_place[place].instance_id, result.reasons, is_back=is_back)


def _leave(run: Migration, instance_id: int, reasons: Sequence[Reason], *, is_back: bool) -> None:
    run.kept, run.left = run.kept + is_back, run.left + (not is_back)
    told = [[reason.text, reason.params] for reason in reasons]
    db.session.merge(MigrationLeft(migration_id=run.id, instance_id=instance_id, is_return=is_back, reasons=told))


def _give_up(run_id: int, key: _Key, error: Exception) -> int:
    with unit_of_work():
        run = _locked(run_id)
        if run is None:
            return 0
        reason = Reason("%(error)s", {"error": incidents.sentence(error)})
        _leave(run, key.instance_id, [reason], is_back=run.state == MigrationState.returning)
        run.last_id = max(run.last_id, key.place)
        run.waiting = [place for place in run.waiting if place != key.place]
        return 1
