"""What the choices of a drawing are called where it asks about a case, and what a case says of itself."""

from engine.cases.models import Case
from engine.kit.i18n import N_

VALUES: dict[str, dict[str, str]] = {
    "entry": {
        "report": N_("Ordinary report"),
        "urgent": N_("Urgent, handed over at once"),
        "self_handled": N_("Handled on the spot"),
        "reopened": N_("Reopened"),
    },
    "kind": {"": N_("not categorised yet"), "component": N_("Component"), "event": N_("Event")},
}
"""What a text fact may be, by the name of the fact."""

SOURCES = {
    "patrol": N_("Patrol"),
    "hotline": N_("Hotline"),
    "citizen_app": N_("Citizen's app"),
    "video": N_("Video"),
    "sensor": N_("Sensor"),
    "leader": N_("Assigned by a leader"),
    "media": N_("Media"),
    "superior": N_("Task from a superior"),
    "legacy": N_("Imported history"),
}
"""Where a problem came from, by the values of ``Source``."""

OUTCOMES: dict[str, dict[str, str]] = {
    "acceptance": {
        "propose_filing": N_("Propose filing"),
        "confirm": N_("Send for confirmation"),
        "merge": N_("Merge"),
        "transfer": N_("Transfer to another platform"),
        "reject": N_("Reject"),
    },
    "receipt": {"received": N_("Taken over"), "refused": N_("Did not take it")},
    "confirmation": {"true": N_("As reported"), "untrue": N_("Not as reported"), "gone": N_("No longer there")},
    "filing": {
        "approve": N_("File the case"),
        "send_back": N_("Send back to acceptance"),
        "reject": N_("Refuse filing"),
    },
    "late_filing": {"approve": N_("File afterwards")},
    "dispatching": {"dispatch": N_("Dispatch")},
    "signing": {"sign": N_("Sign for the case"), "request_return": N_("Request a return")},
    "assignment": {"assign": N_("Assign a handler"), "request_return": N_("Request a return")},
    "handling": {"done": N_("Report as done"), "hand_back": N_("Hand back")},
    "feedback": {
        "feedback": N_("Give feedback"),
        "redo": N_("Have it done again"),
        "request_return": N_("Request a return"),
    },
    "return_review": {"grant": N_("Grant the return"), "refuse": N_("Refuse the return")},
    "arbitration": {"decide": N_("Decide who handles it")},
    "feedback_review": {"accept": N_("Accept the feedback"), "refuse": N_("Refuse the feedback")},
    "verification": {"passed": N_("Put right"), "failed": N_("Not put right")},
    "closure": {"close": N_("Close the case"), "rework": N_("Send for rework")},
    "notice": {"done": N_("Told")},
    "call_back": {"done": N_("Satisfied, or nothing to follow"), "reopen": N_("Justly dissatisfied: reopen")},
    "self_handling_review": {"close": N_("Approve self-handling"), "accept": N_("Treat as an ordinary report")},
    "suspension": {"lift": N_("Lift the suspension")},
    "extension_review": {"approve": N_("Approve"), "refuse": N_("Refuse")},
    "suspension_review": {"approve": N_("Approve"), "refuse": N_("Refuse")},
    "appeal_review": {"approve": N_("Approve"), "refuse": N_("Refuse")},
}
"""By the act of a step, what it may end with. A step of the city's own ends with whatever its lines ask for."""

RESULTS = {
    "resolved": N_("Resolved"),
    "self_handled": N_("Handled on the spot"),
    "explained": N_("Explained to the reporter"),
    "granted": N_("Granted"),
    "refused": N_("Refused"),
    "ended": N_("Ended"),
}
"""What an end may give as result."""


OF_CASE = frozenset({"kind", "major_category", "category", "is_urgent"})
"""Names of what ``of_case`` gives: cases that began before these were recorded get them from there."""


def of_case(case: Case) -> dict[str, str | bool]:
    """What the case itself says, for whoever begins it or categorises it."""
    category = case.category
    return {
        "kind": case.kind or "",
        "major_category": category.major_code if category is not None else "",
        "category": category.code if category is not None else "",
        "is_urgent": case.is_urgent,
    }
