"""The writes of one move, sent to PostgreSQL in one round trip; SQLite, which has no round trips, gets them one by one."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, literal_column, select
from sqlalchemy.sql.dml import UpdateBase

from engine.kit.db import db


def write(statements: Sequence[Any]) -> int:
    """Execute inserts, updates and deletes of different rows; how many rows the first of them touched.

    On PostgreSQL they become data-modifying WITH clauses of one statement: all see the rows as they were before.
    """
    if db.session.connection().dialect.name != "postgresql":
        return [db.session.execute(statement).rowcount for statement in statements][0]  # type: ignore[attr-defined]
    first, *others = statements
    touched = _returning(first).cte("touched")
    counted = select(func.count()).select_from(touched)
    counted = counted.add_cte(*(other.cte(f"also_{number}") for number, other in enumerate(others)))
    return int(db.session.execute(counted).scalar_one())


def _returning(statement: UpdateBase) -> Any:
    return statement.returning(literal_column("1").label("one"))
