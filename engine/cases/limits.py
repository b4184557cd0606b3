"""How long each step of a case may take: settings for the centre's own steps, the catalogue for handling."""

from datetime import datetime

from engine.calendars.working_time import Limit, Unit
from engine.cases import tables
from engine.cases.models import Case, Source
from engine.catalog import limits as catalog_limits
from engine.decisions.asking import Answer
from engine.kit.i18n import N_
from engine.settings import values
from engine.settings.declarations import Setting

_MINUTES = N_("Minutes of working time; urgent cases: minutes on the clock.")


def _minutes(name: str, default: int, label: str) -> Setting[int]:
    return Setting(f"cases.{name}_minutes", int, default, label, _MINUTES, least=1, most=100_000)


# Defaults of process.md §5.1; a city sets its own.
STEP_MINUTES = {
    "acceptance": _minutes("acceptance", 15, N_("Time limit of acceptance, patrol reports")),
    "public_acceptance": _minutes("public_acceptance", 30, N_("Time limit of acceptance, citizens' reports")),
    "confirmation": _minutes("confirmation", 30, N_("Time limit of confirmation on site")),
    "filing": _minutes("filing", 15, N_("Time limit of filing")),
    "urgent_filing": _minutes("urgent_filing", 120, N_("Time limit of late filing of urgent cases")),
    "dispatching": _minutes("dispatching", 30, N_("Time limit of dispatching")),
    "signing": _minutes("signing", 60, N_("Time limit of signing for a case")),
    "urgent_signing": _minutes("urgent_signing", 15, N_("Time limit of signing for an urgent case")),
    "self_handling_review": _minutes(
        "self_handling_review", 60, N_("Time limit of looking at what a collector put right himself")
    ),
    "return_review": _minutes("return_review", 60, N_("Time limit of deciding on a return")),
    "arbitration": _minutes("arbitration", 960, N_("Time limit of arbitration")),
    "feedback_review": _minutes("feedback_review", 60, N_("Time limit of reviewing feedback")),
    "verification": _minutes("verification", 120, N_("Time limit of verification on site")),
    "closure": _minutes("closure", 30, N_("Time limit of closure")),
    "call_back": _minutes("call_back", 480, N_("Time limit of the satisfaction call")),
    "adjustment_review": _minutes(
        "adjustment_review", 240, N_("Time limit of each decision on an extension, suspension or appeal")
    ),
    "receipt": Setting(
        "cases.receipt_minutes",
        int,
        1440,
        N_("Time until a transfer's receipt is asked for"),
        N_("Minutes on the clock."),
        least=1,
        most=100_000,
    ),
}
NATURAL_TIME = frozenset({"receipt"})
"""Other platforms keep no hours of ours: a receipt is asked for after 24 hours on the clock (process.md §4.14)."""
HANDLING_DAYS = Setting(
    "cases.handling_days",
    int,
    3,
    N_("Time limit of handling where no filing condition gives one"),
    N_("Working days."),
    least=1,
    most=365,
)
URGENT_HOURS = Setting(
    "cases.urgent_handling_hours",
    int,
    2,
    N_("Time limit of handling urgent cases"),
    N_("Hours, day and night."),
    least=1,
    most=240,
)
REWORK_SHARE = Setting(
    "cases.rework_share", float, 0.5, N_("Time limit of rework, as a share of the original limit"), least=0.1, most=1.0
)
REWORK_LEAST_HOURS = 2.0
"""process.md §4.6: half of the limit, at least two working hours."""
WORKING_HOURS_OF_A_DAY = 8
"""By which a share of a day is compared with that; the clock itself counts by the calendar."""


def step_limit(case: Case, clock: str) -> Limit | None:
    """The limit of the step whose clock has this name; None for a clock that no setting knows.

    Urgent cases run by natural time throughout, nights and holidays included (process.md §4.11).
    """
    setting = STEP_MINUTES.get(_variant(case, clock))
    if setting is None:
        return None
    is_natural = case.is_urgent or clock in NATURAL_TIME
    return Limit(values.get(setting) / 60, Unit.urgent_hours if is_natural else Unit.working_hours)


def _variant(case: Case, clock: str) -> str:
    if clock == "acceptance" and case.source in Source.from_public():
        return "public_acceptance"
    return "urgent_signing" if clock == "signing" and case.is_urgent else clock


def handling_limit(case: Case, at: datetime) -> Limit:
    """The time limit of handling (处置时限) of a case that is dispatched at ``at``; it is frozen then."""
    return limit_by(tables.limit_of(case, at), case)


def limit_by(said: Answer | None, case: Case) -> Limit:
    """What the decision table said, if it has a row for the case; else filing condition and class of the area."""
    if said is not None and said.outcome.limit is not None:
        return said.outcome.limit
    if case.filing_condition is not None:
        value, unit = catalog_limits.limit_of(case.filing_condition, case.area_class)
        return Limit(value, Unit(unit))
    if case.is_urgent:
        return Limit(values.get(URGENT_HOURS), Unit.urgent_hours)
    return Limit(values.get(HANDLING_DAYS), Unit.working_days)


def rework_limit(case: Case) -> Limit:
    """The limit of one round of rework: a share of the original one, at least two working hours (process.md §4.6)."""
    original = Limit(case.limit_value or 1.0, Unit(case.limit_unit or Unit.working_days))
    share = original.value * values.get(REWORK_SHARE)
    if original.unit in {Unit.working_hours, Unit.urgent_hours}:
        return Limit(max(share, REWORK_LEAST_HOURS), original.unit)
    if share * WORKING_HOURS_OF_A_DAY < REWORK_LEAST_HOURS:
        return Limit(REWORK_LEAST_HOURS, Unit.working_hours)
    return Limit(share, original.unit)


def escalation_due(due_at: datetime, started_at: datetime) -> datetime:
    """When a step that was overdue once and given to somebody else is overdue again: as long once more."""
    return due_at + (due_at - started_at)
