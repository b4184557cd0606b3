"""What a calendar refuses."""

from engine.kit.errors import Conflict, NotFound


class NoCalendar(NotFound):
    """There is no such working calendar."""


class OutsideCalendar(Conflict):
    """The working calendar does not reach as far as the year %(year)s."""
