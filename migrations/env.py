"""Runs migrations inside the application's context, on the database that is configured in the environment."""

from alembic import context
from flask import current_app

from engine.kit.db import UtcDateTime, db

# Tables that no model describes: full-text words, one kind for each database (engine/cases/search.py).
UNMODELLED = ("case_words",)


def include(_thing: object, name: str | None, kind: str, _reflected: bool, _compared: object) -> bool:
    """Leave tables alone that are made by hand in migrations."""
    return not (kind == "table" and name is not None and name.startswith(UNMODELLED))


def render(kind: str, thing: object, _context: object) -> str | bool:
    """Write our column types as plain SQLAlchemy ones, so that an old migration does not change with the code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(thing, UtcDateTime) else False


def run() -> None:
    """Migrate in one transaction. PostgreSQL waits at most five seconds for a lock, so that a city is not held up."""
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            include_object=include,
            render_item=render,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=False,
            **{
                key: value
                for key, value in current_app.extensions["migrate"].configure_args.items()
                if key not in {"render_as_batch", "compare_type"}
            },
        )
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET lock_timeout = '5s'")
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
