"""What a calendar refuses."""

from engine.kit.errors import Conflict, Invalid, NotFound


class NoCalendar(NotFound):
    """There is no such working calendar."""


class OutsideCalendar(Conflict):
    """The working calendar does not reach as far as the year %(year)s."""


class NoDraft(Conflict):
    """There is no draft of this calendar any more: it was applied or discarded meanwhile."""


class StaleDraft(Invalid):
    """%(name)s has changed this draft since you opened the page. What you entered is still here; please look at the
    draft as it is now and send it again."""


class CalendarMoved(Conflict):
    """The calendar itself was changed after this draft was begun. Please discard the draft and begin anew."""


class NothingChanged(Conflict):
    """The draft is the same as the calendar in force: there is nothing to apply."""


class YearTooFar(Conflict):
    """A calendar has the years from %(first)s to %(last)s."""


class YearEmpty(Conflict):
    """No holiday of %(year)s has been entered. Please enter the notice of the State Council first."""
