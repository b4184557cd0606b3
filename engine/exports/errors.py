"""What may be refused about exports."""

from engine.kit.errors import Conflict, NotAllowed, NotFound


class NoSuchExport(NotFound):
    """There is no such export of yours. Exports are deleted after some days."""


class NothingToExport(Conflict):
    """There is no case in this list."""


class TooManyExports(Conflict):
    """%(most)s of your exports are still being made. Please wait for one, or cancel it."""


class ExportEnded(Conflict):
    """This export is not being made any more."""


class ExportNotReady(Conflict):
    """This export is not ready."""


class NotAllVisible(NotAllowed):
    """There are cases in this export that you may not see any more. Please export the list again."""
