"""What the process room refuses, in sentences."""

from engine.kit.errors import Conflict, Invalid, NotFound


class StepGone(Conflict):
    """This step has been done already, or is no longer open."""


class NobodyWaits(Conflict):
    """The process does not wait for this message now."""


class InstanceEnded(Conflict):
    """The process has ended already."""


class NoWayOn(Conflict):
    """The drawing shows no way on from "%(node)s". Please tell the administrator."""


class RunsInCircles(Conflict):
    """The drawing runs in circles at "%(node)s" without any step for people."""


class ExpressionFailed(Conflict):
    """The expression "%(source)s" cannot be evaluated: %(reason)s"""


class Undecided(ExpressionFailed):
    """At "%(node)s" it could not be decided how to go on. Please ask the system administrator."""

    def __init__(self, node: str, why: ExpressionFailed) -> None:
        super().__init__(node=node, **why.params)
        self.why = why

    def __str__(self) -> str:
        # Logs and incidents tell what whoever acts need not know.
        return f"{self.sentence} {self.why}"


class FactsRefused(Invalid):
    """The facts given to the process cannot be kept: %(reason)s"""


class NoSuchProcess(NotFound):
    """There is no active process "%(key)s"."""


class NoSuchAction(Conflict):
    """There is no action "%(name)s"."""


class DrawingRefused(Invalid):
    """The drawing cannot be used yet. Please correct the listed places."""


class UnreadableXml(Invalid):
    """This file cannot be read as a drawing: %(reason)s"""


class UnknownState(Conflict):
    """The stored state was written by another version (%(version)s) of the program."""


class IncidentClosed(Conflict):
    """This incident has been resolved already."""


class PublishedMeanwhile(Conflict):
    """%(name)s has published version %(version)s since this drawing was begun. Please look at what has changed."""


class AlreadyInForce(Conflict):
    """This drawing is in force already."""


class ProcessSuspended(Conflict):
    """No new cases can begin now: every version of "%(name)s" is suspended. Please tell the administrator."""


class AlreadySuspended(Conflict):
    """This version is suspended already."""


class NotSuspended(Conflict):
    """This version is not suspended."""


class NoSuchTarget(Conflict):
    """The token cannot be put there. Please choose one of the places offered."""


class ClockTimer(Conflict):
    """This timer follows the time limit "%(clock)s" and moves with it: extend or suspend the case on its own page."""


class TimerHeld(Conflict):
    """An incident holds this timer. Try it again, or skip it, with the incident."""


class NotSkippable(Conflict):
    """This incident holds no timer and no action of the drawing; settle it by hand."""
