"""Extension (延期): the department asks for more time while enough of it is left, others decide (process.md §4.4).

The clock runs on meanwhile. A request that was made in time is granted even where the limit passed before somebody
decided: that delay is not the department's.
"""

from datetime import datetime
from typing import Any

from engine.access.actors import Actor
from engine.calendars import queries as calendars
from engine.calendars.working_time import Limit, Unit
from engine.cases import adjusting, asking, dues, stages
from engine.cases.adjusting import Beside
from engine.cases.adjustment_models import Adjustment, AdjustmentKind
from engine.cases.errors import NotInHand
from engine.cases.models import Case
from engine.deadlines import clocks, supposing
from engine.deadlines.models import Clock
from engine.kit.db import db
from engine.kit.errors import Invalid
from engine.kit.i18n import N_
from engine.settings import values as settings
from engine.settings.declarations import Setting

KIND = AdjustmentKind.extension
NOTICE_SHARE = Setting(
    "cases.extension_notice_share",
    float,
    0.25,
    N_("Share of the time limit that must be left when an extension is asked for"),
    N_("Bad weather and sudden events may be told of until the limit passes."),
    least=0.0,
    most=0.9,
)
MOST = Setting("cases.extensions_most", int, 2, N_("Extensions of a case at most"), least=0, most=10)
WITHOUT_NOTICE = frozenset({"weather", "sudden_event"})
"""Reasons that nobody knows of in advance; any other makes a plain extension (一般延期), which needs notice."""


def request(case: Case, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Ask for the limit once more, or for the ``value`` that was typed, in the limit's own unit.

    Raises Invalid (beside ``reason`` or ``value``), AdjustmentPending, NotInHand.
    """
    known = open_clocks(case)
    clock = known[stages.HANDLING]
    check(case, clock, values["reason"], at)
    limit = asked_limit(clock, values.get("value"))
    asking.ask(
        case,
        KIND,
        reason=values["reason"],
        note=values.get("note", ""),
        by=by,
        at=at,
        known=known,
        facts={"extension_count": case.extension_count},
        value=limit.value,
        unit=limit.unit.value,
        due_after=due_after(clock, limit, at=at),
    )


def open_clocks(case: Case) -> dict[str, Clock]:
    """The clocks of a case that its department has; one of them is that of handling. Raises NotInHand."""
    # What was handed in with the request goes out later, together with what the request changes.
    with db.session.no_autoflush:
        found = clocks.open_clocks(stages.KIND, case.id)
    if stages.HANDLING not in found:
        raise NotInHand
    return found


def check(case: Case, clock: Clock, reason: str, at: datetime) -> None:
    """May more time be asked for now, for this reason? Raises Invalid beside ``reason``."""
    most = settings.get(MOST)
    if case.extension_count >= most:
        raise Invalid.field("reason", N_("This case has had all its extensions: %(times)s."), times=most)
    if is_overdue(clock, at):
        raise Invalid.field("reason", N_("The time limit has passed: an overdue case is not extended."))
    if reason not in WITHOUT_NOTICE and not is_noticed(clock, at):
        share = f"{settings.get(NOTICE_SHARE):.0%}"
        text = N_("An extension is asked for while at least %(share)s of the time limit is left; less is left now.")
        raise Invalid.field("reason", text, share=share)


def is_overdue(clock: Clock, at: datetime) -> bool:
    """Has the due moment passed? Nobody is late by a provisional one."""
    return at > clock.due_at and not clock.is_provisional


def is_noticed(clock: Clock, at: datetime) -> bool:
    """Is enough of the limit left for a plain extension?"""
    reading = clocks.read(clock, at=at)
    return reading.is_provisional or reading.remaining_seconds >= settings.get(NOTICE_SHARE) * reading.limit.seconds


def asked_limit(clock: Clock, value: float | None) -> Limit:
    """By how much: what was typed, at most the clock's own limit, which it is by default. Raises Invalid."""
    own = Limit(clock.limit_value, Unit(clock.limit_unit))
    if value is None:
        return own
    if not 0 < value <= own.value:
        text = N_("Please enter more than 0 and at most %(most)s, the limit once more.")
        raise Invalid.field("value", text, most=f"{own.value:g}")
    return Limit(value, own.unit)


def due_after(clock: Clock, limit: Limit, *, at: datetime) -> datetime:
    """What the due moment would become."""
    return supposing.if_extended(clock.facts, calendars.working(clock.calendar_id), limit, at=at)


def _grant(row: Adjustment, beside: Beside) -> None:
    case, handling = beside.case, beside.known.get(stages.HANDLING)
    if handling is None or row.value is None:
        raise NotInHand
    before, share = handling.due_at, row.value / handling.limit_value
    # A round of rework gets the same share of its own, shorter limit.
    own = {name: beside.known[name] for name in (stages.HANDLING, stages.REWORK) if name in beside.known}
    more = {name: Limit(clock.limit_value * share, Unit(clock.limit_unit)) for name, clock in own.items()}
    present = beside.change(extend=more, reason=KIND.value)
    row.due_before, row.due_after = before, handling.due_at
    case.extension_count += 1
    dues.carry(case, present)


adjusting.register(KIND, adjusting.Effects(_grant))
