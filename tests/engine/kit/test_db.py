"""What every connection is told."""

import pytest
from sqlalchemy import create_engine, text

from engine.kit import db as kit


def shown(url: str) -> str | None:
    engine = create_engine(url, **kit.engine_options(url))
    try:
        with engine.connect() as connection:
            return connection.scalar(text("SHOW lock_timeout"))
    finally:
        engine.dispose()


@pytest.fixture
def postgresql(database: str) -> str:
    if database.startswith("sqlite"):
        pytest.skip("SQLite has its busy timeout")
    return database


def test_nobody_waits_for_a_row_for_ever(postgresql):
    assert shown(postgresql) == f"{kit.LOCK_SECONDS}s"


def test_a_city_may_set_another_patience_in_its_address(postgresql):
    assert shown(f"{postgresql}{'&' if '?' in postgresql else '?'}options=-c%20lock_timeout%3D3s") == "3s"
