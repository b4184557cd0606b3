"""Named sets of cases. A number of an assessment is the size of one; its link lists exactly that set.

Attribution (evaluation.md §1): what happened is counted in the period of its moment; what was due in the period of its
due moment. Results are those of the cases that were due (口径甲), so that no rate exceeds 100 %. Never judged: void,
transferred, merged, rejected and self-handled cases, those whose clock is paused (挂账), and provisional dues. What was
late and excused after an appeal stays among what was due, but is counted apart from what was late.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, true

from engine.cases.models import Case, Source, Stage, TimelineEntry
from engine.cases.round_models import Dispatch, Return, SatisfactionCall
from engine.evaluation.moments import later
from engine.evaluation.periods import Period
from engine.kit.i18n import N_

Predicate = ColumnElement[bool]
Condition = Callable[[Period], Predicate]

NEVER_JUDGED = (Stage.void.value, Stage.transferred.value, Stage.merged.value, Stage.rejected.value)
ANSWERED = ("satisfied", "fairly_satisfied", "dissatisfied")
CONTENT = ("satisfied", "fairly_satisfied")


@dataclass(frozen=True)
class CaseSet:
    """A set: what its ``anchor`` attributes to the period, as far as ``narrowing`` keeps it.

    ``code`` is that of indicators.csv, empty for sets of ours.
    """

    name: str
    label: str
    anchor: str
    code: str = ""
    narrowing: Condition = lambda _: true()


def predicate(name: str, period: Period) -> Predicate:
    """The SQL predicate over ``Case`` of one set in a period. Raises KeyError for an unknown name."""
    wanted = SETS[name]
    return and_(ANCHORS[wanted.anchor](period), wanted.narrowing(period))


def moment_of(anchor: str, period: Period) -> tuple[Any, timedelta]:
    """The column that attributes an anchor's cases, and what is added to it. Raises KeyError for ``stock``."""
    if anchor in DUES:
        return Case.due_at, DUES[anchor](period)
    return MOMENTS[anchor], timedelta()


def of_anchor(anchor: str) -> list[CaseSet]:
    """The sets that one statement counts together."""
    return [one for one in SETS.values() if one.anchor == anchor]


def _within(column: Any) -> Condition:
    return lambda period: and_(column >= period.start, column < period.end, column <= period.as_of)


def _judged() -> Predicate:
    return and_(
        Case.stage.not_in(NEVER_JUDGED),
        Case.is_self_handled.is_(False),
        Case.due_is_provisional.is_(False),
        Case.stage != Stage.suspended.value,
        Case.clock_state != "paused",
    )


def _due(period: Period, shift: timedelta) -> Predicate:
    """Due in the period, and not later than it is judged. The bounds move instead of the column: its index serves."""
    return and_(Case.due_at >= period.start - shift, Case.due_at < period.judged_until - shift, _judged())


def _in_stock(period: Period) -> Predicate:
    is_open = Case.stage.in_(sorted(Stage.open_stages()))
    return and_(is_open, Case.is_self_handled.is_(False), Case.reported_at <= period.as_of)


MOMENTS: dict[str, Any] = {
    "reported_at": Case.reported_at,
    "accepted_at": Case.accepted_at,
    "filed_at": Case.filed_at,
    "dispatched_at": Case.dispatched_at,
    "handled_at": Case.handled_at,
    "closed_at": Case.closed_at,
    "ended_at": Case.ended_at,
}
DUES: dict[str, Callable[[Period], timedelta]] = {
    "handling_due": lambda _: timedelta(),
    "closure_due": lambda period: timedelta(seconds=period.allowance_seconds),
}
ANCHORS: dict[str, Condition] = {
    **{name: _within(column) for name, column in MOMENTS.items()},
    **{name: lambda period, shift=shift: _due(period, shift(period)) for name, shift in DUES.items()},  # type: ignore[misc]
    "stock": _in_stock,
}
"""How cases are attributed to a period. One statement counts all sets of an anchor."""


def _was_handled(period: Period) -> Predicate:
    return and_(Case.handled_at.is_not(None), Case.handled_at <= period.as_of)


def _was_not_handled(period: Period) -> Predicate:
    return or_(Case.handled_at.is_(None), Case.handled_at > period.as_of)


def _not_after(done: Any, due: Any, seconds: int = 0) -> Predicate:
    """Clocks judge by whole seconds (``deadlines.course``): done within the second of its due is on time."""
    return done < later(due, seconds + 1)  # type: ignore[no-any-return]


def _in_time(period: Period) -> Predicate:
    return and_(_was_handled(period), _not_after(Case.handled_at, Case.due_at))


def _too_late(period: Period) -> Predicate:
    return and_(_was_handled(period), ~_not_after(Case.handled_at, Case.due_at))


def _was_excused(period: Period) -> Predicate:
    """An appeal was granted by then (process.md §4.17). Only what was late is appealed against, once it is closed."""
    return and_(Case.late_excused_at.is_not(None), Case.late_excused_at <= period.as_of)


def _was_not_excused(period: Period) -> Predicate:
    return or_(Case.late_excused_at.is_(None), Case.late_excused_at > period.as_of)


def _by_first_limit(period: Period) -> Predicate:
    return and_(_was_handled(period), Case.first_due_at.is_not(None), _not_after(Case.handled_at, Case.first_due_at))


def _well_at_once(period: Period) -> Predicate:
    return and_(_was_handled(period), _was_closed(period), Case.rework_count == 0)


def _was_closed(period: Period) -> Predicate:
    return and_(Case.closed_at.is_not(None), Case.closed_at <= period.as_of)


def _closed_in_time(period: Period) -> Predicate:
    return and_(_was_closed(period), _not_after(Case.closed_at, Case.due_at, period.allowance_seconds))


def _closed_too_late(period: Period) -> Predicate:
    return and_(_was_closed(period), ~_not_after(Case.closed_at, Case.due_at, period.allowance_seconds))


def _was_not_closed(period: Period) -> Predicate:
    return or_(Case.closed_at.is_(None), Case.closed_at > period.as_of)


def _overdue(period: Period) -> Predicate:
    return and_(Case.due_at < period.as_of, _was_not_handled(period), _judged())


def _automatic(period: Period) -> Predicate:
    return Case.id.in_(
        select(Dispatch.case_id).where(Dispatch.mode == "auto", Dispatch.at >= period.start, Dispatch.at < period.end)
    )


def _shirked(_: Period) -> Predicate:
    """Asked to return a case that was found to be one's own."""
    refused = select(Return.id).where(
        Return.case_id == Case.id, Return.department_id == Case.department_id, Return.decision == "refused"
    )
    return refused.exists()


def _called(answers: tuple[str, ...]) -> Condition:
    """Cases with a satisfaction call so answered; a citizen asked twice counts once."""
    return lambda period: Case.id.in_(
        select(SatisfactionCall.case_id).where(
            SatisfactionCall.answer.in_(answers),
            SatisfactionCall.at >= period.start,
            SatisfactionCall.at <= period.as_of,
        )
    )


def _reviewed(*acts: str) -> Condition:
    """Collectors' reports of which the acceptor decided so whether they had been put right."""
    told = select(TimelineEntry.id).where(TimelineEntry.case_id == Case.id, TimelineEntry.act.in_(acts))
    return lambda period: and_(_patrol(period), told.where(TimelineEntry.at <= period.as_of).exists())


def _public(_: Period) -> Predicate:
    return Case.source.in_(sorted(Source.from_public()))


def _patrol(_: Period) -> Predicate:
    return Case.source == Source.patrol.value


def _departments(_: Period) -> Predicate:
    return Case.is_self_handled.is_(False)


def _all(*conditions: Condition) -> Condition:
    return lambda period: and_(*(condition(period) for condition in conditions))


def _ended_as(stage: Stage) -> Condition:
    return lambda _: Case.stage == stage.value


def _listed(*sets: CaseSet) -> dict[str, CaseSet]:
    return {one.name: one for one in sets}


SETS = _listed(
    CaseSet("reported", N_("Reported"), "reported_at", "B01"),
    CaseSet("reported_by_collectors", N_("Reported by collectors"), "reported_at", "", _patrol),
    CaseSet(
        "effective",
        N_("Collectors' reports that were filed"),
        "reported_at",
        "B02",
        _all(_patrol, lambda _: Case.filed_at.is_not(None)),
    ),
    CaseSet("public", N_("Reported by citizens"), "reported_at", "B38", _public),
    CaseSet(
        "self_handling_reviewed",
        N_("Self-handling reviewed"),
        "reported_at",
        "",
        _reviewed("self_handling_approval", "self_handling_refusal"),
    ),
    CaseSet(
        "self_handling_refused", N_("Self-handling refused"), "reported_at", "", _reviewed("self_handling_refusal")
    ),
    # Self-handled cases are looked at once and never filed: counted here they would lower the filing rate.
    CaseSet("accepted", N_("Accepted"), "accepted_at", "B03", _departments),
    CaseSet("rejected", N_("Rejected"), "ended_at", "B05", _ended_as(Stage.rejected)),
    CaseSet("filed", N_("Filed"), "filed_at", "B06"),
    CaseSet("dispatched", N_("Dispatched"), "dispatched_at", "B10"),
    CaseSet("dispatched_automatically", N_("Dispatched automatically"), "dispatched_at", "", _automatic),
    CaseSet(
        "first_dispatch_right",
        N_("Dispatched rightly at once"),
        "dispatched_at",
        "B12",
        lambda _: Case.return_count == 0,
    ),
    CaseSet("returned", N_("Returned"), "dispatched_at", "", lambda _: Case.return_count > 0),
    CaseSet("due_handling", N_("Due for handling"), "handling_due", "B14"),
    CaseSet("handled_due", N_("Handled (of those due)"), "handling_due", "B15", _was_handled),
    CaseSet("handled_on_time", N_("Handled on time"), "handling_due", "B16", _in_time),
    CaseSet("handled_late", N_("Handled late"), "handling_due", "B17", _all(_too_late, _was_not_excused)),
    CaseSet("excused", N_("Late, excused after appeal"), "handling_due", "", _all(_too_late, _was_excused)),
    CaseSet("unhandled_late", N_("Overdue, not handled"), "handling_due", "B18", _was_not_handled),
    CaseSet("handled_first_limit", N_("Handled within the first limit"), "handling_due", "", _by_first_limit),
    CaseSet("handled_at_once", N_("Handled well the first time"), "handling_due", "", _well_at_once),
    CaseSet("shirked", N_("Returns refused"), "handling_due", "B24", _shirked),
    CaseSet("due_closure", N_("Due for closure"), "closure_due", "B28"),
    CaseSet("closed_due", N_("Closed (of those due)"), "closure_due", "B29", _was_closed),
    CaseSet("closed_on_time", N_("Closed on time"), "closure_due", "B30", _closed_in_time),
    CaseSet("closed_late", N_("Closed late"), "closure_due", "B31", _all(_closed_too_late, _was_not_excused)),
    CaseSet(
        "closure_excused",
        N_("Closed late, excused after appeal"),
        "closure_due",
        "",
        _all(_closed_too_late, _was_excused),
    ),
    CaseSet("unclosed_late", N_("Overdue, not closed"), "closure_due", "B32", _was_not_closed),
    CaseSet("reworked", N_("Reworked"), "closure_due", "B20", lambda _: Case.rework_count > 0),
    CaseSet("reworked_again", N_("Reworked twice or more"), "closure_due", "", lambda _: Case.rework_count > 1),
    CaseSet("extended", N_("Extended"), "closure_due", "B22", lambda _: Case.extension_count > 0),
    CaseSet("handled", N_("Handled in the month"), "handled_at", "", _departments),
    # Legacy systems told of handling without a dispatch: there is no time between the two.
    CaseSet(
        "handled_dispatched",
        N_("Handled in the month after a dispatch"),
        "handled_at",
        "",
        _all(_departments, lambda _: Case.dispatched_at.is_not(None)),
    ),
    CaseSet("closed", N_("Closed in the month"), "closed_at", "", _departments),
    CaseSet("self_handled", N_("Self-handled"), "closed_at", "B34", lambda _: Case.is_self_handled.is_(True)),
    CaseSet("to_call_back", N_("To be called back"), "closed_at", "B39", _public),
    CaseSet("called_back", N_("Called back"), "closed_at", "", _all(_public, _called(ANSWERED))),
    CaseSet("satisfied", N_("Satisfied"), "closed_at", "B40", _all(_public, _called(CONTENT))),
    CaseSet("voided", N_("Voided"), "ended_at", "B33", _ended_as(Stage.void)),
    CaseSet("merged", N_("Merged"), "ended_at", "", _ended_as(Stage.merged)),
    CaseSet("transferred", N_("Transferred"), "ended_at", "", _ended_as(Stage.transferred)),
    CaseSet("open", N_("Open"), "stock"),
    CaseSet("open_overdue", N_("Open and overdue"), "stock", "", _overdue),
    CaseSet(
        "suspended",
        N_("Suspended"),
        "stock",
        "B23",
        lambda _: or_(Case.stage == Stage.suspended.value, Case.clock_state == "paused"),
    ),
)
"""Every set by its name, which is also its name in the address of a list."""
