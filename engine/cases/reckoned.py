"""What follows the clocks that a changed calendar moved: the cases' copies, the dues of open steps, the timers.

A slice of a recalculation holds many clocks: each thing here is done for all of them at once.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Table, bindparam, select, update

from engine.cases import adjusting, dues, policy
from engine.cases.models import Case
from engine.cases.stages import HANDLING, KIND, REWORK, copy_clock
from engine.deadlines.facts import State
from engine.deadlines.models import OPEN, Clock
from engine.kit.db import db
from engine.process import timers
from engine.process.models import OpenTask

TASK: Table = OpenTask.__table__  # type: ignore[assignment]


def correct(moved: Sequence[Clock], *, at: datetime) -> None:
    """Bring everything that shows or awaits the due moments of these clocks to where they are now."""
    ours = [clock for clock in moved if clock.subject_kind == KIND]
    if not ours:
        return
    ids = {clock.subject_id for clock in ours}
    cases = {case.id: case for case in db.session.scalars(select(Case).where(Case.id.in_(ids)))}
    for clock in ours:
        if clock.name == HANDLING and clock.subject_id in cases:
            copy_clock(cases[clock.subject_id], clock)
    _place(ours, ids)
    timers.reschedule_all(KIND, sorted(ids), at=at)


def _place(ours: Sequence[Clock], ids: set[int]) -> None:
    """Write the dues beside the open steps that are due with these clocks; none beside those of a clock that halts."""
    reworked = set(
        db.session.scalars(
            select(Clock.subject_id).where(
                Clock.subject_kind == KIND, Clock.subject_id.in_(ids), Clock.name == REWORK, OPEN
            )
        )
    )
    of_cases = select(TASK.c.id, TASK.c.subject_id, TASK.c.act).where(
        TASK.c.subject_kind == KIND, TASK.c.subject_id.in_(ids)
    )
    tasks = db.session.execute(of_cases).all()
    rows = [
        {"task": task.id} | _dues(clock)
        for clock in ours
        for task in tasks
        if task.subject_id == clock.subject_id and task.act in _steps_due_with(clock, reworked)
    ]
    if rows:
        written: dict[str, Any] = {"due_at": bindparam("due"), "amber_at": bindparam("amber")}
        db.session.execute(update(TASK).where(TASK.c.id == bindparam("task")).values(written), rows)


def _dues(clock: Clock) -> dict[str, datetime | None]:
    is_running = clock.state == State.running
    return {"due": clock.due_at if is_running else None, "amber": clock.amber_at if is_running else None}


def _steps_due_with(clock: Clock, reworked: set[int]) -> Sequence[str]:
    """The department's steps are due when the round of rework is, where there is one; else when handling is."""
    if clock.name == REWORK:
        return dues.DEPARTMENT_STEPS
    if clock.name == HANDLING:
        return () if clock.subject_id in reworked else dues.DEPARTMENT_STEPS
    return tuple(policy.APART_FROM_ASKING) if clock.name == adjusting.CLOCK else (clock.name,)
