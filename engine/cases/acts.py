"""What a person may do to a case now, and doing it: what the case's page offers is what its doors let through."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.access.actors import Actor
from engine.cases import appeal, policy, reassigning, reopening, returning, steps
from engine.cases.errors import AdjustmentPending, CaseEnded, CaseNotFound, NothingPending, StepNotOpen
from engine.cases.list_of_acts import CASE_ACTS, CUSTOM, KNOWN_STEPS, STEP_ACTS, Act
from engine.cases.models import Case, Stage
from engine.kit.errors import NotAllowed
from engine.process.models import OpenTask


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
