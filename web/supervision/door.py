"""The blueprint of the supervisors' desk, and the words that all its pages share."""

from flask import Blueprint

from engine.access.permissions import Permission
from engine.supervision.queues import QUEUES
from web.desk import wording
from web.supervision import phrasing

READERS = (Permission.supervision_read, Permission.case_supervise)
"""Who may look at the board; what he sees there is as far as he sees cases."""
door = Blueprint("supervision", __name__, url_prefix="/supervision")


@door.context_processor
def _shared() -> dict[str, object]:
    return {
        "stages": wording.STAGES,
        "entries_told": wording.ENTRIES,
        "queue_labels": {queue.name: queue.label for queue in QUEUES.values()},
        "step_name": wording.step,
        "who_did": wording.who,
        "results_told": wording.RESULTS,
        "order_states": phrasing.ORDER_STATES,
        "order_levels": phrasing.ORDER_LEVELS,
        "order_origins": phrasing.ORDER_ORIGINS,
        "refused_with": phrasing.refused_with,
    }
