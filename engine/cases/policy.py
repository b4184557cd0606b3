"""May this person do this to this case? Permissions say what a role may; here the case itself has its say."""

from engine.access.actors import Actor
from engine.access.permissions import Permission
from engine.cases import timeline
from engine.cases.errors import CaseEnded, HandledIt, NotFiled, NotYourStep
from engine.cases.models import Case, Stage
from engine.kit.errors import NotAllowed
from engine.process.models import OpenTask

APART_FROM_HANDLING = frozenset({"verification", "closure"})
"""Steps that nobody may do on a case that he handled: supervision and handling are apart (process.md §1)."""


def is_offered(task: OpenTask, actor: Actor) -> bool:
    """Is this step given to this person, or to a group of his while nobody is named?"""
    if task.assignee_id is not None:
        return task.assignee_id == actor.id
    return task.group_name in actor.groups


def check_step(case: Case, task: OpenTask, permission: Permission | None, by: Actor) -> None:
    """Raises NotAllowed, NotYourStep or HandledIt where ``by`` may not do this step of this case."""
    if permission is not None and not by.has(permission):
        raise NotAllowed
    if not is_offered(task, by):
        raise NotYourStep
    if task.act in APART_FROM_HANDLING:
        check_apart(case, by)


def check_apart(case: Case, by: Actor) -> None:
    """Raises HandledIt for somebody who handled this case."""
    if case.handler_id == by.id or timeline.took_part(case.id, by.id, "handled"):
        raise HandledIt


def check_voiding(case: Case, by: Actor) -> None:
    """Voiding is for the duty officer, after filing and before the end (process.md §4.2)."""
    if not by.has(Permission.case_void):
        raise NotAllowed
    if case.stage in Stage.ended():
        raise CaseEnded
    if case.stage not in Stage.filed_stages():
        raise NotFiled


def may_reveal_reporter(actor: Actor) -> bool:
    """May this person be shown who reported? Showing it is a logged act."""
    return actor.has(Permission.reporter_reveal)
