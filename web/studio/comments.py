"""Comments on the elements of a draft (JSON)."""

from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.access.permissions import Permission
from engine.kit import clock
from engine.kit.errors import Invalid
from engine.kit.i18n import N_
from engine.studio import commenting, drafting
from web import times
from web.guards import requires
from web.session import current_actor
from web.studio.door import door
from web.studio.drafts import sent_json


@door.route("/drafts/<int:draft_id>/comments", methods=["GET", "POST"])
@requires(Permission.process_manage, Permission.process_review)
def comments(draft_id: int) -> ResponseReturnValue:
    """Everything that was said about this draft; a POST says something more about ``element``."""
    if request.method == "GET":
        return _all(draft_id)
    sent = sent_json()
    element, text = sent.get("element"), sent.get("text")
    if not isinstance(element, str) or not isinstance(text, str):
        raise Invalid.field("text", N_("Please write what you want to say."))
    commenting.comment(draft_id, element, text, by=current_actor(), at=clock.now())
    return _all(draft_id, 201)


@door.post("/drafts/<int:draft_id>/comments/<int:comment_id>/resolution")
@requires(Permission.process_manage, Permission.process_review)
def resolve_comment(draft_id: int, comment_id: int) -> ResponseReturnValue:
    """Settle a comment."""
    commenting.resolve(draft_id, comment_id, by=current_actor(), at=clock.now())
    return _all(draft_id, 201)


def _all(draft_id: int, status: int = 200) -> ResponseReturnValue:
    said = commenting.of(drafting.find(draft_id).id)
    return jsonify({"comments": [_told(one) for one in said]}), status


def _told(one: commenting.Said) -> dict[str, Any]:
    return {
        "id": one.id,
        "element": one.element_id,
        "text": one.text,
        "by": one.by or _("the program"),
        "at": times.moment(one.at).striptags(),
        "resolved_by": one.resolved_by,
    }
