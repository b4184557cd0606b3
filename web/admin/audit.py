"""The audit log: who changed the house."""

from datetime import date, datetime, time, timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.access.permissions import Permission
from engine.audit import queries
from engine.audit.queries import Filter
from web.admin import wording
from web.admin.door import door
from web.configuration import current_config
from web.guards import requires


@door.get("/audit")
@requires(Permission.audit_read)
def audit() -> ResponseReturnValue:
    """Records, newest first, by person, act, object and days."""
    page = queries.find(_wanted(), page=request.args.get("page", 1, type=int))
    return render_template("admin/audit.html", page=page, actions=queries.actions(), word_of=_word_of)


def _word_of(action: str) -> str:
    """What an act is called; its code where nobody has named it."""
    return _(wording.ACTS[action]) if action in wording.ACTS else action


def _wanted() -> Filter:
    until = _midnight("until")
    return Filter(
        user_name=request.args.get("user_name") or None,
        action=request.args.get("action") or None,
        object_kind=request.args.get("object_kind") or None,
        object_id=request.args.get("object_id") or None,
        since=_midnight("since"),
        until=until + timedelta(days=1) if until else None,
    )


def _midnight(name: str) -> datetime | None:
    """The first moment of the day that an argument names; None where it names none."""
    try:
        day = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return datetime.combine(day, time(), tzinfo=current_config().time_zone)
