"""What the studio refuses, in sentences for the person who draws."""

from typing import Any

from engine.kit.errors import Conflict, FieldError, Invalid, NotAllowed, NotFound


class NoSuchDraft(NotFound):
    """There is no such draft, or it is no longer open."""


class NotBeingDrawn(Conflict):
    """This draft has been handed in for review, or is finished; it cannot be changed now."""


class NotHandedIn(Conflict):
    """This draft is not waiting for a review now."""


class ReviewIsStale(Conflict):
    """The drawing has changed since you opened it. Please look again."""


class DrewItOneself(NotAllowed):
    """Whoever drew a process, or handed it in, does not review it: a second person does."""


class NotOnesOwn(NotAllowed):
    """Only those who drew it, or handed it in, take it back; a reviewer returns it with a reason."""


class NoSuchMigration(NotFound):
    """There is no such migration."""


class NoSuchMove(NotFound):
    """This migration has not moved such a case."""


class NotTheSameProcess(Invalid):
    """Cases can only move between two versions of the same process."""


class MigrationRunning(Conflict):
    """Cases of this process are being moved already; wait until that is done, or cancel it."""


class MigrationEnded(Conflict):
    """This migration has ended already, or is still under way."""


class DraftExists(Conflict):
    """%(name)s is working on a draft of this process already. Please go on with that one, or discard it first."""


class StaleSave(Conflict):
    """%(name)s has changed this drawing since you opened it. Please load that, or keep a copy of yours."""


class DraftInUse(Conflict):
    """%(name)s is drawing here just now. You can look on, or take over."""


class CommentResolved(Conflict):
    """This comment has been settled already."""


class DrawingDoesNotRun(Conflict):
    """The engine cannot run this drawing yet. Please mend what the check finds first."""


class NoSuchReplay(NotFound):
    """There is no such replay."""


class ReplayRunning(Conflict):
    """Cases are being replayed through this process already; wait until that is done, or cancel it."""


class NoSuchRetry(NotFound):
    """There is no such run of incidents."""


class RetryEnded(Conflict):
    """These incidents have all been looked at already, or the rest was left alone."""


class ReplayEnded(Conflict):
    """This replay has ended already, or is still under way."""


class FormInUse(Conflict):
    """%(name)s is designing this form already. Please go on with that draft, or discard it first."""


class FormChanged(Conflict):
    """%(name)s has changed this form since you opened it. Nothing was saved; please look at it again."""


class FormNotDesigned(NotFound):
    """There is no such draft of a form, or it is no longer open."""


class NothingToUndo(Conflict):
    """There is nothing to undo, or to do again."""


class ArchiveRefused(Invalid):
    """This archive cannot be brought in."""

    def __init__(self, text: str, **params: Any) -> None:
        super().__init__({"file": [FieldError(text, params)]})


class NoSuchArchive(NotFound):
    """There is no such archive."""


class ArchiveNotOpen(Conflict):
    """This archive is not where you saw it last: somebody has handed it in, applied it or given it up meanwhile."""


class ArchiveIsStale(Conflict):
    """The configuration has changed since it was compared with this archive. Please compare again."""


class BroughtItOneself(NotAllowed):
    """Whoever brought an archive in, or handed it in, does not agree to it: a second person does."""


class RightsAreAnothers(NotAllowed):
    """What roles may do is decided by the security administrator: he agrees to an archive that changes it."""
