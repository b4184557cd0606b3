"""Bulk acts: one act on many cases, previewed, given a reason, and done row by row, each in a transaction of its own.

A run is rows in a table: whoever began it may go away, a process that dies loses nothing, and a row is done once.
"""

import os
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import joinedload

from engine.access import actors
from engine.access.actors import Actor
from engine.cases import queries
from engine.cases.models import Case
from engine.kit.db import db, unit_of_work
from engine.kit.errors import CityLoopError, Invalid, NotAllowed
from engine.kit.i18n import N_
from engine.process.models import OpenTask
from engine.supervision import bulk_acts
from engine.supervision.bulk_acts import ACTS, BulkAct, Values
from engine.supervision.errors import NothingChosen, RunNotFound
from engine.supervision.models import BulkRow, BulkRun, RowState, RunState

MOST_ROWS = 1000
MOST_AT_ONCE = 50
"""So many rows are done while their reader waits; longer runs are the workers'."""
LEASE = timedelta(minutes=2)


@dataclass(frozen=True)
class Preview:
    """One row before the act: ``refusal`` says why it cannot be done there, None that it can.

    ``step`` is the one that changes hands, where that is what the act does.
    """

    case: Case
    refusal: CityLoopError | None
    step: OpenTask | None = None


@dataclass(frozen=True)
class Progress:
    """How far a run is, in rows."""

    total: int
    done: int
    refused: int
    failed: int

    @property
    def waiting(self) -> int:
        """Rows that nothing has become of yet."""
        return self.total - self.done - self.refused - self.failed


def preview(act: str, case_ids: Sequence[int], by: Actor) -> list[Preview]:
    """For each case that ``by`` may see, in the order given: can the act be done to it? Three statements.

    Raises NotAllowed, NothingChosen.
    """
    bulk_acts.check(act, by)
    wanted = list(dict.fromkeys(case_ids))[:MOST_ROWS]
    seen = select(Case).where(Case.id.in_(wanted), queries.visible_to(by, one_by_one=True))
    found = {case.id: case for case in db.session.scalars(seen.options(joinedload(Case.department)))}
    if not found:
        raise NothingChosen
    outlook = ACTS[act].outlook(found, by)
    return [Preview(found[number], *outlook[number]) for number in wanted if number in found]


def begin(act: str, case_ids: Sequence[int], values: Values, *, token: str, by: Actor, at: datetime) -> BulkRun:
    """Write a run down; with a token that was used before, the run of that time. Nothing is done to a case yet.

    Raises NotAllowed, NothingChosen, Invalid (beside the field of the reason).
    """
    bulk_acts.check(act, by)
    if (known := begun(token, by)) is not None:
        return known
    if not str(values.get(ACTS[act].reason) or "").strip():
        raise Invalid.field(ACTS[act].reason, N_("Please give a reason; it stands in the timeline of every case."))
    chosen = [row.case.id for row in preview(act, case_ids, by) if row.refusal is None]
    if not chosen:
        raise NothingChosen
    run = BulkRun(
        token=token[:40], act=act, values=values, by_id=by.id, state=RunState.running.value, total=len(chosen),
        created_at=at,
    )  # fmt: skip
    run.rows = [BulkRow(position=place, case_id=number) for place, number in enumerate(chosen, 1)]
    db.session.add(run)
    db.session.flush()
    return run


def begun(token: str, by: Actor) -> BulkRun | None:
    """The run that this person began with the form of this token, if he has sent it already."""
    return db.session.scalars(select(BulkRun).where(BulkRun.by_id == by.id, BulkRun.token == token[:40])).one_or_none()


def get(run_id: int, by: Actor) -> BulkRun:
    """A run of this person. Raises RunNotFound."""
    run = db.session.get(BulkRun, run_id)
    if run is None or run.by_id != by.id:
        raise RunNotFound
    return run


def rows(run: BulkRun) -> list[BulkRow]:
    """Every row of a run with its case, in order."""
    chosen = select(BulkRow).where(BulkRow.run_id == run.id).order_by(BulkRow.position)
    return list(db.session.scalars(chosen.options(joinedload(BulkRow.case).joinedload(Case.department))))


def progress(run: BulkRun) -> Progress:
    """How far it is: one statement."""
    counts = select(BulkRow.state, func.count()).where(BulkRow.run_id == run.id).group_by(BulkRow.state)
    found = dict(db.session.execute(counts).tuples().all())
    return Progress(run.total, *(found.get(state, 0) for state in (RowState.done, RowState.refused, RowState.failed)))


def cancel(run: BulkRun, *, at: datetime) -> None:
    """Do no more rows; what was done stays."""
    if run.state == RunState.running:
        run.state, run.ended_at = RunState.cancelled.value, at


def claim(worker: str, at: datetime, run_id: int | None = None) -> int | None:
    """Lend a run that is under way and nobody's to ``worker``, in a transaction of its own: its id."""
    free = or_(BulkRun.claimed_until.is_(None), BulkRun.claimed_until <= at)
    wanted = select(BulkRun.id).where(BulkRun.state == RunState.running.value, free).order_by(BulkRun.id).limit(1)
    if run_id is not None:
        wanted = wanted.where(BulkRun.id == run_id)
    with unit_of_work():
        key = db.session.scalar(wanted.with_for_update(skip_locked=True))
        if key is not None:
            values = {"claimed_by": worker, "claimed_until": at + LEASE}
            db.session.execute(update(BulkRun).where(BulkRun.id == key).values(values))
        return key


def carry_on(
    run_id: int, at: Callable[[], datetime], *, going_on: Callable[[], bool] = lambda: True, most: int | None = None
) -> int:
    """Do the rows of a claimed run that wait, ``most`` at a time; how many were done. The caller is in no transaction.

    It stops where the run is cancelled, or ``going_on`` says no; the run is then free for the next worker.
    """
    count = 0
    while (most is None or count < most) and going_on() and _next_row(run_id, at()):
        count += 1
    with unit_of_work():
        db.session.execute(update(BulkRun).where(BulkRun.id == run_id).values(claimed_until=None))
    return count


def _next_row(run_id: int, at: datetime) -> bool:
    """Do the next row that waits; False where none does: the run has then ended."""
    with unit_of_work():
        run = db.session.scalars(
            select(BulkRun).where(BulkRun.id == run_id).with_for_update().execution_options(populate_existing=True)
        ).one()
        if run.state != RunState.running:
            return False
        position = db.session.scalar(
            select(func.min(BulkRow.position)).where(BulkRow.run_id == run_id, BulkRow.state == RowState.waiting.value)
        )
        if position is None:
            run.state, run.ended_at = RunState.done.value, at
            return False
        run.claimed_until = at + LEASE
        act, values, by_id = run.act, run.values, run.by_id
    _do(run_id, position, ACTS[act], values, by_id, at)
    return True


def _do(run_id: int, position: int, act: BulkAct, values: Values, by_id: int, at: datetime) -> None:
    """One row and its result in one transaction; a refusal is a result, too."""
    try:
        with unit_of_work():
            row = _waiting_row(run_id, position)
            if row is None:
                return
            by = actors.load(by_id, at=at)
            if by is None:
                raise NotAllowed
            act.perform(queries.lock(row.case_id, by), values, by, at)
            row.state, row.done_at = RowState.done.value, at
    except CityLoopError as refusal:
        _note(run_id, position, RowState.refused, refusal, at)
    except Exception:
        _note(run_id, position, RowState.failed, CityLoopError(), at)


def _waiting_row(run_id: int, position: int) -> BulkRow | None:
    chosen = select(BulkRow).where(
        BulkRow.run_id == run_id, BulkRow.position == position, BulkRow.state == RowState.waiting.value
    )
    return db.session.scalars(chosen.with_for_update().execution_options(populate_existing=True)).one_or_none()


def _note(run_id: int, position: int, state: RowState, refusal: CityLoopError, at: datetime) -> None:
    text, params = refusal.message_id, refusal.params
    if isinstance(refusal, Invalid) and refusal.fields:
        first = next(iter(refusal.fields.values()))[0]
        text, params = first.text, first.params
    with unit_of_work():
        row = _waiting_row(run_id, position)
        if row is not None:
            row.state, row.said, row.params, row.done_at = state.value, text, dict(params), at


def worker_name() -> str:
    """Who claims runs in this process."""
    return f"{socket.gethostname()}:{os.getpid()}"
