"""Processes have moved into the studio; addresses that people kept lead there."""

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from engine.access.permissions import Permission
from web.admin.door import door
from web.guards import requires


@door.get("/processes")
@requires(Permission.process_manage)
def processes() -> ResponseReturnValue:
    """Every process, its versions and drafts."""
    return redirect(url_for("studio.processes"), 301)


@door.get("/processes/new")
@requires(Permission.process_manage)
def publish_process() -> ResponseReturnValue:
    """Bringing a file: it becomes a draft there, and a second person reviews it."""
    return redirect(url_for("studio.new_draft"), 301)
