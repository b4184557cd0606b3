"""What a city sets about its assessment."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from engine.evaluation import periods
from engine.evaluation.periods import Period
from engine.kit.i18n import N_
from engine.settings import values
from engine.settings.declarations import Setting

CLOSURE_ALLOWANCE_HOURS = Setting(
    "evaluation.closure_allowance_hours",
    int,
    24,
    N_("Time for review, verification and closure after handling is due"),
    N_("Hours on the clock. A case is due for closure this much after it was due for handling."),
    least=0,
    most=2400,
)
RANKING_SAMPLE = Setting(
    "evaluation.ranking_sample",
    int,
    20,
    N_("Least number of due cases for a place in the ranking"),
    N_("Who had fewer is listed without a place."),
    least=1,
    most=10_000,
)
ON_TIME_TARGET = Setting(
    "evaluation.on_time_target",
    float,
    90.0,
    N_("Target of the on-time handling rate"),
    N_("In percent; the line in the charts."),
    least=0,
    most=100,
)


def month(name: str, zone: ZoneInfo, *, as_of: datetime) -> Period:
    """The month by the city's settings as they are now. Raises NotAMonth."""
    allowance = values.get(CLOSURE_ALLOWANCE_HOURS) * 3600
    return periods.month(name, zone, as_of=as_of, allowance_seconds=allowance)


def span(first: date, last: date, zone: ZoneInfo, *, as_of: datetime) -> Period:
    """Days by the city's settings as they are now. Raises NotAPeriod."""
    allowance = values.get(CLOSURE_ALLOWANCE_HOURS) * 3600
    return periods.span(first, last, zone, as_of=as_of, allowance_seconds=allowance)
