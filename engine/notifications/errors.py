"""What may be refused about messages, and what may go wrong on their way."""

from engine.kit.errors import Conflict, NotFound


class MessageNotFound(NotFound):
    """There is no such message of yours."""


class DeliveryNotFound(NotFound):
    """There is no such delivery."""


class NothingToRepeat(Conflict):
    """This was sent already, or is still on its way."""


class Unreachable(Exception):
    """The channel as a whole is away: server down, wrong password, gateway out of order. All of it is tried later."""


class Refused(Exception):
    """This one will never be taken, however often it is tried: no such mailbox, no such number."""


class TryAgain(Exception):
    """This one was not taken now, others may be."""


class Unknown(Exception):
    """It was handed over, and no answer came: perhaps it was taken."""
