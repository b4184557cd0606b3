"""The audit log: who changed the house."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.access.permissions import Permission
from engine.audit import queries
from engine.audit.queries import Filter
from web import times
from web.admin import details, wording
from web.admin.door import door
from web.guards import requires


@door.get("/audit")
@requires(Permission.audit_read)
def audit() -> ResponseReturnValue:
    """Records, newest first, by person, act, object and days."""
    page = queries.find(_wanted(), page=request.args.get("page", 1, type=int))
    return render_template(
        "admin/audit.html",
        page=page,
        actions=queries.actions(),
        word_of=_word_of,
        objects=wording.OBJECTS,
        readable=details.readable,
    )


def _word_of(action: str) -> str:
    """What an act is called; its code where nobody has named it."""
    return _(wording.ACTS[action]) if action in wording.ACTS else action


def _wanted() -> Filter:
    return Filter(
        user_name=request.args.get("user_name") or None,
        action=request.args.get("action") or None,
        object_kind=request.args.get("object_kind") or None,
        object_id=request.args.get("object_id") or None,
        since=times.midnight(request.args.get("since", "")),
        until=times.midnight(request.args.get("until", ""), days=1),
    )
