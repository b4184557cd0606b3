"""Everything that a person can do to a case, in one list: what its page offers, and what its doors perform."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.access.actors import Actor
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
    policy,
    reassigning,
    rejection,
    reopening,
    returning,
    self_handling,
    signing,
    steps,
    suspension,
    transfer,
    verification,
    voiding,
)
from engine.cases.errors import AdjustmentPending, CaseEnded, CaseNotFound, NothingPending, StepNotOpen
from engine.cases.models import Case, Stage
from engine.kit.errors import NotAllowed
from engine.kit.i18n import N_
from engine.process.models import OpenTask


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


def _check_appealing(case: Case, by: Actor) -> None:
    """What an appeal needs besides being made in time, which its act looks at."""
    policy.check_appealing(case, by)
    appeal.check(case, case.closed_at or case.updated_at)


CASE_CHECKS: dict[str, Callable[[Case, Actor], None]] = {
    "extension": policy.check_extending,
    "suspension": policy.check_asking,
    "suspension_lift": policy.check_lifting,
    "appeal": _check_appealing,
    "adjustment_withdrawal": policy.check_withdrawing,
    "voiding": policy.check_voiding,
    "reassignment": reassigning.check_reassigning,
    "takeover": reassigning.check_taking,
}
"""What the case has to say before an act on it as a whole, besides the permission."""
ASKING = frozenset({"extension", "suspension", "appeal"})
"""Acts that begin a request about the case: one waits at a time."""
RESTING = "suspension"
"""Act of the step in which a suspension lasts. Nobody finishes it by itself: lifting is an act on the case."""
KNOWN_STEPS = frozenset({*(act.step for act in STEP_ACTS), RESTING})


@dataclass(frozen=True)
class Offer:
    """An act that this person may do on this case now; ``task`` is the step that it completes."""

    act: Act
    task: OpenTask | None
    is_pending: bool = False
    """Does a request about the case wait for its decision already?"""


def offers(case: Case, tasks: list[OpenTask], actor: Actor, at: datetime | None = None) -> list[Offer]:
    """Just the acts that ``actor`` may do now, in the order of the list: the likely ones first.

    With ``at``, what was possible until an earlier moment only is left out.
    Whoever stands in for somebody is offered what either of them may do.
    """
    on_steps = [offer for face in actor.faces for offer in _step_offers(case, tasks, face)]
    on_case = [offer for face in actor.faces for offer in _case_offers(case, tasks, face, at)]
    found = [*on_steps, *on_case]
    return [offer for place, offer in enumerate(found) if offer not in found[:place]]


def _step_offers(case: Case, tasks: list[OpenTask], actor: Actor) -> Iterator[Offer]:
    for task in tasks:
        if not policy.is_offered(task, actor) or policy.is_held(case, task):
            continue
        if task.act not in KNOWN_STEPS:
            yield Offer(CUSTOM, task)
        elif not _must_keep_apart(case, task, actor):
            yield from (Offer(act, task) for act in STEP_ACTS if act.step == task.act and _may(act, case, task, actor))


def _may(act: Act, case: Case, task: OpenTask, actor: Actor) -> bool:
    may_ask = act.name != "return_request" or returning.may_request(case)
    return may_ask and policy.may_do(act.permission, case, task, actor)


def _must_keep_apart(case: Case, task: OpenTask, actor: Actor) -> bool:
    try:
        policy.check_hands(case, task, actor)
    except NotAllowed:
        return True
    return False


def _case_offers(case: Case, tasks: list[OpenTask], actor: Actor, at: datetime | None) -> Iterator[Offer]:
    is_pending = _is_pending(tasks)
    may_ask = not is_pending and policy.allows(policy.check_asking, case, actor)
    allowed = {
        "extension": may_ask and not case.is_urgent,
        "suspension": may_ask,
        "suspension_lift": policy.allows(policy.check_lifting, case, actor),
        "appeal": policy.allows(policy.check_appealing, case, actor) and appeal.is_possible(case, at),
        "adjustment_withdrawal": is_pending and policy.allows(policy.check_withdrawing, case, actor),
        "reassignment": bool(reassigning.movable(case, tasks, actor)),
        "takeover": bool(reassigning.takeable(case, tasks, actor)),
        "comment": True,
        "reopening": case.stage in Stage.ended() and (case.stage == Stage.closed or not case.restore_count),
        "voiding": policy.may_void(case, actor),
    }
    yield from (Offer(act, None) for act in CASE_ACTS if allowed[act.name] and actor.has(act.permission))


def _is_pending(tasks: list[OpenTask]) -> bool:
    return any(task.act in policy.APART_FROM_ASKING for task in tasks)


def find(name: str, tasks: list[OpenTask], task_id: str | None = None) -> Offer:
    """The act of that name with the step that it would complete.

    Raises CaseNotFound for a name that is no act; a step that waits no more gives an offer without a task.
    """
    for act in CASE_ACTS:
        if act.name == name:
            return Offer(act, None, _is_pending(tasks))
    candidates = [act for act in (*STEP_ACTS, CUSTOM) if act.name == name]
    if not candidates:
        raise CaseNotFound
    for task in tasks:
        if task_id not in (None, task.id):
            continue
        for act in candidates:
            if task.act == act.step or (act is CUSTOM and task.act not in KNOWN_STEPS):
                return Offer(act, task)
    return Offer(candidates[0], None)


def perform(
    case: Case, name: str, values: dict[str, Any], *, by: Actor, at: datetime, task_id: str | None = None
) -> Act:
    """Do an act: policy first, then the act itself. The case must be locked by the caller.

    Raises NotAllowed, Conflict (ended, done already), Invalid (beside the field).
    """
    offer = find(name, steps.open_steps(case), task_id)
    carry_out(case, offer, values, by=check(case, offer, by), at=at)
    return offer.act


def check(case: Case, offer: Offer, by: Actor) -> Actor:
    """May ``by`` do this now? In his own name where he may, else in the name of somebody for whom he stands in.

    Returns who acts, for ``carry_out``. Raises NotAllowed, or Conflict where the step does not wait, or the case has
    ended.
    """
    refusal: NotAllowed = NotAllowed()
    for face in by.faces:
        try:
            _check(case, offer, face)
        except NotAllowed as error:
            refusal = error
        else:
            return face
    raise refusal


def _check(case: Case, offer: Offer, by: Actor) -> None:
    if offer.act.step is None:
        _check_on_case(case, offer, by)
    elif offer.task is None:
        raise CaseEnded if case.stage in Stage.ended() else StepNotOpen
    else:
        policy.check_not_held(case, offer.task)
        policy.check_step(case, offer.task, None if offer.act is CUSTOM else offer.act.permission, by)


def carry_out(case: Case, offer: Offer, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Do an act that was checked. Raises Conflict, Invalid (beside the field)."""
    if offer.task is None:
        offer.act.perform(case, values, by=by, at=at)
    else:
        offer.act.perform(case, offer.task, values, by=by, at=at)


def _check_on_case(case: Case, offer: Offer, by: Actor) -> None:
    name = offer.act.name
    if not by.has(offer.act.permission):
        raise NotAllowed
    if name == "reopening":
        reopening.check(case)
    if name in CASE_CHECKS:
        CASE_CHECKS[name](case, by)
    if name in ASKING and offer.is_pending:
        raise AdjustmentPending
    if name == "adjustment_withdrawal" and not offer.is_pending:
        raise NothingPending
