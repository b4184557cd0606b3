"""Bulk acts: one act on many cases, previewed, given a reason, and done row by row, each in a transaction of its own.

A run is rows in a table: whoever began it may go away, a process that dies loses nothing, and a row is done once.
"""

import os
import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import joinedload

from engine.access import actors
from engine.access.actors import Actor
from engine.cases import queries
from engine.cases.models import Case
from engine.kit.db import db, unit_of_work
from engine.kit.errors import CityLoopError, Invalid, NotAllowed
from engine.kit.i18n import N_
from engine.supervision import key_cases, orders, policy, urging
from engine.supervision.errors import KeyAlready, NotAtDepartment, NothingChosen, OrderWaits, RunNotFound
from engine.supervision.models import (
    BulkRow,
    BulkRun,
    KeyCase,
    OrderLevel,
    OrderState,
    RowState,
    RunState,
    SupervisionOrder,
)

MOST_ROWS = 1000
MOST_AT_ONCE = 50
"""So many rows are done while their reader waits; longer runs are the workers'."""
LEASE = timedelta(minutes=2)

Values = dict[str, Any]


def _urge(case: Case, values: Values, by: Actor, at: datetime) -> None:
    urging.urge(case, values["to"], values["note"], by=by, at=at)


def _order(case: Case, values: Values, by: Actor, at: datetime) -> None:
    orders.issue(case, values["text"], level=OrderLevel(values["level"]), by=by, at=at)


def _mark(case: Case, values: Values, by: Actor, at: datetime) -> None:
    key_cases.mark(case, values["reason"], by=by, at=at)


@dataclass(frozen=True)
class BulkAct:
    """An act that can be done to many: ``name`` is also its form's; ``reason`` the field that must be filled in."""

    name: str
    label: str
    reason: str
    perform: Callable[[Case, Values, Actor, datetime], None]


ACTS: dict[str, BulkAct] = {
    act.name: act
    for act in (
        BulkAct("urging", N_("Urge"), "note", _urge),
        BulkAct("supervision_order", N_("Issue a supervision order"), "text", _order),
        BulkAct("key_case", N_("Put under special watch"), "reason", _mark),
    )
}


@dataclass(frozen=True)
class Preview:
    """One row before the act: ``refusal`` says why it cannot be done there, None that it can."""

    case: Case
    refusal: CityLoopError | None


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
    policy.check_supervising(by)
    wanted = list(dict.fromkeys(case_ids))[:MOST_ROWS]
    seen = select(Case).where(Case.id.in_(wanted), queries.visible_to(by, one_by_one=True))
    found = {case.id: case for case in db.session.scalars(seen.options(joinedload(Case.department)))}
    if not found:
        raise NothingChosen
    ordered, watched = _ordered(act, found), _watched(act, found)
    return [
        Preview(found[number], _refusal(act, found[number], ordered.get(number), number in watched))
        for number in wanted
        if number in found
    ]


def _ordered(act: str, cases: Iterable[int]) -> dict[int, str | None]:
    """Cases about which an order waits, with its number."""
    if act != "supervision_order":
        return {}
    waiting = SupervisionOrder.state.in_(sorted(OrderState.waiting()))
    rows = select(SupervisionOrder.case_id, SupervisionOrder.number).where(
        SupervisionOrder.case_id.in_(list(cases)), waiting
    )
    return dict(db.session.execute(rows).tuples().all())


def _watched(act: str, cases: Iterable[int]) -> set[int]:
    if act != "key_case":
        return set()
    rows = select(KeyCase.case_id).where(KeyCase.case_id.in_(list(cases)), KeyCase.ended_at.is_(None))
    return set(db.session.scalars(rows))


def _refusal(act: str, case: Case, number: str | None, is_watched: bool) -> CityLoopError | None:
    if act == "urging":
        return urging.refusal(case)
    if act == "key_case":
        return KeyAlready() if is_watched else None
    if case.department_id is None or case.ended_at is not None:
        return NotAtDepartment()
    return OrderWaits(number=number) if number else None


def begin(act: str, case_ids: Sequence[int], values: Values, *, token: str, by: Actor, at: datetime) -> BulkRun:
    """Write a run down; with a token that was used before, the run of that time. Nothing is done to a case yet.

    Raises NotAllowed, NothingChosen, Invalid (beside the field of the reason).
    """
    policy.check_supervising(by)
    known = db.session.scalars(select(BulkRun).where(BulkRun.by_id == by.id, BulkRun.token == token)).one_or_none()
    if known is not None:
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
            by = actors.load(by_id)
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
