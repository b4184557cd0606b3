"""May this person do this to this case? Permissions say what a role may; here the case itself has its say."""

from collections.abc import Callable, Collection

from engine.access.actors import Actor
from engine.access.permissions import Permission, Scope
from engine.cases import adjusting, deciders, stages, step_departments, timeline
from engine.cases.errors import (
    AskedForIt,
    CaseEnded,
    CaseSuspended,
    HandledIt,
    NotClosed,
    NotFiled,
    NotInHand,
    NotSuspended,
    NotYourStep,
    ProposedIt,
    UrgentNotExtended,
)
from engine.cases.models import Case, Stage
from engine.kit.errors import Conflict, NotAllowed
from engine.kit.i18n import N_
from engine.process.models import OpenTask
from engine.settings import values
from engine.settings.declarations import Setting

APART_FROM_HANDLING = frozenset({"verification", "closure", "self_handling_review"})
"""Steps that nobody may do on a case that he handled: supervision and handling are apart (process.md §1)."""

APART_FROM_ACCEPTANCE = frozenset({"filing"})
"""Steps that nobody may do on a report that he accepted: filing takes two, while the setting says so."""

APART_FROM_ASKING = frozenset({"extension_review", "suspension_review", "appeal_review"})
"""Steps that nobody does who asked for what is decided there, or decided on it in an earlier step."""

FILING_BY_TWO = Setting(
    "cases.filing_by_two",
    bool,
    True,
    N_("Filing takes two persons"),
    N_("Who accepted a report does not approve its filing. Switch off only where one person serves in both posts."),
)


def is_offered(task: OpenTask, actor: Actor) -> bool:
    """Is this step given to this person, or to a group of his while nobody is named?"""
    if task.assignee_id is not None:
        return task.assignee_id in actor.ids
    return task.group_name in actor.groups


def leads(case: Case, task: OpenTask, actor: Actor) -> bool:
    """Is this a step of a department that this person leads, or of one below it?"""
    # The centre's steps are not a head's to give, whosever the case is.
    of_department = stages.scope_of(task.lane) == Scope.department
    reach = actor.reach.department_ids
    return actor.has(Permission.department_lead) and of_department and step_departments.of(case, task) in reach


def may_do(permission: Permission, case: Case, task: OpenTask, actor: Actor) -> bool:
    """Does his role allow this step, or has he, as head, taken it over from one of his people?

    What the program passed on to his role, because nobody serves in the step's own, is his to decide, too.
    """
    has_taken = task.assignee_id == actor.id and leads(case, task, actor)
    is_passed_on = deciders.is_passed_on(task) and task.group_name in actor.groups
    return actor.has(permission) or has_taken or is_passed_on


def check_step(case: Case, task: OpenTask, permission: Permission | None, by: Actor) -> None:
    """Raises NotAllowed, NotYourStep, HandledIt or ProposedIt where ``by`` may not do this step of this case."""
    if permission is not None and not may_do(permission, case, task, by):
        raise NotAllowed
    if not is_offered(task, by):
        raise NotYourStep
    check_hands(case, task, by)


def check_hands(case: Case, task: OpenTask, by: Actor) -> None:
    """Raises HandledIt, ProposedIt or AskedForIt where this step must be in other hands than what came before it.

    Who acts in the name of somebody else must be neither, and so must that other person.
    """
    if task.act in APART_FROM_HANDLING:
        check_apart(case, by)
    if task.act in steps_apart_from_acceptance() and timeline.took_part(case.id, by.ids, "accepted"):
        raise ProposedIt
    if task.act in APART_FROM_ASKING and by.ids & adjusting.look_into(case, task.instance_id):
        raise AskedForIt


def check_parts(case: Case, task: OpenTask, by: Actor, parts: Collection[str]) -> None:
    """``check_hands`` for a step of the case's own drawing, where the parts of ``by`` in many cases were read at once.

    Raises HandledIt, ProposedIt.
    """
    handled = "handled" in parts or case.handler_id in by.ids
    put_right = case.is_self_handled and case.reported_by_id in by.ids
    if task.act in APART_FROM_HANDLING and (handled or put_right):
        raise HandledIt
    if task.act in steps_apart_from_acceptance() and "accepted" in parts:
        raise ProposedIt


def check_not_held(case: Case, task: OpenTask) -> None:
    """Raises CaseSuspended for a step of handling while the case is suspended (process.md §4.5)."""
    if is_held(case, task):
        raise CaseSuspended


def is_held(case: Case, task: OpenTask) -> bool:
    """Does this step rest while its case is suspended? What the centre files afterwards does not."""
    return case.stage == Stage.suspended and task.stage == Stage.handling


def check_asking(case: Case, by: Actor) -> None:
    """The department that is handling a case may ask for an extension or a suspension of it.

    Raises NotAllowed, CaseEnded, CaseSuspended, NotInHand.
    """
    if not by.has(Permission.case_adjust) or not _is_of_department(case, by):
        raise NotAllowed
    if case.stage in Stage.ended():
        raise CaseEnded
    if case.stage == Stage.suspended:
        raise CaseSuspended
    if case.stage != Stage.handling:
        raise NotInHand


def check_extending(case: Case, by: Actor) -> None:
    """An urgent case is not extended (process.md §4.4). Raises UrgentNotExtended, and what ``check_asking`` raises."""
    check_asking(case, by)
    if case.is_urgent:
        raise UrgentNotExtended


def check_appealing(case: Case, by: Actor) -> None:
    """After closure the department that had the case may appeal (process.md §4.17). Raises NotAllowed, NotClosed."""
    if not by.has(Permission.case_appeal) or not _is_of_department(case, by):
        raise NotAllowed
    if case.stage != Stage.closed:
        raise NotClosed


def check_withdrawing(case: Case, by: Actor) -> None:
    """Whoever of the department may ask may take the request back. Raises NotAllowed."""
    if not by.has(Permission.case_adjust) or not _is_of_department(case, by):
        raise NotAllowed


def check_lifting(case: Case, by: Actor) -> None:
    """A suspension is lifted by its department, or by the centre. Raises NotAllowed, NotSuspended."""
    if not by.has(Permission.case_lift_suspension) or not (by.reach.city or _is_of_department(case, by)):
        raise NotAllowed
    if case.stage != Stage.suspended:
        raise NotSuspended


def allows(check: Callable[[Case, Actor], None], case: Case, by: Actor) -> bool:
    """Would this check let this person?"""
    try:
        check(case, by)
    except (NotAllowed, Conflict):
        return False
    return True


def _is_of_department(case: Case, by: Actor) -> bool:
    return case.department_id in by.reach.department_ids


def steps_apart_from_acceptance() -> frozenset[str]:
    """``APART_FROM_ACCEPTANCE`` while the setting says that filing takes two, else none."""
    return APART_FROM_ACCEPTANCE if values.get(FILING_BY_TWO) else frozenset()


def check_apart(case: Case, by: Actor) -> None:
    """Raises HandledIt for somebody who handled this case, or put it right himself when he reported it."""
    put_right = case.is_self_handled and case.reported_by_id in by.ids
    if put_right or case.handler_id in by.ids or timeline.took_part(case.id, by.ids, "handled"):
        raise HandledIt


def check_voiding(case: Case, by: Actor) -> None:
    """Voiding is for the duty officer, after filing and before the end (process.md §4.2), and not for who handled it.

    Raises NotAllowed, CaseEnded, NotFiled, HandledIt.
    """
    if not by.has(Permission.case_void):
        raise NotAllowed
    if case.stage in Stage.ended():
        raise CaseEnded
    if case.stage not in Stage.filed_stages():
        raise NotFiled
    check_apart(case, by)


def may_void(case: Case, by: Actor) -> bool:
    """Would ``check_voiding`` let this person?"""
    return allows(check_voiding, case, by)


def may_reveal_reporter(actor: Actor) -> bool:
    """May this person be shown who reported? Showing it is a logged act."""
    return actor.has(Permission.reporter_reveal)
