"""What the assessment refuses, in sentences for the person who asked."""

from engine.kit.errors import Conflict, NotFound


class MonthNotOver(Conflict):
    """This month is not over yet; it can be published once it is."""


class MonthNotBegun(Conflict):
    """This month has not begun: there is nothing to count yet."""


class MonthPublished(Conflict):
    """This month is published; its numbers do not change any more."""


class NotAMonth(NotFound):
    """There is no such month; it is written like 2026-10."""


class MonthNotComputed(NotFound):
    """The numbers of this month have not been computed yet."""


class NoSuchSet(NotFound):
    """There is no such set of cases; the link may be old."""


class NotAPeriod(NotFound):
    """There is no such period; it is written like 2026-10-01..2026-10-31."""
