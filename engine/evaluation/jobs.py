"""What is done at night: preliminary numbers of this month and the last, so that pages find them in the morning."""

from datetime import datetime
from zoneinfo import ZoneInfo

from engine.access.actors import SYSTEM
from engine.evaluation import publishing
from engine.evaluation.models import State


def compute_months(zone: ZoneInfo, *, at: datetime) -> int:
    """Count this month and the one before, unless published; how many were counted. Safe to run twice."""
    names = publishing.months(zone, at=at, count=2)
    rows = publishing.kept(names)
    wanted = [name for name in names if name not in rows or rows[name].state != State.published]
    # The older one first: the ranks of the next are compared with it.
    for name in sorted(wanted):
        publishing.compute(name, zone, by=SYSTEM, at=at)
    return len(wanted)
