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


def test_restorings_of_the_past_are_told_from_reopenings_after_closure(bare):
    flask_migrate.upgrade(revision="20261121_01")
    ends = {1: ("closure", 2), 2: ("rejection", 1), 3: ("voiding", 0)}
    with db.engine.begin() as connection:
        for key, (end, times) in ends.items():
            connection.execute(text(_CASE), {"id": key, "number": f"c{key}", "times": times})
            for act in (end, *("reopening",) * times):
                connection.execute(text(_ENTRY), {"case_id": key, "act": act})
    flask_migrate.upgrade(revision="20261121_02")
    with db.engine.connect() as connection:
        counts = connection.execute(text('SELECT id, restore_count FROM "case" ORDER BY id')).all()
    assert [tuple(row) for row in counts] == [(1, 0), (2, 1), (3, 0)]


def test_versions_that_cases_run_on_can_be_suspended_afterwards(bare):
    flask_migrate.upgrade(revision="20261121_11")
    with db.engine.begin() as connection:
        connection.execute(text(_DEFINITION))
        connection.execute(text(_INSTANCE))
    flask_migrate.upgrade(revision="20261121_12")
    with db.engine.connect() as connection:
        rows = connection.execute(text("SELECT note, suspended_at, suspension_reason FROM process_definition")).all()
    assert [tuple(row) for row in rows] == [("", None, "")]
    flask_migrate.downgrade(revision="20261121_11")
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM process_instance")).scalar() == 1


_DEFINITION = """
INSERT INTO process_definition (id, key, version, name, xml, digest, state, created_at)
VALUES (1, 'k', 1, 'n', '<x/>', 'd', 'active', '2026-03-02 09:00:00')
"""
_INSTANCE = """
INSERT INTO process_instance (id, definition_id, subject_kind, subject_id, revision, started_at)
VALUES (1, 1, 'case', 1, 1, '2026-03-02 09:00:00')
"""
_CASE = """
INSERT INTO "case" (id, number, stage, source, title, description, place, location_level, area_class, is_urgent,
    is_self_handled, reported_at, clock_state, due_is_provisional, return_count, rework_count, reopen_count,
    extension_count, photo_count, updated_at)
VALUES (:id, :number, 'reported', 'patrol', '', '', '', 'point', 'A', false, false, '2026-03-02 01:00:00', 'none',
    false, 0, 0, :times, 0, 0, '2026-03-02 01:00:00')
"""
_ENTRY = """
INSERT INTO timeline_entry (case_id, at, act, by_name, stage, note, detail)
VALUES (:case_id, '2026-03-02 01:00:00', :act, '', '', '', '{}')
"""
