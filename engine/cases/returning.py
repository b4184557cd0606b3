"""Return (退单): a department asks to be rid of a case, a dispatcher decides (process.md §4.3)."""

from datetime import datetime
from typing import Any

from sqlalchemy import exists, select

from engine.access.actors import Actor
from engine.calendars import queries as calendars
from engine.calendars.working_time import Limit, Unit
from engine.cases import dispatching, stages, steps, timeline
from engine.cases.errors import NoReturnAfterArbitration, TooLateToReturn
from engine.cases.models import Case
from engine.cases.round_models import Dispatch, Return
from engine.deadlines import clocks
from engine.kit.db import db
from engine.kit.i18n import N_
from engine.process.models import OpenTask
from engine.settings import values as values_of
from engine.settings.declarations import Setting

KIND = "case"
RETURN_HOURS = Setting(
    "cases.return_hours",
    float,
    4.0,
    N_("Time within which a department may ask to return a case"),
    N_("Hours from the dispatch: working hours; for urgent cases, hours on the clock."),
    least=0.5,
    most=400,
)


def request(case: Case, task: OpenTask, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Ask to return the case. The handling clock runs on until a dispatcher grants it; whoever in the department had
    the case has it no more (process.md §4.3: the assignment is withdrawn before the request).

    Raises NoReturnAfterArbitration (who was assigned by arbitration keeps the case), TooLateToReturn.
    """
    if not may_request(case):
        raise NoReturnAfterArbitration
    if not is_in_time(case, at):
        raise TooLateToReturn(hours=f"{values_of.get(RETURN_HOURS):g}")
    db.session.add(
        Return(
            case_id=case.id,
            department_id=case.department_id,
            requested_at=at,
            requested_by_id=by.id,
            reason=values["reason"],
            note=values.get("note", ""),
        )
    )
    case.handler_id = None
    steps.finish(task, "request_return", by=by, at=at)
    timeline.add(case, "return_request", by=by, at=at, note=values.get("note", ""), reason=values["reason"])


def may_request(case: Case) -> bool:
    """Could the department ask at all? Not one that an arbitration ever authorised for this case (process.md §4.3).

    That outlasts rework, and a reopening that sends the case there again; any other department may ask.
    """
    # Arbitration follows on returns: most cases need no question.
    if not case.return_count:
        return True
    authorised = exists().where(
        Dispatch.case_id == case.id, Dispatch.department_id == case.department_id, Dispatch.mode == "arbitration"
    )
    return not db.session.scalar(select(authorised))


def is_in_time(case: Case, at: datetime) -> bool:
    """Is it soon enough after the dispatch? Who kept a case for long has accepted it (process.md §4.3)."""
    since = db.session.scalar(
        select(Dispatch.at)
        .where(Dispatch.case_id == case.id, Dispatch.department_id == case.department_id)
        .order_by(Dispatch.id.desc())
        .limit(1)
    )
    if since is None:
        return True
    unit = Unit.urgent_hours if case.is_urgent else Unit.working_hours
    return at <= calendars.working(None).add(since, Limit(values_of.get(RETURN_HOURS), unit)).due


def grant(case: Case, task: OpenTask, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Take the case back: the clock starts anew for the next department, this one's time counts as misdispatched.

    The second return of a case goes to arbitration, the drawing sees to that.
    """
    _decide(case, "granted", by, at)
    case.return_count += 1
    take_away(case, by=by, at=at)
    steps.finish(task, "grant", by=by, at=at, return_count=case.return_count)
    timeline.add(case, "return_grant", by=by, at=at, note=values.get("note", ""))


def take_away(case: Case, *, by: Actor, at: datetime) -> None:
    """The department does not have the case any more, and the next one's clock starts anew."""
    _stop_for_this_department(case, by, at)
    dispatching.end(case, "return", at)
    case.department_id = case.handler_id = None


def refuse(case: Case, task: OpenTask, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """The department keeps the case; its clock never stopped."""
    _decide(case, "refused", by, at)
    steps.finish(task, "refuse", by=by, at=at)
    timeline.add(case, "return_refusal", by=by, at=at, note=values.get("note", ""))


def _decide(case: Case, decision: str, by: Actor, at: datetime) -> None:
    row = db.session.scalars(
        select(Return).where(Return.case_id == case.id, Return.decided_at.is_(None)).order_by(Return.id.desc())
    ).first()
    if row is not None:
        row.decided_at, row.decided_by_id, row.decision = at, by.id, decision


def _stop_for_this_department(case: Case, by: Actor, at: datetime) -> None:
    for name, clock in clocks.open_clocks(KIND, case.id).items():
        if name in {stages.HANDLING, stages.REWORK}:
            clocks.stop(clock, at=at, by=by, reason="return_grant")
    stages.clear_clock(case)
