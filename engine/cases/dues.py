"""What hangs on the clocks of the department: the case's copies, the dues of its open steps, and its timers."""

from datetime import datetime

from sqlalchemy import update

from engine.cases import stages
from engine.cases.models import Case
from engine.deadlines.facts import State
from engine.deadlines.models import Clock
from engine.kit.db import db
from engine.process import retiming
from engine.process.models import OpenTask

DEPARTMENT_STEPS = ("assignment", "handling", "feedback")
"""Steps that are due when the time limit of the department is."""


def carry(case: Case, open_clocks: dict[str, Clock]) -> None:
    """The department's clocks were moved, halted or resumed: bring along everything that shows or awaits their due."""
    if stages.HANDLING in open_clocks:
        stages.copy_clock(case, open_clocks[stages.HANDLING])
    place(case.id, leading(open_clocks))
    moved = {name: _awaited(open_clocks.get(name)) for name in (stages.HANDLING, stages.REWORK)}
    retiming.move(stages.KIND, case.id, moved)


def _awaited(clock: Clock | None) -> datetime | None:
    """When a timer on this clock fires: nobody is judged late by a provisional due (``stages.timer_due``)."""
    runs = clock is not None and clock.state == State.running and not clock.is_provisional
    return clock.due_at if clock and runs else None


def leading(open_clocks: dict[str, Clock]) -> Clock | None:
    """The clock that the department's steps are due by: that of the round of rework, where there is one."""
    return open_clocks.get(stages.REWORK) or open_clocks.get(stages.HANDLING)


def place(case_id: int, clock: Clock | None, *, acts: tuple[str, ...] = DEPARTMENT_STEPS) -> None:
    """Write the due moment of ``clock`` beside the open steps of these acts; none while it does not run."""
    is_running = clock is not None and clock.state == State.running
    db.session.execute(
        update(OpenTask)
        .where(OpenTask.subject_kind == stages.KIND, OpenTask.subject_id == case_id, OpenTask.act.in_(acts))
        .values(
            due_at=clock.due_at if clock and is_running else None,
            amber_at=clock.amber_at if clock and is_running else None,
        )
    )
