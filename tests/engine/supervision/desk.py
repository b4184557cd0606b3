"""Cases that stand out, set up for the supervisors' desk without walking each of them there."""

from datetime import datetime, timedelta
from typing import Any

from engine.cases.models import Case
from engine.kit.db import db, unit_of_work
from tests.stories import Story


def running(city: Any, at: datetime, *, due: timedelta = timedelta(days=1), **changes: Any) -> Case:
    """A case in the sanitation bureau's hands at ``at``, due after ``due``; ``changes`` are columns."""
    story = Story(city, at).filed()
    with unit_of_work():
        case = db.session.get(Case, story.case_id)
        given = {"due_at": at + due, "clock_state": "running", "due_is_provisional": False, "updated_at": at}
        for name, value in (given | changes).items():
            setattr(case, name, value)
    return db.session.get(Case, story.case_id)
