"""Every act on a case, in one list: its name, the step that it completes, what it takes, and who performs it."""

from collections.abc import Callable
from dataclasses import dataclass

from engine.access.permissions import Permission
from engine.cases import (
    acceptance,
    appeal,
    arbitration,
    asking,
    assignment,
    calling_back,
    closure,
    commenting,
    confirmation,
    custom_steps,
    dispatching,
    extension,
    feedback,
    filing,
    handling,
    merging,
    notice,
    reassigning,
    rejection,
    reopening,
    returning,
    self_handling,
    signing,
    suspension,
    transfer,
    verification,
    voiding,
)
from engine.kit.i18n import N_


@dataclass(frozen=True)
class Act:
    """One thing to do. ``name`` is the noun of its address and of its form.

    ``step`` is the ``act`` of the BPMN task that it completes; None for acts on the case as a whole. ``photos`` is the
    phase under which files handed in with it are kept. ``is_grave`` acts are shown apart and asked twice.
    """

    name: str
    step: str | None
    label: str
    permission: Permission
    perform: Callable[..., None]
    photos: str | None = None
    is_grave: bool = False


P = Permission
DECIDE = P.case_decide_adjustment
STEP_ACTS = (
    Act("filing_proposal", "acceptance", N_("Propose filing"), P.case_accept, acceptance.propose_filing),
    Act(
        "confirmation_request",
        "acceptance",
        N_("Send for confirmation"),
        P.case_accept,
        acceptance.request_confirmation,
    ),
    Act("merger", "acceptance", N_("Merge"), P.case_accept, merging.merge),
    Act("transfer", "acceptance", N_("Transfer to another platform"), P.case_accept, transfer.transfer),
    Act("receipt", "receipt", N_("Write down the receipt"), P.case_accept, transfer.write_receipt),
    Act("rejection", "acceptance", N_("Reject"), P.case_accept, rejection.reject, is_grave=True),
    Act("confirmation", "confirmation", N_("Confirm on site"), P.case_confirm, confirmation.confirm, "confirmation"),
    Act("filing", "filing", N_("File the case"), P.case_approve_filing, filing.file_case),
    Act("filing_return", "filing", N_("Send back to acceptance"), P.case_approve_filing, filing.send_back),
    Act("filing_rejection", "filing", N_("Refuse filing"), P.case_approve_filing, rejection.reject, is_grave=True),
    Act("late_filing", "late_filing", N_("File afterwards"), P.case_approve_filing, filing.file_afterwards),
    Act("dispatch", "dispatching", N_("Dispatch"), P.case_dispatch, dispatching.dispatch),
    Act("signing", "signing", N_("Sign for the case"), P.case_sign, signing.sign),
    Act("return_request", "signing", N_("Request a return"), P.case_sign, returning.request, "document"),
    Act("assignment", "assignment", N_("Assign a handler"), P.case_assign, assignment.assign),
    Act("return_request", "assignment", N_("Request a return"), P.case_sign, returning.request, "document"),
    Act("handling", "handling", N_("Report as done"), P.case_handle, handling.handle, "after"),
    Act("hand_back", "handling", N_("Hand back"), P.case_handle, handling.hand_back),
    Act("feedback", "feedback", N_("Give feedback"), P.case_give_feedback, feedback.give, "after"),
    Act("redo", "feedback", N_("Have it done again"), P.case_give_feedback, feedback.redo),
    Act("return_request", "feedback", N_("Request a return"), P.case_sign, returning.request, "document"),
    Act("return_grant", "return_review", N_("Grant the return"), P.case_dispatch, returning.grant),
    Act("return_refusal", "return_review", N_("Refuse the return"), P.case_dispatch, returning.refuse),
    Act("arbitration", "arbitration", N_("Decide who handles it"), P.case_arbitrate, arbitration.decide),
    Act("feedback_acceptance", "feedback_review", N_("Accept the feedback"), P.case_review_feedback, feedback.accept),
    Act("feedback_refusal", "feedback_review", N_("Refuse the feedback"), P.case_review_feedback, feedback.refuse),
    Act("verification", "verification", N_("Verify on site"), P.case_verify, verification.verify, "verification"),
    Act("closure", "closure", N_("Close the case"), P.case_close, closure.close),
    Act("rework", "closure", N_("Send for rework"), P.case_close, closure.send_to_rework),
    Act("notice", "notice", N_("Tell the citizen"), P.case_call_back, notice.tell),
    Act("call_back", "call_back", N_("Write down the call"), P.case_call_back, calling_back.call_back),
    Act(
        "self_handling_approval",
        "self_handling_review",
        N_("Approve self-handling"),
        P.case_accept,
        self_handling.approve,
    ),
    Act(
        "self_handling_refusal",
        "self_handling_review",
        N_("Treat as an ordinary report"),
        P.case_accept,
        self_handling.refuse,
    ),
    Act("extension_approval", "extension_review", N_("Approve the extension"), DECIDE, asking.approve),
    Act("extension_refusal", "extension_review", N_("Refuse the extension"), DECIDE, asking.refuse),
    Act("suspension_approval", "suspension_review", N_("Approve the suspension"), DECIDE, asking.approve),
    Act("suspension_refusal", "suspension_review", N_("Refuse the suspension"), DECIDE, asking.refuse),
    Act("appeal_approval", "appeal_review", N_("Grant the appeal"), DECIDE, asking.approve),
    Act("appeal_refusal", "appeal_review", N_("Refuse the appeal"), DECIDE, asking.refuse),
)
CASE_ACTS = (
    Act("extension", None, N_("Ask for an extension"), P.case_adjust, extension.request, "document"),
    Act("suspension", None, N_("Ask for a suspension"), P.case_adjust, suspension.request, "suspension"),
    Act("suspension_lift", None, N_("Lift the suspension"), P.case_lift_suspension, suspension.lift, "document"),
    Act("appeal", None, N_("Appeal against being judged late"), P.case_appeal, appeal.request, "document"),
    Act("adjustment_withdrawal", None, N_("Withdraw the request"), P.case_adjust, asking.withdraw),
    Act("reassignment", None, N_("Give to somebody else"), P.case_comment, reassigning.reassign),
    Act("takeover", None, N_("Take over"), P.case_comment, reassigning.take_over),
    Act("comment", None, N_("Comment"), P.case_comment, commenting.comment, "document"),
    Act("reopening", None, N_("Reopen"), P.case_reopen, reopening.reopen, is_grave=True),
    Act("voiding", None, N_("Void"), P.case_void, voiding.void, is_grave=True),
)
CUSTOM = Act("step", "step", N_("Finish this step"), P.case_comment, custom_steps.complete, "document")
RESTING = "suspension"
"""Act of the step in which a suspension lasts. Nobody finishes it by itself: lifting is an act on the case."""
KNOWN_STEPS = frozenset({*(act.step for act in STEP_ACTS), RESTING})
