"""Who may supervise, and who must answer."""

from collections.abc import Callable

from engine.access.actors import Actor
from engine.access.permissions import Permission
from engine.kit.errors import NotAllowed
from engine.supervision.errors import NotYourOrder
from engine.supervision.models import SupervisionOrder


def check_supervising(actor: Actor) -> None:
    """Raises NotAllowed for whoever may not urge, order and watch."""
    if not actor.has(Permission.case_supervise):
        raise NotAllowed


def supervising(actor: Actor) -> Actor:
    """Who urges, orders and watches here: himself where he may, else in the name of somebody for whom he stands in.

    Raises NotAllowed.
    """
    return _first_face(actor, check_supervising)


def may_reply(order: SupervisionOrder, actor: Actor) -> bool:
    """Does this person answer for the department that the order is addressed to?"""
    return order.department_id in actor.reach.department_ids and actor.has(Permission.order_reply)


def check_replying(order: SupervisionOrder, actor: Actor) -> None:
    """Raises NotYourOrder for anybody else than the department's own people."""
    if not may_reply(order, actor):
        raise NotYourOrder


def replying(order: SupervisionOrder, actor: Actor) -> Actor:
    """Who answers here: himself where he may, else in the name of somebody for whom he stands in.

    Raises NotYourOrder.
    """
    return _first_face(actor, lambda face: check_replying(order, face))


def _first_face(actor: Actor, check: Callable[[Actor], None]) -> Actor:
    refusal = NotAllowed()
    for face in actor.faces:
        try:
            check(face)
        except NotAllowed as error:
            refusal = error
        else:
            return face
    raise refusal
