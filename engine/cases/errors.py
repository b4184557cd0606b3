"""What cases refuse, in sentences for the person who tried."""

from engine.kit.errors import Conflict, NotAllowed, NotFound


class CaseNotFound(NotFound):
    """There is no such case, or you may not see it."""


class CaseEnded(Conflict):
    """This case has ended; nothing can be done on it any more."""


class StepNotOpen(Conflict):
    """This step has been done already, by you or somebody else. Please look at the case again."""


class HasItAlready(Conflict):
    """This step is in these hands already."""


class NotYourStep(NotAllowed):
    """This step is not offered to you."""


class HandledIt(NotAllowed):
    """You handled this case yourself: someone else must verify and close it."""


class ProposedIt(NotAllowed):
    """You accepted this report yourself: someone else must decide on its filing."""


class TooLateToReturn(Conflict):
    """A return must be asked for within %(hours)s hours of the dispatch; they are over."""


class NotConfirmedYet(Conflict):
    """A report from this source must be confirmed on site before it is filed."""


class NoReturnAfterArbitration(Conflict):
    """This department was assigned by arbitration; the case can no longer be returned."""


class MergedIntoItself(Conflict):
    """A case cannot be merged into itself, or into one that was merged into it."""


class InUse(Conflict):
    """Somebody is at work on case %(number)s just now. Nothing was changed; please try again."""


class ReopenedBefore(Conflict):
    """A case that was not filed, voided or merged can be restored only once."""


class NotEnded(Conflict):
    """This case still runs: there is nothing to reopen."""


class NotFiled(Conflict):
    """Only a filed case that still runs can be voided; before filing it is rejected."""


class NoDraft(Conflict):
    """There is no process for cases yet. An administrator has to publish one."""


class CaseSuspended(Conflict):
    """This case is suspended: nothing is handled until the suspension ends or is lifted."""


class NotSuspended(Conflict):
    """This case is not suspended any more."""


class NotInHand(Conflict):
    """Only while your department is handling a case can its time limit be moved or halted."""


class UrgentNotExtended(Conflict):
    """Urgent cases are not extended."""


class AdjustmentPending(Conflict):
    """A request about this case waits for its decision already; there is one at a time."""


class NothingPending(Conflict):
    """The request was decided on or withdrawn already. Please look at the case again."""


class NotClosed(Conflict):
    """Only a closed case can be appealed against."""


class NotLate(Conflict):
    """The department was not judged late here: there is nothing to appeal against."""


class AppealedBefore(Conflict):
    """An appeal is made once for each case, and it was made."""


class TooLateToAppeal(Conflict):
    """An appeal is made within %(days)s working days of the closure; they are over."""


class AskedForIt(NotAllowed):
    """You asked for this, or decided on it before: someone else must decide now."""


class AlreadyFiled(Conflict):
    """This case has been filed: it has a number and a limit, and cannot go back before its filing."""


class NotFiledYet(Conflict):
    """This report has not been filed. Move it to the approval of its filing first."""


class NoDepartmentYet(Conflict):
    """No department has this case yet. Move it to dispatching; the dispatcher then chooses the department."""


class DecidesOnRequest(Conflict):
    """This process decides on a request about a case. It ends when the request is withdrawn on the case's page."""
