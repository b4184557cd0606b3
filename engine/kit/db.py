"""The database session, column types, and the one place where a transaction begins and commits."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import orjson
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Engine, Integer, MetaData, event, make_url
from sqlalchemy.engine import Connection
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

LOCK_SECONDS = 10
"""How long a statement waits on PostgreSQL for a row that another transaction holds. Acts take milliseconds: whoever
waits longer waits for one that is stuck, and would take a thread of the web process with him."""

PREPARED = 400
"""Statements that a connection to PostgreSQL keeps prepared."""

BigId = BigInteger().with_variant(Integer(), "sqlite")
"""A row's number: 64 bits on PostgreSQL, SQLite's own rowid there."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment. PostgreSQL keeps the zone; SQLite gets naive UTC, and gives it back aware."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """What goes into the database: UTC, on SQLite without its zone. Refuses a moment without one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone before it is stored")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """What comes out of it: aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Every table's base: constraint names are fixed so that migrations can go both ways."""

    # The registry is given whole: a type map beside it would be refused by Flask-SQLAlchemy's own subclass.
    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={datetime: UtcDateTime(), dict[str, Any]: JSON(), list[Any]: JSON(), list[str]: JSON()},
    )


db = SQLAlchemy(model_class=Base)

if TYPE_CHECKING:
    Model = Base
else:
    # Flask-SQLAlchemy makes its own class of ours, which tools that only read the code cannot see.
    Model = db.Model


def _to_json(value: Any) -> str:
    return orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


def engine_options(url: str, *, pool_size: int = 10) -> dict[str, Any]:
    """SQLAlchemy engine options for ``url``: how long to wait, how to write JSON, how to notice a lost connection."""
    # What people typed goes into no error's text: logs and incidents are read by those who may see no case.
    options: dict[str, Any] = {"json_serializer": _to_json, "json_deserializer": json.loads, "hide_parameters": True}
    if url.startswith("sqlite"):
        options["connect_args"] = {"timeout": 30, "check_same_thread": False}
    else:
        options |= {"pool_pre_ping": True, "pool_size": pool_size, "max_overflow": pool_size, "pool_timeout": 10}
        # What the address itself sets comes later, and wins.
        given = make_url(url).query.get("options", "")
        options["connect_args"] = {
            "connect_timeout": 5,
            "options": f"-c lock_timeout={LOCK_SECONDS}s {given}".strip(),
        }
    return options


def prepare(engine: Engine) -> None:
    """Give SQLite what PostgreSQL has: real transactions, foreign keys, readers that do not block a writer (WAL)."""
    if engine.dialect.name == "postgresql":
        event.listen(engine, "connect", _keep_prepared)
        return

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        # The driver's own BEGIN handling is switched off: we say which kind of transaction begins.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=NORMAL", "busy_timeout=30000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _keep_prepared(connection: Any, _record: Any) -> None:
    """The program sends more kinds of statements than the driver would keep; each one let go costs two round trips."""
    connection.prepared_max = PREPARED


def begin_write() -> None:
    """Start the session's transaction as a writing one.

    SQLite takes its write lock at once, so that a reader that later writes cannot fail half way (SQLITE_BUSY_SNAPSHOT).
    A reading transaction that is already open is ended first: nothing may have been changed in it. PostgreSQL lets it
    go on as a writing one; what was read in it is read again all the same.
    """
    session = db.session()
    if session.in_transaction():
        if session.info.get("writing"):
            return
        if db.engine.dialect.name == "postgresql" and session.is_active and not (session.new or session.dirty):
            session.expire_all()
            session.info["writing"] = True
            return
        session.rollback()
    session.connection(execution_options={"writing": True})
    session.info["writing"] = True


@event.listens_for(db.session, "after_transaction_end")
def _ended(session: Any, transaction: Any) -> None:
    if transaction.parent is None:
        session.info.pop("writing", None)


@contextmanager
def unit_of_work() -> Iterator[None]:
    """One act, one transaction, one commit: commits at the end, rolls everything back on any error."""
    begin_write()
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise


def today(moment: datetime, zone: Any) -> date:
    """The calendar day of ``moment`` in the city's zone."""
    return moment.astimezone(zone).date()
