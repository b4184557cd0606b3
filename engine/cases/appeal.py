"""Appeal (超时申诉): after closure the department that was judged late says why it was not at fault (§4.17).

Two of the centre's people look at it, one after the other. Granted, the case counts among those excused instead of
those that were late; when it was due and when it was handled stays as it was.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, select

from engine.access.actors import Actor
from engine.calendars import queries as calendars
from engine.calendars.working_time import Limit, Unit
from engine.cases import adjusting, asking
from engine.cases.adjusting import Beside
from engine.cases.adjustment_models import Adjustment, AdjustmentKind, AdjustmentState
from engine.cases.errors import AppealedBefore, NotLate, TooLateToAppeal
from engine.cases.models import Case
from engine.kit.db import db
from engine.kit.errors import Conflict
from engine.kit.i18n import N_
from engine.settings import values as settings
from engine.settings.declarations import Setting

KIND = AdjustmentKind.appeal
DAYS = Setting(
    "cases.appeal_days",
    int,
    7,
    N_("Working days after closure in which a department may appeal against being judged late"),
    least=1,
    most=365,
)
SECOND = timedelta(seconds=1)


def request(case: Case, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Appeal, with a reason and documents. Raises NotLate, AppealedBefore, TooLateToAppeal, AdjustmentPending."""
    check(case, at)
    asking.ask(
        case,
        KIND,
        reason=values["reason"],
        note=values["note"],
        by=by,
        at=at,
        facts={"late_hours": late_by(case) // timedelta(hours=1)},
    )


def check(case: Case, at: datetime) -> None:
    """May the department appeal now? Raises NotLate, AppealedBefore, TooLateToAppeal."""
    if not is_late(case):
        raise NotLate
    if at > last_moment(case):
        raise TooLateToAppeal(days=settings.get(DAYS))
    if was_made(case):
        raise AppealedBefore


def is_late(case: Case) -> bool:
    """Was the department judged late when the case was closed? Clocks judge by whole seconds."""
    return late_by(case) >= SECOND and case.late_excused_at is None


def late_by(case: Case) -> timedelta:
    """By how much on the clock on the wall the department was late; zero where it was not, or is not judged."""
    if case.handled_at is None or case.due_at is None or case.due_is_provisional or case.is_self_handled:
        return timedelta()
    return max(timedelta(), case.handled_at - case.due_at)


def last_moment(case: Case) -> datetime:
    """Until when an appeal against the judgement of a closed case can be made."""
    days = Limit(settings.get(DAYS), Unit.working_days)
    return calendars.working(None).add(case.closed_at or case.updated_at, days).due


def is_possible(case: Case, at: datetime | None) -> bool:
    """Would ``check`` let the department appeal at ``at``, or at some time where that is None?"""
    try:
        check(case, at or case.closed_at or case.updated_at)
    except Conflict:
        return False
    return True


def was_made(case: Case) -> bool:
    """Once for each case, whatever became of it; one that was taken back does not count."""
    made = exists().where(
        Adjustment.case_id == case.id,
        Adjustment.kind == KIND.value,
        Adjustment.state != AdjustmentState.withdrawn.value,
    )
    return bool(db.session.scalar(select(made)))


def _grant(_: Adjustment, beside: Beside) -> None:
    beside.case.late_excused_at = beside.at


adjusting.register(KIND, adjusting.Effects(_grant))
