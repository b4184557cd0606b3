"""What an act will do, said on its button; and that it did it, said on the page after it."""

from typing import Any

from flask_babel import gettext as _

from engine.cases import limits
from engine.cases.acts import Act
from engine.cases.models import Case
from engine.forms.catalogue import Form
from engine.kit import clock
from engine.kit.i18n import N_
from web import times
from web.desk import wording
from web.presenting import translated

DONE = {
    "filing_proposal": N_("Filing is proposed; the duty officer decides."),
    "confirmation_request": N_("A collector is asked to confirm it on site."),
    "confirmation": N_("Your result is with the acceptor."),
    "filing": N_("The case is filed. Its department is being decided."),
    "filing_return": N_("It is back with the acceptor."),
    "late_filing": N_("The case is filed."),
    "dispatch": N_("Dispatched to %(department)s, due %(due)s."),
    "arbitration": N_("Assigned to %(department)s, due %(due)s. It may not be returned any more."),
    "signing": N_("You have signed. Please assign a handler."),
    "assignment": N_("Assigned to %(handler)s."),
    "handling": N_("Reported as done; your clerk gives feedback."),
    "reassignment": N_("The step is given to this person."),
    "takeover": N_("The step is yours now."),
    "hand_back": N_("Handed back; the clerk assigns somebody else."),
    "feedback": N_("Feedback is given; your clock has stopped."),
    "redo": N_("Sent back to the handler."),
    "extension": N_("The extension is asked for. Until it is granted, your clock runs on."),
    "extension_approval": N_("Your approval is entered; due %(due)s."),
    "extension_refusal": N_("The extension is refused; nothing has moved."),
    "suspension": N_("The suspension is asked for. Until it is granted, your clock runs on."),
    "suspension_approval": N_("Your approval is entered: %(stage)s."),
    "suspension_refusal": N_("The suspension is refused; the clock runs on."),
    "suspension_lift": N_("The suspension is lifted; due %(due)s."),
    "appeal": N_("The appeal is made; a dispatcher looks at it first."),
    "appeal_approval": N_("Your decision is entered."),
    "appeal_refusal": N_("The appeal is refused: the case stays among those that were late."),
    "adjustment_withdrawal": N_("The request is withdrawn."),
    "return_request": N_("The return is asked for. Until it is granted, your clock runs on."),
    "return_grant": N_("The return is granted; the case waits for its next department."),
    "return_refusal": N_("The return is refused; the department keeps the case."),
    "feedback_acceptance": N_("The feedback is accepted; a collector verifies on site."),
    "feedback_refusal": N_("The feedback is refused; %(department)s goes on."),
    "verification": N_("Your result is entered: %(stage)s."),
    "closure": N_("The case is closed."),
    "rework": N_("Sent back to %(department)s for rework."),
    "call_back": N_("The answer is kept: %(stage)s."),
    "merger": N_("Merged; this report has ended."),
    "transfer": N_("Transferred; this report has ended."),
    "rejection": N_("Rejected; this report has ended."),
    "filing_rejection": N_("Filing is refused; this report has ended."),
    "self_handling_approval": N_("Approved; the case is closed."),
    "self_handling_refusal": N_("It goes the ordinary way now."),
    "comment": N_("Your comment stands in the timeline."),
    "reopening": N_("The case runs again: %(stage)s."),
    "voiding": N_("The case is void."),
}

CONSEQUENCES = {
    "appeal_approval": N_(
        "Once both have granted it, the case leaves the statistics of overdue; its moments stay as they were."
    ),
    "rejection": N_("The report ends here without becoming a case. A citizen who reported is told the reason."),
    "filing_rejection": N_("The report ends here without becoming a case. A citizen who reported is told the reason."),
    "voiding": N_(
        "The case ends here. It stays on record with your name and reason, and counts in the voiding rate; "
        "an overdue case stays overdue."
    ),
    "reopening": N_("The case runs again under its old number, with a new clock. Its history stays."),
    "merger": N_("This report ends here; its reporter and photos are shown with the leading case."),
    "transfer": N_("This report ends here; the other platform answers for it."),
    "extension_approval": N_("Once everybody has approved, the due moment moves; the first one stays on record."),
    "suspension_approval": N_("Once everybody has approved, the clock stops and nothing is handled until that day."),
    "return_request": N_("Until a dispatcher grants it, your clock runs on."),
    "return_grant": N_("The department's clock ends; the next one gets the whole limit."),
    "arbitration": N_("This decision is final: the department may not return the case."),
    "feedback": N_("Your clock stops now; your department is judged by this moment."),
    "handling": N_("Afterwards you can neither verify nor close this case."),
}


def done(act: Act, case: Case) -> str:
    """What has just happened."""
    text = DONE.get(act.name, N_("Done: %(stage)s."))
    known = {
        "stage": lambda: _(wording.STAGES.get(case.stage, case.stage)),
        "department": lambda: case.department.short_name if case.department else "",
        "handler": lambda: case.handler.name if case.handler else "",
        "due": lambda: times.moment(case.due_at).striptags(),
    }
    # Only what the sentence tells is looked up.
    return _(text, **{name: tell() for name, tell in known.items() if f"%({name})s" in text})


def submit(act: Act, form: Form, case: Case) -> str:
    """What the button says: with the limit of handling where the act starts that clock."""
    if act.name in {"dispatch", "arbitration"}:
        return _("%(act)s, limit %(limit)s", act=translated(form.submit), limit=_limit(case))
    return translated(form.submit)


def pattern(act: Act, case: Case) -> str:
    """The same once a department is chosen, with a place "…" for its name; empty where the button does not change."""
    if act.name not in {"dispatch", "arbitration"}:
        return ""
    return _("Dispatch to %(department)s, limit %(limit)s", department="…", limit=_limit(case))


def consequence(act: Act) -> str:
    """What must be known before doing it; empty where the button says all."""
    text = CONSEQUENCES.get(act.name)
    return _(text) if text else ""


def _limit(case: Case) -> str:
    limit: Any = limits.handling_limit(case, clock.now())
    return wording.limit(limit.value, limit.unit.value)
