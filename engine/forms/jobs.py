"""What the forms room does by the clock."""

from datetime import datetime

from engine.forms import drafts
from engine.kit.db import unit_of_work


def purge_drafts(at: datetime) -> int:
    """Forget drafts older than a day; returns how many. Safe to run twice."""
    with unit_of_work():
        return drafts.purge(at)
