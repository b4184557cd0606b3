"""Suspension (挂账): a case that cannot be handled now rests for a while; its clock stops meanwhile (process.md §4.5).

It ends by itself on the agreed day, or is lifted early. Then the clock goes on with what was left.
"""

from datetime import datetime, time, timedelta
from typing import Any

from engine.access.actors import SYSTEM, Actor
from engine.calendars import queries as calendars
from engine.cases import adjusting, asking, dues, extension, stages, steps, timeline
from engine.cases.adjusting import Beside
from engine.cases.adjustment_models import Adjustment, AdjustmentKind
from engine.cases.errors import NotInHand, NotSuspended
from engine.cases.models import Case, Stage
from engine.deadlines import supposing
from engine.deadlines.clocks import Start
from engine.deadlines.models import Clock
from engine.kit.db import db
from engine.kit.errors import Invalid
from engine.kit.i18n import N_
from engine.settings import values as settings
from engine.settings.declarations import Setting

KIND = AdjustmentKind.suspension
CLOCK = "suspension"
DEPARTMENT_CLOCKS = (stages.HANDLING, stages.REWORK)
MOST_DAYS = Setting(
    "cases.suspension_days_most", int, 365, N_("Days of a suspension at most"), N_("Calendar days."), least=1, most=3650
)
MOST = Setting("cases.suspensions_most", int, 1, N_("Suspensions of a case at most"), least=0, most=10)


def request(case: Case, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Ask to suspend until the end of the day ``until``. The form asks for the photo of the safety measure.

    Raises Invalid (beside ``reason`` or ``until``), AdjustmentPending, NotInHand.
    """
    known = extension.open_clocks(case)
    clock = known[stages.HANDLING]
    check(case, clock, at)
    until = checked_until(clock, values["until"], at)
    asking.ask(
        case,
        KIND,
        reason=values["reason"],
        note=values.get("note", ""),
        by=by,
        at=at,
        known=known,
        facts={"days": (until - at).days},
        until=until,
        safety_measure=values["safety_measure"],
        due_after=due_after(clock, until, at=at),
    )


def check(case: Case, clock: Clock, at: datetime) -> None:
    """May this case be suspended at all? Raises Invalid beside ``reason``."""
    if extension.is_overdue(clock, at):
        raise Invalid.field("reason", N_("The time limit has passed: an overdue case is not suspended."))
    most = settings.get(MOST)
    with db.session.no_autoflush:
        times = adjusting.count_granted(case, KIND)
    if times >= most:
        raise Invalid.field("reason", N_("This case has had all its suspensions: %(times)s."), times=most)


def checked_until(clock: Clock, day: Any, at: datetime) -> datetime:
    """The end of ``day`` in the city's time. Raises Invalid for a day that is past or too far away."""
    zone = calendars.working(clock.calendar_id).zone
    today, most = at.astimezone(zone).date(), settings.get(MOST_DAYS)
    last = today + timedelta(days=most)
    if day <= today:
        raise Invalid.field("until", N_("Please enter a day after today."))
    if day > last:
        text = N_("A suspension lasts at most %(days)s days: until %(last)s.")
        raise Invalid.field("until", text, days=most, last=last.isoformat())
    return datetime.combine(day + timedelta(days=1), time(), zone)


def due_after(clock: Clock, until: datetime, *, at: datetime) -> datetime:
    """What the due moment would become, if the case rested from now on until then."""
    return supposing.if_halted(clock.facts, calendars.working(clock.calendar_id), at, until)


def lift(case: Case, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """End a suspension before its day. Raises NotSuspended."""
    task = next((task for task in steps.open_steps(case) if task.act == CLOCK), None)
    if task is None or case.stage != Stage.suspended:
        raise NotSuspended
    steps.finish(task, "lift", by=by, at=at)
    timeline.add(case, "suspension_lift", by=by, at=at, note=values.get("note", ""), due_after=_iso(case.due_at))


def _grant(row: Adjustment, beside: Beside) -> None:
    handling = beside.known.get(stages.HANDLING)
    if handling is None or row.until is None:
        raise NotInHand
    if row.until <= beside.at:
        # It would be over at once, and the case would have had its suspension.
        text = N_("The day until which the case was to rest has passed. Please refuse the request.")
        raise Invalid.field("note", text)
    before, after = handling.due_at, due_after(handling, row.until, at=beside.at)
    rest = Start(CLOCK, due_at=row.until, department_id=beside.case.department_id)
    present = beside.change(pause=DEPARTMENT_CLOCKS, start=[rest], reason=KIND.value)
    row.due_before, row.due_after = before, after
    beside.case.stage = Stage.suspended
    dues.carry(beside.case, present)


def _end(row: Adjustment, beside: Beside) -> None:
    # However late a worker comes: the clock goes on from the agreed moment.
    since = min(beside.at, row.until) if row.until else beside.at
    present = beside.change(at=since, resume=DEPARTMENT_CLOCKS, reason=KIND.value)
    beside.case.stage = Stage.handling
    dues.carry(beside.case, present)
    row.due_after = beside.case.due_at
    if beside.by.id is None:
        timeline.add(beside.case, "suspension_end", by=SYSTEM, at=beside.at, due_after=_iso(row.due_after))


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


adjusting.register(KIND, adjusting.Effects(_grant, _end))
