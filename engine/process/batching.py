"""The writes of one move: on PostgreSQL a single statement in a single round trip, on SQLite one after the other.

A move is made of few kinds of writes, so their SQL is made once for each combination and kept as text: building and
looking up SQLAlchemy's expressions anew would take longer than the database does.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson
from sqlalchemy import JSON, BindParameter, Column, Table, bindparam, func, insert, literal_column, select
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from engine.kit.db import db

_DIALECT = PGDialect_psycopg()

Bind = Callable[[Column[Any]], BindParameter[Any]]


@dataclass(frozen=True)
class Kind:
    """A kind of write: ``make`` builds its statement, asking ``bind`` for the place of each column's value."""

    table: Table
    columns: tuple[str, ...]
    make: Callable[[Bind], Any]

    def json_columns(self) -> frozenset[str]:
        """Columns whose values have to be written as JSON."""
        return frozenset(name for name in self.columns if isinstance(self.table.c[name].type, JSON))


@dataclass(frozen=True)
class Write:
    """One write: its kind, and a value for each column of the kind."""

    kind: Kind
    values: dict[str, Any]


def inserting(table: Table, *columns: str) -> Kind:
    """Rows of ``table`` with these columns."""
    return Kind(table, columns, lambda bind: insert(table).values({name: bind(table.c[name]) for name in columns}))


def write(writes: Sequence[Write]) -> int:
    """Make writes that concern different rows; how many rows the first of them touched."""
    connection = db.session.connection()
    if connection.dialect.name != "postgresql":
        touched = [connection.execute(_alone(each.kind), _named(0, each.values)).rowcount for each in writes]
        return touched[0]
    sql = _together(tuple(each.kind for each in writes))
    return int(connection.exec_driver_sql(sql, _driver_values(writes)).scalar_one())


@cache
def _alone(kind: Kind) -> Any:
    return kind.make(_bind(0))


@cache
def _together(kinds: tuple[Kind, ...]) -> str:
    """Data-modifying WITH clauses: all see the rows as they were before, and all are carried out."""
    first, *others = [kind.make(_bind(number)) for number, kind in enumerate(kinds)]
    touched = first.returning(literal_column("1").label("one")).cte("touched")
    counted = select(func.count()).select_from(touched)
    counted = counted.add_cte(*(other.cte(f"also_{number}") for number, other in enumerate(others)))
    return str(counted.compile(dialect=_DIALECT))


def _bind(number: int) -> Bind:
    return lambda column: bindparam(f"w{number}_{column.name}", type_=column.type)


def _named(number: int, values: dict[str, Any]) -> dict[str, Any]:
    return {f"w{number}_{name}": value for name, value in values.items()}


def _driver_values(writes: Sequence[Write]) -> dict[str, Any]:
    """Values as the driver wants them: moments and bytes as they are, JSON as text."""
    values: dict[str, Any] = {}
    for number, each in enumerate(writes):
        written = {name: orjson.dumps(each.values[name]).decode() for name in _json_columns(each.kind)}
        values |= _named(number, each.values | written)
    return values


@cache
def _json_columns(kind: Kind) -> frozenset[str]:
    return kind.json_columns()
