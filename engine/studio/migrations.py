"""Migrations: running cases of one version are moved to another by the workers, with progress, and can be taken back.

Begun, cancelled and taken back here; done slice by slice in ``slices``.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from engine.audit import recording
from engine.kit.db import db
from engine.kit.errors import FieldError, Invalid
from engine.kit.i18n import N_
from engine.kit.signals import Doer
from engine.process import migrating, routes, subjects
from engine.process.instances import INSTANCE
from engine.process.migrating import STEP, Result
from engine.process.routes import Version
from engine.studio import grouping
from engine.studio import versions as versions_of_a_process
from engine.studio.errors import MigrationEnded, MigrationRunning, NoSuchMigration, NoSuchMove, NotTheSameProcess
from engine.studio.models import Migration, MigrationLeft, MigrationState


def versions(from_id: int, to_id: int) -> tuple[Version, Version]:
    """Two versions of one process. Raises NotFound, NotTheSameProcess."""
    source, target = routes.version(from_id), routes.version(to_id)
    if source.key != target.key or source.id == target.id:
        raise NotTheSameProcess
    return source, target


def begin(
    from_id: int,
    to_id: int,
    mapping: Mapping[str, str],
    groups: Collection[str],
    *,
    reason: str,
    by: Doer,
    at: datetime,
) -> Migration:
    """Let the workers move the cases that stand in these ``groups``; those that cannot move are told of, and stay.

    Raises NotFound, NotTheSameProcess, Invalid (``groups``, ``reason``), MigrationRunning.
    """
    source, target = versions(from_id, to_id)
    found = grouping.overview(source, target, mapping)
    chosen = {group.key: group for group in found.groups if group.key in groups and group.can_move}
    _check(bool(chosen), reason)
    run = Migration(
        key=source.key, from_id=source.id, to_id=target.id, mapping=dict(mapping), groups=sorted(chosen),
        places={key: list(group.places) for key, group in chosen.items()},
        reason=reason.strip(), state=MigrationState.running.value,
        total=sum(group.count for group in chosen.values()), started_at=at, by_id=by.id, by_name=by.name,
    )  # fmt: skip
    db.session.add(run)
    _flush_alone()
    detail = {"from": source.version, "to": target.version, "mapping": dict(mapping), "cases": run.total}
    _record("migration_begun", run, by, at, reason=run.reason, **detail)
    return run


def cancel(migration_id: int, *, by: Doer, at: datetime) -> Migration:
    """Leave the rest where it is; what has moved stays moved. Raises NoSuchMigration, MigrationEnded."""
    run = _locked(migration_id)
    if run.state not in MigrationState.working():
        raise MigrationEnded
    run.state = (MigrationState.cancelled if run.state == MigrationState.running else MigrationState.done).value
    run.ended_at = at
    _record("migration_cancelled", run, by, at)
    return run


def go_on(migration_id: int, *, by: Doer, at: datetime) -> Migration:
    """Take a cancelled one up again. Raises NoSuchMigration, MigrationEnded, MigrationRunning."""
    run = _locked(migration_id)
    if run.state != MigrationState.cancelled or run.returned:
        raise MigrationEnded
    _work(run, MigrationState.running)
    _record("migration_continued", run, by, at)
    return run


def take_back(migration_id: int, *, group: str | None = None, by: Doer, at: datetime) -> Migration:
    """Let the workers take back every case that nobody has gone on with since; of one ``group``, or of all.

    Raises NoSuchMigration, MigrationEnded (it still runs, or was taken back), MigrationRunning, Invalid (``group``).
    """
    run = _rested(migration_id)
    if group is not None and group not in run.groups:
        raise Invalid.field("group", N_("Please choose one of the groups."))
    _try_again(run)
    run.returning_group = group
    _work(run, MigrationState.returning)
    _record("migration_returned", run, by, at, places=run.places.get(group or "", []))
    return run


def take_one_back(migration_id: int, step_id: int, *, by: Doer, at: datetime) -> Result:
    """Take one case back at once; what became of it, which may be that it stays, and why.

    Raises NoSuchMigration, MigrationEnded, NoSuchMove.
    """
    run = _rested(migration_id)
    case = db.session.execute(
        select(INSTANCE.c.id, INSTANCE.c.subject_kind, INSTANCE.c.subject_id)
        .join(STEP, STEP.c.instance_id == INSTANCE.c.id)
        .where(STEP.c.id == step_id, STEP.c.run_id == run.id)
    ).one_or_none()
    if case is None:
        raise NoSuchMove
    subjects.hold(case.subject_kind, case.subject_id)
    result = migrating.undo([step_id], by_id=by.id, at=at)[step_id]
    if result.state == "undone":
        run.returned += 1
        _record("migration_returned_one", run, by, at, instance=case.id)
    return result


def get(migration_id: int) -> Migration:
    """One migration. Raises NoSuchMigration."""
    run = db.session.get(Migration, migration_id)
    if run is None:
        raise NoSuchMigration
    return run


def of(key: str, *, most: int = 20) -> list[Migration]:
    """The migrations of a process, the newest first."""
    chosen = select(Migration).where(Migration.key == key).order_by(Migration.id.desc()).limit(most)
    return list(db.session.scalars(chosen))


def _check(has_groups: bool, reason: str) -> None:
    fields: dict[str, list[FieldError]] = {}
    if not has_groups:
        fields["groups"] = [FieldError(N_("Please choose at least one group of cases that can move."))]
    try:
        versions_of_a_process.given(reason)
    except Invalid as error:
        fields |= error.fields
    if fields:
        raise Invalid(fields)


def _locked(migration_id: int) -> Migration:
    run = db.session.get(Migration, migration_id, with_for_update=True, populate_existing=True)
    if run is None:
        raise NoSuchMigration
    return run


def _rested(migration_id: int) -> Migration:
    """One whose cases may be taken back now."""
    run = _locked(migration_id)
    if run.state not in {MigrationState.done, MigrationState.cancelled}:
        raise MigrationEnded
    return run


def _try_again(run: Migration) -> None:
    """What an earlier round could not take back is looked at anew."""
    of_run = (MigrationLeft.migration_id == run.id) & MigrationLeft.is_return
    db.session.execute(delete(MigrationLeft).where(of_run))
    run.kept = 0


def _work(run: Migration, state: MigrationState) -> None:
    run.state, run.ended_at, run.last_id, run.waiting = state.value, None, 0, []
    _flush_alone()


def _flush_alone() -> None:
    """Of one process, one migration is at work at a time: the second of two who begin is told."""
    try:
        db.session.flush()
    except IntegrityError as error:
        raise MigrationRunning from error


def _record(act: str, run: Migration, by: Doer, at: datetime, **detail: object) -> None:
    told = {"migration": run.id, "moved": run.moved} | detail
    recording.record(f"process.{act}", by=by, at=at, object_kind="process", object_id=run.key, detail=told)
