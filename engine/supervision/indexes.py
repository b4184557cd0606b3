"""What the database keeps ready for the supervisors' desk: cases that run, by what makes them stand out.

They are indexes of the table of cases, kept here because nobody else asks these questions. All are of running cases
only, which are few beside those of the years before.
"""

from typing import Any

from sqlalchemy import Index, text

from engine.cases.models import Case


def _index(name: str, where: str, *columns: Any) -> Index:
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


RUNNING_DUE = _index(
    "ix_case_running_due", "ended_at IS NULL AND clock_state = 'running'", Case.due_at, Case.due_is_provisional
)
UPDATED = _index("ix_case_open_updated", "ended_at IS NULL", Case.updated_at, Case.stage)
RETURNED = _index("ix_case_returned", "ended_at IS NULL AND return_count >= 2", Case.due_at)
REWORKED = _index("ix_case_reworked", "ended_at IS NULL AND rework_count >= 1", Case.due_at)
BOARD = _index(
    "ix_case_board",
    "ended_at IS NULL",
    Case.department_id,
    Case.street_code,
    Case.responsibility_grid_id,
    Case.category_id,
    Case.handler_id,
    Case.stage,
    Case.clock_state,
    Case.due_at,
    Case.due_is_provisional,
    Case.return_count,
    Case.rework_count,
    Case.updated_at,
    Case.ended_at,
)
"""Everything that the board counts by and is narrowed to: the table itself is not read."""
