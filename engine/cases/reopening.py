"""Reopening (重新立案): an ended case runs again under the same number, on a new instance of the drawing."""

from contextlib import suppress
from datetime import datetime
from typing import Any

from engine.access.actors import Actor
from engine.access.permissions import Permission
from engine.cases import adjusting, reporting, stages, timeline
from engine.cases.errors import NotEnded, ReopenedBefore
from engine.cases.models import Case, Stage
from engine.kit.errors import NotAllowed
from engine.process import execution
from engine.process.errors import InstanceEnded


def reopen(case: Case, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Take an ended case up again: a closed or voided one is dispatched anew, any other is accepted anew.

    Raises NotAllowed, NotEnded, ReopenedBefore (rejected, void, merged and transferred: once, process.md §3).
    """
    if not by.has(Permission.case_reopen):
        raise NotAllowed
    check(case)
    entry = "reopened" if case.filed_at is not None else "report"
    _end_old_run(case, by, at)
    case.restore_count += case.stage != Stage.closed
    case.reopen_count += 1
    case.result = case.closed_at = case.ended_at = case.merged_into_id = case.handled_at = None
    case.department_id = case.handler_id = case.late_excused_at = None
    case.is_self_handled = False
    stages.clear_clock(case)
    case.stage = Stage.pending_dispatch if entry == "reopened" else Stage.reported
    timeline.add(case, "reopening", by=by, at=at, note=values["reason"])
    reporting.begin(case, entry, by=by, at=at)


def check(case: Case) -> None:
    """Is there something to reopen? Raises NotEnded, ReopenedBefore."""
    if case.stage not in Stage.ended():
        raise NotEnded
    if case.stage != Stage.closed and case.restore_count:
        raise ReopenedBefore


def _end_old_run(case: Case, by: Actor, at: datetime) -> None:
    """A closed case may still wait for its satisfaction call, or a worker for its failed message: the new run has its
    own, and the end of the old one would close the case a second time.
    """
    if case.instance_id is None:
        return
    adjusting.end_all(case, by_id=by.id, at=at)
    with suppress(InstanceEnded):
        execution.withdraw(case.instance_id, outcome="reopened", by_id=by.id, at=at)
    # The new run makes its first move before the case knows its number.
    case.instance_id = None
