"""What is done at night: preliminary numbers of this month and the last, so that pages find them in the morning."""

from datetime import datetime
from zoneinfo import ZoneInfo

from engine.access.actors import SYSTEM
from engine.evaluation import publishing
from engine.evaluation.models import State
from engine.kit.db import unit_of_work


def compute_months(zone: ZoneInfo, *, at: datetime) -> int:
    """Count this month and the one before, unless published; how many were counted. Safe to run twice.

    Each is kept in a transaction of its own, after it was counted: acts go on meanwhile.
    """
    names = publishing.months(zone, at=at, count=2)
    rows = publishing.kept(names)
    wanted = [name for name in names if name not in rows or rows[name].state != State.published]
    # The older one first: the ranks of the next are compared with it.
    for name in sorted(wanted):
        counted = publishing.count(name, zone, at=at)
        with unit_of_work():
            publishing.keep(counted, by=SYSTEM)
    return len(wanted)
