"""Average times: how long the cases of a set took from one moment to another, in hours on the clock, day and night.

They are ours: R27 of indicators.csv is in working hours, which only each case's own clock knows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import ColumnElement, func

from engine.cases.models import Case
from engine.evaluation import sets
from engine.evaluation.moments import seconds_between
from engine.evaluation.periods import Period
from engine.kit.i18n import N_

HOUR = 3600


@dataclass(frozen=True)
class Duration:
    """The average time from ``begun`` to ``ended`` (columns of ``Case``) over the cases of a set."""

    name: str
    label: str
    set_name: str
    begun: Any
    ended: Any
    definition: str

    @property
    def total(self) -> str:
        """The name under which the sum of seconds stands among counts."""
        return f"{self.name}_seconds"

    def seconds(self, period: Period) -> ColumnElement[float]:
        """The sum over a group of cases that the set's anchor has found."""
        narrowing = sets.SETS[self.set_name].narrowing(period)
        return func.coalesce(func.sum(seconds_between(self.begun, self.ended)).filter(narrowing), 0.0)

    def of(self, counts: Mapping[str, float]) -> Decimal | None:
        """The average in hours, one decimal, half up; None of no case."""
        cases = counts.get(self.set_name, 0)
        if not cases:
            return None
        hours = Decimal(counts.get(self.total, 0)) / Decimal(int(cases) * HOUR)
        return hours.quantize(Decimal("0.1"), ROUND_HALF_UP)


DURATIONS = (
    Duration(
        "time_to_acceptance",
        N_("Average time to acceptance (h)"),
        "accepted",
        Case.reported_at,
        Case.accepted_at,
        N_("From report to acceptance, of those accepted in the month; hours on the clock."),
    ),
    Duration(
        "time_to_filing",
        N_("Average time to filing (h)"),
        "filed",
        Case.reported_at,
        Case.filed_at,
        N_("From report to filing, of those filed in the month; hours on the clock."),
    ),
    Duration(
        "time_of_handling",
        N_("Average handling time (h)"),
        "handled_dispatched",
        Case.dispatched_at,
        Case.handled_at,
        N_("From the first dispatch to the last feedback, of those handled in the month; hours on the clock."),
    ),
    Duration(
        "time_to_closure",
        N_("Average time to closure (h)"),
        "closed",
        Case.reported_at,
        Case.closed_at,
        N_("From report to closure, of those closed in the month; hours on the clock."),
    ),
)
"""Every average time, in the order of a case's life."""
