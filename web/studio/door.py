"""The blueprint of the studio, and what its pages share."""

from flask import Blueprint, request

from engine.kit.i18n import N_

door = Blueprint("studio", __name__, url_prefix="/studio")

STATES = {"active": N_("in force"), "retired": N_("retired")}
DRAFT_STATES = {
    "drawing": N_("being drawn"),
    "submitted": N_("handed in for review"),
    "published": N_("published"),
    "discarded": N_("discarded"),
}


@door.context_processor
def _shared() -> dict[str, object]:
    return {"states": STATES, "draft_states": DRAFT_STATES}


def sent_revision() -> int:
    """The revision of a draft that the page showed; 0 where none was sent."""
    given = request.form.get("revision", "")
    return int(given) if given.isdecimal() and len(given) < 10 else 0
