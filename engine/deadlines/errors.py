"""What a clock refuses."""

from engine.kit.errors import Conflict, NotFound


class ClockStopped(Conflict):
    """This clock has stopped."""


class ClockPaused(Conflict):
    """This clock is paused."""


class ClockRuns(Conflict):
    """This clock is running already."""


class ClockNotStarted(Conflict):
    """This clock has not been started."""


class NoRecalculation(NotFound):
    """There is no such recalculation."""


class RecalculationEnded(Conflict):
    """This recalculation has ended, or the calendar has changed since."""
