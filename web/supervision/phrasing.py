"""What states of orders and results of bulk acts are called."""

from typing import Any

from flask_babel import gettext as _

from engine.kit.i18n import N_

ORDER_STATES = {
    "open": N_("Waiting for an answer"),
    "replied": N_("Answered, to be read"),
    "accepted": N_("Done"),
    "withdrawn": N_("Withdrawn"),
    "ended": N_("Ended with its case"),
}
ORDER_LEVELS = {"general": N_("General supervision"), "key": N_("Key supervision")}
ORDER_ORIGINS = {"automatic": N_("by the ladder"), "manual": N_("by a supervisor")}
ROW_STATES = {
    "waiting": N_("waiting"),
    "done": N_("carried out"),
    "refused": N_("not done"),
    "failed": N_("failed"),
}
RUN_STATES = {"running": N_("under way"), "done": N_("finished"), "cancelled": N_("cancelled")}
DONE = {
    "urging": N_("Urged. It stands in the timeline."),
    "supervision_order": N_("The supervision order is issued."),
    "key_case": N_("The case is under special watch."),
    "key_case_end": N_("The special watch has ended."),
    "order_reply": N_("Your answer is sent; the supervisor reads it."),
    "order_acceptance": N_("The answer is accepted; the order is done."),
    "order_return": N_("The answer is sent back; the department writes another."),
    "order_withdrawal": N_("The supervision order is withdrawn."),
}


def refused_with(text: str, params: dict[str, Any]) -> str:
    """The sentence of a refusal that was kept, in the reader's language."""
    return _(text, **params) if text else ""
