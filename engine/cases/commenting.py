"""Comments: what somebody adds to a case without moving it."""

from datetime import datetime
from typing import Any

from engine.access.actors import Actor
from engine.access.permissions import Permission
from engine.cases import timeline
from engine.cases.models import Case
from engine.kit.errors import NotAllowed


def comment(case: Case, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Append a note to the timeline. Raises NotAllowed."""
    if not by.has(Permission.case_comment):
        raise NotAllowed
    timeline.add(case, "comment", by=by, at=at, note=values["note"])
