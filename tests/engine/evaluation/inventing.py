"""Cases invented for counting: rows with the facts that an assessment reads, nothing else."""

from datetime import datetime
from itertools import count
from typing import Any

from engine.cases.models import Case, Stage
from engine.kit.db import db

_numbers = count(1)


def make_case(*, reported_at: datetime, **facts: Any) -> Case:
    """A stored case; what is not said is as it is right after a report."""
    defaults = {"stage": Stage.reported.value, "source": "patrol", "description": "", "updated_at": reported_at}
    case = Case(number=f"640100{next(_numbers):014d}", reported_at=reported_at, **(defaults | facts))
    db.session.add(case)
    db.session.flush()
    return case
