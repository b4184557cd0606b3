"""What may be wrong with decision tables."""

from engine.kit.errors import Conflict, Invalid, NotFound


class NoSuchDecision(NotFound):
    """There is no such decision."""


class NoSuchTable(NotFound):
    """There is no such decision table."""


class DraftExists(Conflict):
    """%(name)s is working on a draft of this decision table already. Please go on with that one, or discard it."""


class NotADraft(Conflict):
    """This decision table was published or discarded meanwhile; it cannot be changed any more."""


class StaleTable(Conflict):
    """%(name)s has changed this decision table since you opened it. What you typed is still below, but not saved."""


class PublishedMeanwhile(Conflict):
    """Version %(version)s was put in force after this draft was begun. Please begin a new draft from that one."""


class NotInForce(Conflict):
    """This decision table is not in force."""


class AlreadyInForce(Conflict):
    """This is what is in force already."""


class TableRefused(Invalid):
    """The decision table cannot be put in force yet. Please see what the check finds."""


class TooLarge(Invalid):
    """A decision table may have at most %(rows)s rows, %(inputs)s columns and %(examples)s test cases."""


class UnreadableDmn(Invalid):
    """This file cannot be read as a decision table."""
