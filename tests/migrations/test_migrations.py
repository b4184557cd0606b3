"""Migrations build what the models say, on the kind of database that cities run, and can be undone."""

from collections.abc import Iterator
from pathlib import Path

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from engine.kit.db import db
from tests import databases, visiting


@pytest.fixture
def bare(database_kind: str, tmp_path: Path) -> Iterator[None]:
    """The application on a database without a single table."""
    with databases.bare(database_kind) as url, visiting.application(url, tmp_path).app_context():
        yield
        db.session.remove()
        db.engine.dispose()


def test_migrations_build_what_the_models_say(bare):
    flask_migrate.upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        differences = [
            one
            for one in compare_metadata(context, db.metadata)
            if not (one[0] == "remove_table" and one[1].name.startswith("case_words"))
            and not (one[0] == "remove_index" and one[1].name == "ix_case_words")
        ]
    assert differences == []


def test_migrations_go_back_to_nothing(bare):
    flask_migrate.upgrade()
    flask_migrate.downgrade(revision="base")
    assert inspect(db.engine).get_table_names() == ["alembic_version"]
