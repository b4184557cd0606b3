"""Workers make exports: rows are read in slices, each a transaction with its progress, then written as a workbook.

An export is claimed; its lease is renewed with every slice. Whoever comes after a worker that died goes on with the
slice that was not committed. No transaction is open while the workbook is written.
"""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, delete, select, update
from sqlalchemy.exc import OperationalError

from engine.access import actors
from engine.access.actors import Actor
from engine.access.permissions import Permission
from engine.cases import queries
from engine.cases.models import Case
from engine.exports import files, workbooks
from engine.exports.models import Export, ExportRow, ExportState
from engine.kit.db import db, unit_of_work
from engine.kit.i18n import N_
from engine.kit.signals import signals
from engine.process import claiming

log = logging.getLogger(__name__)

ready = signals.signal("export-ready")
"""Sent with the export and ``at``, in the transaction that makes it ready."""

SLICE = 500
LEASE = timedelta(minutes=2)
"""Longer than a slice, and than the last stroke of writing a workbook."""
EXPORT: Table = Export.__table__  # type: ignore[assignment]
NOT_ALLOWED = N_("You may not export lists any more.")
BROKEN = N_("It failed several times; the program's log says why.")


class _Gone(Exception):
    """It was cancelled, or another worker has it."""


class _ToStop(Exception):
    """The worker is to stop: another goes on."""


@dataclass(frozen=True)
class Turn:
    """One worker's turn at one export. ``now()`` is the moment of the run and what passed since then."""

    export_id: int
    worker: str
    now: Callable[[], datetime]
    going_on: Callable[[], bool]


def run(worker: str, at: datetime, *, going_on: Callable[[], bool] = lambda: True) -> int:
    """Make every export that waits; how many were worked on. The caller must not be inside a transaction."""
    began, done = time.monotonic(), 0

    def now() -> datetime:
        return at + timedelta(seconds=time.monotonic() - began)

    while going_on() and (keys := _claim(worker, now())):
        make(Turn(keys[0], worker, now, going_on))
        done += 1
    return done


def _claim(worker: str, at: datetime) -> list[int]:
    with unit_of_work():
        return claiming.claim(EXPORT, EXPORT.c.next_at, worker=worker, at=at, lease=LEASE, most=1)


def make(turn: Turn) -> None:
    """One export, to its end if nothing comes between. What fails is tried again, three times in all."""
    try:
        while _slice(turn):
            if not turn.going_on():
                raise _ToStop
        _assemble(turn)
    except _Gone:
        files.drop_rows(turn.export_id)
    except _ToStop:
        _change(turn, claimed_until=None, claimed_by=None)
    except OperationalError:
        raise  # The database is away: when its lease has run out, somebody goes on.
    except Exception as error:
        log.exception("export %s failed", turn.export_id)
        _put_off(turn, error)
    finally:
        db.session.expunge_all()


def _slice(turn: Turn) -> bool:
    """Read the next rows; False where none is left."""
    with unit_of_work():
        export = _mine(turn)
        person = actors.load(export.user_id, at=turn.now())
        if person is None or not person.has(Permission.case_export):
            _end(export, ExportState.failed, turn.now(), NOT_ALLOWED)
            return False
        if export.done and not files.has_rows(export.id, (export.done - 1) // SLICE * SLICE):
            export.done = 0
        if export.done >= export.total:
            return False
        _read(export, person)
        export.claimed_until = turn.now() + LEASE
        return True


def _mine(turn: Turn) -> Export:
    found = select(Export).where(
        Export.id == turn.export_id, Export.claimed_by == turn.worker, Export.state == ExportState.running.value
    )
    export = db.session.scalar(found.with_for_update().execution_options(populate_existing=True))
    if export is None:
        raise _Gone
    return export


def _read(export: Export, person: Actor) -> None:
    """One slice: what may not be seen any more is left out, of the workbook and of what it is said to hold."""
    place = (ExportRow.export_id == export.id, ExportRow.seq > export.done, ExportRow.seq <= export.done + SLICE)
    among = queries.listed(person).join(ExportRow, ExportRow.case_id == Case.id).where(*place).order_by(ExportRow.seq)
    cases = db.session.scalars(among).all()
    hidden = ExportRow.case_id.not_in([case.id for case in cases])
    db.session.execute(delete(ExportRow).where(*place, hidden).execution_options(synchronize_session=False))
    files.keep_rows(export.id, export.done, workbooks.writer().rows(cases, export.locale, export.created_at))
    export.done = min(export.done + SLICE, export.total)


def _assemble(turn: Turn) -> None:
    with unit_of_work():
        locale = _mine(turn).locale
    path = files.workbook(turn.export_id)
    making = path.with_suffix(".making")
    with making.open("wb") as stream:
        count = workbooks.writer().write(stream, _told(turn, files.rows(turn.export_id)), locale)
    with unit_of_work():
        export = _mine(turn)
        making.replace(path)
        export.written = count
        _end(export, ExportState.ready, turn.now())
        ready.send(export, at=turn.now())
    files.drop_rows(turn.export_id)


def _told(turn: Turn, rows: Iterator[Any]) -> Iterator[Any]:
    """The rows, with progress told on the way. Raises _Gone, _ToStop."""
    for number, row in enumerate(rows):
        if number % SLICE == 0:
            if not turn.going_on():
                raise _ToStop
            if not _change(turn, written=number, claimed_until=turn.now() + LEASE):
                raise _Gone
        yield row


def _end(export: Export, state: ExportState, at: datetime, error: str | None = None) -> None:
    export.state, export.ended_at, export.error = state.value, at, error
    export.next_at, export.claimed_until, export.claimed_by = None, None, None


def _change(turn: Turn, **values: object) -> bool:
    """Write to the row in a transaction of its own, unless it is cancelled or another's."""
    mine = (EXPORT.c.id == turn.export_id, EXPORT.c.claimed_by == turn.worker, EXPORT.c.next_at.is_not(None))
    with unit_of_work():
        changed = db.session.execute(update(EXPORT).where(*mine).values(**values))
        return bool(changed.rowcount)  # type: ignore[attr-defined]


def _put_off(turn: Turn, error: Exception) -> None:
    with unit_of_work():
        export = db.session.get(Export, turn.export_id, with_for_update=True, populate_existing=True)
        if export is None or export.claimed_by != turn.worker or export.state != ExportState.running:
            return
        export.attempts += 1
        if export.attempts >= claiming.MOST_ATTEMPTS:
            _end(export, ExportState.failed, turn.now(), BROKEN)
            return
        export.next_at = turn.now() + claiming.pause_after(export.attempts)
        export.claimed_until, export.claimed_by, export.error = None, None, f"{type(error).__name__}"
