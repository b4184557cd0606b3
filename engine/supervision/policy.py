"""Who may supervise, and who must answer."""

from engine.access.actors import Actor
from engine.access.permissions import Permission
from engine.kit.errors import NotAllowed
from engine.supervision.errors import NotYourOrder
from engine.supervision.models import SupervisionOrder


def check_supervising(actor: Actor) -> None:
    """Raises NotAllowed for whoever may not urge, order and watch."""
    if not actor.has(Permission.case_supervise):
        raise NotAllowed


def may_reply(order: SupervisionOrder, actor: Actor) -> bool:
    """Does this person answer for the department that the order is addressed to?"""
    return order.department_id in actor.reach.department_ids and actor.has(Permission.order_reply)


def check_replying(order: SupervisionOrder, actor: Actor) -> None:
    """Raises NotYourOrder for anybody else than the department's own people."""
    if not may_reply(order, actor):
        raise NotYourOrder
