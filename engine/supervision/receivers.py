"""Ties supervision to the rooms below: incidents that an administrator retries."""

from datetime import datetime
from typing import Any

from engine.process.incidents import retried
from engine.process.models import Incident
from engine.supervision import watching


@retried.connect
def wake_clock(incident: Incident, at: datetime, **_: Any) -> None:
    """The ladder of a clock failed three times, and is to be tried again."""
    if incident.clock_id is not None:
        watching.wake(incident.clock_id, at)
