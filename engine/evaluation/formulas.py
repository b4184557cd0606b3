"""Indicators by name (evaluation.md §3, indicators.csv): each is the share of one set of cases in another.

Source: GB/T 30428.4-2016, concepts and rates; the denominators of rework and extension are those of published city
reports, which cities may choose differently. A rate without cases is None, shown as a dash, never 0 or 100 %.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from engine.kit.i18n import N_


@dataclass(frozen=True)
class Indicator:
    """A rate. ``numerator`` and ``denominator`` are names of sets.

    ``code`` is that of indicators.csv; one with a letter is ours, beside it. ``definition`` is printed with every
    report; ``higher_is_better`` says which end of a list is the good one.
    """

    code: str
    name: str
    numerator: str
    denominator: str
    definition: str
    higher_is_better: bool = True

    def exact(self, counts: Mapping[str, int]) -> Fraction | None:
        """The unrounded share, for rankings; None where nothing stands below the line."""
        below = counts.get(self.denominator, 0)
        return Fraction(counts.get(self.numerator, 0), below) if below else None

    def of(self, counts: Mapping[str, int]) -> Decimal | None:
        """The rate in percent, two decimals, half up; None where nothing stands below the line."""
        return percent(counts.get(self.numerator, 0), counts.get(self.denominator, 0))


def percent(part: int, whole: int) -> Decimal | None:
    """``part`` of ``whole`` in percent, two decimals, half up (51229 of 51571: 99.34); None of nothing."""
    if not whole:
        return None
    return (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def difference(now: int, before: int) -> Decimal | None:
    """By how many percent ``now`` is more than ``before`` (one decimal, half up); None where there was nothing."""
    if not before:
        return None
    return (Decimal(now - before) * 100 / Decimal(before)).quantize(Decimal("0.1"), ROUND_HALF_UP)


FILING = Indicator(
    "R01",
    N_("Filing rate"),
    "filed",
    "accepted",
    N_("Filed in the month, of those accepted in the month; self-handled cases are not among them."),
)
EFFECTIVE = Indicator(
    "R02",
    N_("Rate of effective reports"),
    "effective",
    "reported_by_collectors",
    N_("Collectors' reports of the month that were filed, of all their reports."),
)
DISPATCHING = Indicator(
    "R06", N_("Dispatch rate"), "dispatched", "filed", N_("First dispatched in the month, of those filed in the month.")
)
RIGHT_DISPATCH = Indicator(
    "R08",
    N_("Rate of right dispatch"),
    "first_dispatch_right",
    "dispatched",
    N_("First dispatched in the month and never returned, of those first dispatched in the month."),
)
HANDLING = Indicator(
    "R09", N_("Handling rate"), "handled_due", "due_handling", N_("Handled, of those due for handling in the month.")
)
ON_TIME_HANDLING = Indicator(
    "R10",
    N_("On-time handling rate"),
    "handled_on_time",
    "due_handling",
    N_("Feedback not later than the due moment (moved by extensions, never by rework), of those due in the month."),
)
FIRST_LIMIT = Indicator(
    "R10.1",
    N_("On-time handling rate by the first limit"),
    "handled_first_limit",
    "due_handling",
    N_("As the on-time handling rate, but judged by the first limit: extensions do not count."),
)
LATE_HANDLING = Indicator(
    "R11",
    N_("Late handling rate"),
    "handled_late",
    "due_handling",
    N_("Handled after the due moment, of those due in the month."),
    higher_is_better=False,
)
NOT_HANDLED = Indicator(
    "R12",
    N_("Overdue and unhandled rate"),
    "unhandled_late",
    "due_handling",
    N_("Due in the month and not handled when it was judged, of those due in the month."),
    higher_is_better=False,
)
SHIRKING = Indicator(
    "R18",
    N_("Shirking rate"),
    "shirked",
    "due_handling",
    N_("The department asked to return the case and was refused, of those due in the month."),
    higher_is_better=False,
)
REWORK = Indicator(
    "R13",
    N_("Rework rate"),
    "reworked",
    "due_closure",
    N_("Cases whose verification failed at least once, of those due for closure in the month."),
    higher_is_better=False,
)
EXTENSION = Indicator(
    "R14",
    N_("Extension rate"),
    "extended",
    "due_closure",
    N_("Cases whose limit was extended, of those due for closure in the month."),
    higher_is_better=False,
)
CLOSURE = Indicator(
    "R15", N_("Closure rate"), "closed_due", "due_closure", N_("Closed, of those due for closure in the month.")
)
ON_TIME_CLOSURE = Indicator(
    "R16",
    N_("On-time closure rate"),
    "closed_on_time",
    "due_closure",
    N_("Closed within the centre's allowance after the due moment, of those due for closure in the month."),
)
SUSPENSION = Indicator(
    "R20",
    N_("Suspension rate"),
    "suspended",
    "filed",
    N_("Suspended when it was judged, of those filed in the month."),
    higher_is_better=False,
)
VOIDING = Indicator(
    "R21",
    N_("Void rate"),
    "voided",
    "filed",
    N_("Voided in the month, of those filed in the month."),
    higher_is_better=False,
)
SELF_HANDLING = Indicator(
    "R23",
    N_("Share of self-handling"),
    "self_handled",
    "reported_by_collectors",
    N_("Self-handled and closed in the month, of collectors' reports in the month."),
)
SELF_HANDLING_REFUSAL = Indicator(
    "R23a",
    N_("Share of refused self-handling"),
    "self_handling_refused",
    "self_handling_reviewed",
    N_("Sent the ordinary way, of collectors' self-handled reports of the month that the acceptor reviewed."),
    higher_is_better=False,
)
CALL_BACK = Indicator(
    "R24",
    N_("Call back rate"),
    "called_back",
    "to_call_back",
    N_("Citizens reached by a satisfaction call, of citizens' cases closed in the month."),
)
SATISFACTION = Indicator(
    "R25",
    N_("Satisfaction rate"),
    "satisfied",
    "called_back",
    N_("Satisfied and fairly satisfied, of those called back."),
)
AUTOMATIC_DISPATCH = Indicator(
    "R26",
    N_("Rate of automatic dispatch"),
    "dispatched_automatically",
    "dispatched",
    N_("Dispatched by the authority list without a dispatcher, of those first dispatched in the month."),
)
AT_ONCE = Indicator(
    "R28",
    N_("Rate of handling well the first time"),
    "handled_at_once",
    "handled_due",
    N_("Closed without rework, of those due for handling in the month and handled."),
)

INDICATORS = (
    FILING,
    EFFECTIVE,
    DISPATCHING,
    RIGHT_DISPATCH,
    AUTOMATIC_DISPATCH,
    HANDLING,
    ON_TIME_HANDLING,
    FIRST_LIMIT,
    LATE_HANDLING,
    NOT_HANDLED,
    SHIRKING,
    AT_ONCE,
    CLOSURE,
    ON_TIME_CLOSURE,
    REWORK,
    EXTENSION,
    SUSPENSION,
    VOIDING,
    SELF_HANDLING,
    SELF_HANDLING_REFUSAL,
    CALL_BACK,
    SATISFACTION,
)
"""Every indicator, in the order in which a report defines them."""
