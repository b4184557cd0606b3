"""One's own messages: the list, opening one, marking them as read."""

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.kit import clock
from engine.kit.db import unit_of_work
from engine.notifications import queries, reading
from engine.notifications.models import Message
from web import guards
from web.guards import requires
from web.messages.door import door
from web.session import current_actor

PAGES = {
    "assessment": ("evaluation.month", {"month": "month"}),
    "year_missing": ("admin.calendars", {}),
    "incident": ("admin.incidents", {}),
    "export_ready": ("desk.export", {"export_id": "export"}),
    "draft_submitted": ("studio.review", {"draft_id": "draft"}),
    "draft_returned": ("studio.review", {"draft_id": "draft"}),
    "draft_published": ("studio.version", {"definition_id": "definition"}),
}
"""Where a message leads that is about no case: the page, and which param is which part of its address."""


@door.get("/")
@requires()
def inbox() -> str:
    """Everything one was told, the newest first."""
    page = queries.inbox(
        _me(), only_unread="unread" in request.args, page=max(1, request.args.get("page", 1, type=int))
    )
    return render_template("messages/inbox.html", page=page)


@door.get("/<int:message_id>")
@requires()
def message(message_id: int) -> ResponseReturnValue:
    """Open what a message is about; the message counts as read. E-mails lead here. Raises MessageNotFound."""
    # A reading address that writes: it is no more than noting that somebody followed a link, and twice is as once.
    with unit_of_work():
        found = reading.read(message_id, user_id=_me(), at=clock.now())
        address = _address_of(found)
    return redirect(address)


@door.post("/readings")
@requires()
def read_all() -> ResponseReturnValue:
    """Mark all as read that the list showed or that are older; what came since stays unread."""
    reading.read_all(user_id=_me(), at=clock.now(), until_id=request.form.get("until", 0, type=int))
    return redirect(url_for(".inbox"), 303)


def _address_of(message: Message) -> str:
    if message.case_id is not None:
        return url_for("desk.case", case_id=message.case_id)
    endpoint, parts = PAGES.get(message.kind, ("messages.inbox", {}))
    if endpoint not in current_app.view_functions or not guards.may_enter(current_actor(), endpoint):
        return url_for(".inbox")
    return url_for(endpoint, **{name: message.params[param] for name, param in parts.items()})


def _me() -> int:
    return current_actor().id or 0
