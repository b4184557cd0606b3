"""What supervision refuses, in sentences for the person who tried."""

from engine.kit.errors import Conflict, NotAllowed, NotFound


class OrderNotFound(NotFound):
    """There is no such supervision order, or you may not see it."""


class OrderEnded(Conflict):
    """This supervision order has ended; nothing more is to be done about it."""


class OrderCaseEnded(Conflict):
    """The case has ended: the answer can be accepted, or the order withdrawn, but nobody writes another one."""


class OrderReplied(Conflict):
    """This supervision order was answered already. Please look at it again."""


class OrderNotReplied(Conflict):
    """This supervision order was not answered yet."""


class OrderWaits(Conflict):
    """A supervision order about this case still waits for an answer: %(number)s."""


class NotYourOrder(NotAllowed):
    """This supervision order is addressed to another department."""


class NotAtDepartment(Conflict):
    """No department has this case now: there is nobody whom an order could be addressed to."""


class KeyAlready(Conflict):
    """This is a key case already."""


class NotKey(Conflict):
    """This is not a key case."""


class RungNotFound(NotFound):
    """There is no such rung of the ladder."""


class StaleLadder(Conflict):
    """Somebody has changed this ladder since you opened the page. What you entered is still here; please look at the
    ladder as it is now and send it again."""


class QueueNotFound(NotFound):
    """There is no such queue."""


class RunNotFound(NotFound):
    """There is no such bulk act, or it is somebody else's."""


class NoStepOfYours(NotAllowed):
    """None of the steps that wait in this case is yours to give away or to take over."""


class SeveralSteps(Conflict):
    """Several steps wait in this case. Please choose one on its page."""


class NothingChosen(Conflict):
    """No case was chosen. Please tick at least one."""
