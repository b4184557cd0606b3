"""What stages, sources, acts and results are called: the engine knows only their codes."""

from flask_babel import gettext as _
from flask_babel import ngettext

from engine.cases.models import TimelineEntry
from engine.kit.i18n import DEFAULT_LOCALE, N_
from web import languages

STAGES = {
    "reported": N_("Waiting for acceptance"),
    "confirming": N_("Being confirmed on site"),
    "pending_filing": N_("Waiting for filing"),
    "pending_dispatch": N_("Waiting for dispatch"),
    "pending_sign": N_("Waiting to be signed for"),
    "handling": N_("Being handled"),
    "return_review": N_("Return under review"),
    "arbitration": N_("Under arbitration"),
    "suspended": N_("Suspended"),
    "feedback_review": N_("Feedback under review"),
    "verifying": N_("Being verified on site"),
    "pending_closure": N_("Waiting for closure"),
    "closed": N_("Closed"),
    "rejected": N_("Rejected"),
    "void": N_("Void"),
    "merged": N_("Merged"),
    "transferred": N_("Transferred"),
}

LAMPS = {
    "red": N_("Overdue"),
    "amber": N_("Due soon"),
    "green": N_("In time"),
    "grey": N_("Suspended"),
    "unlit": N_("Clock not begun"),
}

ENTRIES = {
    "report": N_("reported the problem"),
    "acceptance": N_("accepted it and proposed filing"),
    "confirmation_request": N_("sent it for confirmation on site"),
    "confirmation": N_("confirmed on site"),
    "merger": N_("merged it into another case"),
    "merged_in": N_("merged another report into this case"),
    "transfer": N_("transferred it to another platform"),
    "rejection": N_("rejected it"),
    "filing": N_("approved filing"),
    "filing_return": N_("sent it back to acceptance"),
    "late_filing": N_("filed it afterwards"),
    "dispatch": N_("dispatched it"),
    "signing": N_("signed for it"),
    "assignment": N_("assigned a handler"),
    "handling": N_("reported it as done"),
    "hand_back": N_("handed it back"),
    "feedback": N_("gave feedback"),
    "redo": N_("had it done again"),
    "extension_request": N_("asked for an extension"),
    "extension_approval": N_("approved the extension"),
    "extension_refusal": N_("refused the extension"),
    "suspension_request": N_("asked for a suspension"),
    "suspension_approval": N_("approved the suspension"),
    "suspension_refusal": N_("refused the suspension"),
    "suspension_lift": N_("lifted the suspension"),
    "suspension_end": N_("ended the suspension, whose day has come"),
    "appeal_request": N_("appealed against being judged late"),
    "appeal_approval": N_("granted the appeal"),
    "appeal_refusal": N_("refused the appeal"),
    "adjustment_withdrawal": N_("withdrew the request"),
    "return_request": N_("asked to return it"),
    "return_grant": N_("granted the return"),
    "return_refusal": N_("refused the return"),
    "arbitration": N_("decided who handles it"),
    "feedback_acceptance": N_("accepted the feedback"),
    "feedback_refusal": N_("refused the feedback"),
    "verification": N_("verified on site"),
    "closure": N_("closed the case"),
    "rework": N_("sent it for rework"),
    "call_back": N_("called the citizen back"),
    "notice": N_("told the citizen"),
    "receipt": N_("wrote down the receipt of the transfer"),
    "self_handling_approval": N_("approved the self-handling"),
    "self_handling_refusal": N_("sent it to ordinary acceptance"),
    "self_handling_sampling": N_("chose it for review"),
    "self_handling_exemption": N_("closed it without review"),
    "comment": N_("commented"),
    "reopening": N_("reopened the case"),
    "voiding": N_("voided the case"),
    "step": N_("finished a step"),
    "urging": N_("urged"),
    "overdue": N_("the time limit passed"),
    "escalation": N_("reported that it runs late"),
    "order": N_("issued a supervision order"),
    "order_reply": N_("answered the supervision order"),
    "order_acceptance": N_("accepted the answer to the supervision order"),
    "order_return": N_("sent the answer to the supervision order back"),
    "order_withdrawal": N_("withdrew the supervision order"),
    "order_end": N_("ended the supervision order with its case"),
    "key": N_("put it under special watch"),
    "key_end": N_("ended the special watch"),
    "reassignment": N_("gave a step to somebody else"),
    "takeover": N_("took a step over"),
    "confirmation_reassignment": N_("asked another collector to confirm"),
    "token_move": N_("moved the case to another step by hand"),
    "token_removal": N_("ended one branch of the case by hand"),
    "incident_skip": N_("let the case go on without a step that had failed"),
    "timer_change": N_("changed when a timer fires"),
    "succession": N_("passed it on to the department that took over"),
}

DETAILS = {
    "department": N_("Department"),
    "department_before": N_("Department before"),
    "handler": N_("Handler"),
    "category": N_("Category"),
    "category_before": N_("Category before"),
    "area_before": N_("Area class before"),
    "point_before": N_("Place before"),
    "reason": N_("Reason"),
    "result": N_("Result"),
    "answer": N_("Answer"),
    "source": N_("Source"),
    "mode": N_("Way"),
    "rule": N_("Rule"),
    "table": N_("Decision table, version / row"),
    "into": N_("Leading case"),
    "number": N_("Number"),
    "kind": N_("Request"),
    "due_before": N_("Due before"),
    "due_after": N_("Due after"),
    "until": N_("Suspended until"),
    "node_before": N_("Step before"),
    "node_after": N_("Step now"),
    "to": N_("To"),
    "node": N_("Step"),
    "step": N_("Step"),
    "person_before": N_("In hand before"),
    "person": N_("In hand now"),
    "clock": N_("Time limit"),
    "outcome": N_("Outcome"),
    "destination": N_("Destination"),
    "destination_number": N_("Number there"),
    "authorised_by": N_("Authorised by"),
    "minutes_number": N_("Number of the minutes"),
    "ownership": N_("Confirmed ownership"),
    "remembered_for": N_("Remembered"),
    "share": N_("Share reviewed"),
    "places": N_("Number of places"),
}

REMEMBERED = {
    "component": N_("For this component"),
    "grid": N_("For this category in this responsibility grid"),
    "street": N_("For this category in this street"),
    "nothing": N_("Not remembered"),
}

RESULTS = REMEMBERED | {
    "resolved": N_("Resolved"),
    "explained": N_("Explained to the reporter"),
    "self_handled": N_("Put right by the collector himself"),
    "untrue": N_("Not as reported"),
    "true": N_("As reported"),
    "gone": N_("No longer there"),
    "passed": N_("Put right"),
    "failed": N_("Not put right"),
    "below_criteria": N_("Does not meet the filing criteria"),
    "not_city_management": N_("Not a duty of city management"),
    "duplicate": N_("Duplicate of another case"),
    "unreachable": N_("Unreachable"),
    "already_resolved": N_("Already resolved"),
    "test_data": N_("Test data"),
    "filed_in_error": N_("Filed in error"),
    "process_cancelled": N_("Process ended by an administrator"),
    "merged": N_("Merged"),
    "transferred": N_("Transferred"),
    "case_closed": N_("The case was closed"),
    "case_void": N_("The case was voided"),
    "case_rejected": N_("The case was rejected"),
    "case_merged": N_("The case was merged"),
    "case_transferred": N_("The case was transferred"),
    "not_our_duty": N_("Not a duty of this department"),
    "wrong_location": N_("Wrong location"),
    "wrong_category": N_("Wrong category"),
    "conditions_not_met": N_("Conditions for handling are not met"),
    "extension": N_("Extension"),
    "appeal": N_("Appeal"),
    "others": N_("Others held it up"),
    "wrong_limit": N_("The time limit did not fit this problem"),
    "wrong_department": N_("It went to the wrong department first"),
    "failure": N_("The program or the network failed"),
    "suspension": N_("Suspension"),
    "complex": N_("The work is larger than expected"),
    "materials": N_("Materials or equipment are missing"),
    "coordination": N_("Others must be brought in first"),
    "weather": N_("Bad weather"),
    "sudden_event": N_("A sudden event takes all hands"),
    "season": N_("Season: cannot be done now"),
    "works": N_("Construction works must be approved first"),
    "funds": N_("Funds are missing"),
    "litigation": N_("A lawsuit is under way"),
    "ownership": N_("Ownership is not settled"),
    "other": N_("Another reason"),
    "satisfied": N_("Satisfied"),
    "fairly_satisfied": N_("Fairly satisfied"),
    "dissatisfied": N_("Dissatisfied"),
    "told": N_("Told"),
    "disagrees": N_("Told, does not agree"),
    "received": N_("Received it"),
    "refused": N_("Did not take it"),
    "auto": N_("by the authority list"),
    "table": N_("by the decision table"),
    "manual": N_("by a dispatcher"),
    "urgent": N_("urgent"),
    "arbitration": N_("by arbitration"),
    "succession": N_("as successor of a merged department"),
    "reopening": N_("after reopening"),
    "legacy": N_("in the system before"),
}
"""Values of results, reasons, answers and ways of dispatch, wherever they stand."""

CLOCKS = {
    "acceptance": N_("Acceptance"),
    "confirmation": N_("Confirmation on site"),
    "filing": N_("Filing"),
    "urgent_filing": N_("Late filing"),
    "dispatching": N_("Dispatching"),
    "signing": N_("Signing"),
    "handling": N_("Handling"),
    "rework": N_("Rework"),
    "return_review": N_("Review of the return"),
    "arbitration": N_("Arbitration"),
    "feedback_review": N_("Review of the feedback"),
    "verification": N_("Verification on site"),
    "closure": N_("Closure"),
    "call_back": N_("Call back"),
    "self_handling_review": N_("Review of self-handling"),
    "receipt": N_("Receipt of the transfer"),
    "adjustment_review": N_("Decision on the request"),
    "suspension": N_("Suspension"),
}

STEPS = CLOCKS | {
    "confirmation": N_("Confirmation"),
    "verification": N_("Verification"),
    "late_filing": N_("Late filing"),
    "assignment": N_("Assignment"),
    "feedback": N_("Feedback"),
    "notice": N_("Telling the citizen"),
    "extension_review": N_("Decision on the extension"),
    "appeal_review": N_("Decision on the appeal"),
    "suspension_review": N_("Decision on the suspension"),
}
"""Steps by their act. Drawings name them in Chinese only."""

PHASES = {
    "before": N_("Before"),
    "confirmation": N_("Confirmation"),
    "after": N_("After handling"),
    "verification": N_("Verification"),
    "suspension": N_("Safety measure"),
}


MINUTES = frozenset({"urgent_hours", "working_hours"})
"""Units whose parts are told in minutes."""


def who(entry: TimelineEntry) -> str:
    """Who did it and, where he stood in for somebody who is away, for whom."""
    absent = entry.detail.get("on_behalf_of")
    return f"{entry.by_name} {_('for %(name)s', name=absent)}" if absent else entry.by_name


def step(name: str, act: str | None) -> str:
    """A step as the drawing names it; to readers of another language, its act where that is known."""
    return name if languages.chosen() == DEFAULT_LOCALE or act not in STEPS else _(STEPS[act])


def limit(value: float | None, unit: str | None) -> str:
    """A time limit in words: "4 working hours"; empty where there is none."""
    if value is None or unit is None:
        return ""
    if value < 1 and unit in MINUTES:
        minutes = round(value * 60)
        return (
            ngettext("%(num)s minute", "%(num)s minutes", minutes)
            if unit == "urgent_hours"
            else ngettext("%(num)s working minute", "%(num)s working minutes", minutes)
        )
    # A clock that runs until a given moment has no round limit.
    amount = f"{round(value, 2):g}"
    return {
        "urgent_hours": _("%(amount)s hours, day and night", amount=amount),
        "working_hours": ngettext("%(amount)s working hour", "%(amount)s working hours", _plural(value), amount=amount),
        "working_days": ngettext("%(amount)s working day", "%(amount)s working days", _plural(value), amount=amount),
        "calendar_days": ngettext("%(amount)s day", "%(amount)s days", _plural(value), amount=amount),
    }.get(unit, f"{amount} {unit}")


def _plural(value: float) -> int:
    return 1 if value == 1 else 2
