"""Fixtures: a fresh database for each test, on SQLite and on PostgreSQL, with or without the small city."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from hypothesis import settings
from sqlalchemy import Engine, event

from engine import rooms
from engine.kit import remembering
from engine.kit.db import db
from engine.organization import passwords
from tests import city as cities
from tests import databases, visiting
from tests.chromium import ARGUMENTS, CHROMIUM

rooms.import_models()
rooms.connect_receivers()
# How long an example takes says something of the machine, nothing of the program.
settings.register_profile("city", deadline=None)
settings.load_profile("city")
# Nobody attacks the cast: a sign-in need not take a thief's time. Tests of passwords hash at other costs themselves.
passwords._hasher = PasswordHasher(time_cost=1, memory_cost=16, parallelism=1)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database", choices=("sqlite", "postgresql", "both"), default="both", help="which databases the tests run on"
    )


def pytest_configure(config: pytest.Config) -> None:
    databases.begin_run()
    # Photos are flushed to the disk one by one: in memory, where there is enough of it, nobody waits for that.
    config.option.basetemp = config.option.basetemp or databases.folder_of("files")


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        databases.end_run()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where several share the work, what takes long begins first: nobody waits at the end for the one who has it."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_kind" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--database")
        kinds = ["sqlite", "postgresql"] if chosen == "both" else [chosen]
        # A browser sees no difference between databases, and takes its time.
        is_browser = metafunc.definition.get_closest_marker("browser") is not None
        metafunc.parametrize("database_kind", kinds[:1] if is_browser else kinds)


@pytest.fixture
def database(database_kind: str) -> Iterator[str]:
    """The address of an empty database with the whole schema; an application context is pushed."""
    with databases.copy_of("empty", database_kind, lambda: None) as url, _session(url):
        yield url


@pytest.fixture
def city(database_kind: str) -> Iterator[cities.City]:
    """The small city with its cast (tests/city.py) in a database of its own; an application context is pushed."""
    with databases.copy_of("city", database_kind, cities.build) as url, _session(url):
        yield cities.City(url)


@contextmanager
def _session(url: str) -> Iterator[None]:
    with databases.application(url).app_context():
        try:
            yield
        finally:
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def app(city: cities.City, tmp_path: Path) -> Iterator[Flask]:
    """The real web application, on the city's database."""
    application = visiting.application(city.url, tmp_path)
    yield application
    with application.app_context():
        db.engine.dispose()


@pytest.fixture
def visit(app: Flask) -> Callable[..., visiting.Visitor]:
    """``visit("wang")`` is a browser in which dispatcher Wang has signed in; ``language="en"`` in English."""
    return partial(visiting.signed_in, app)


@pytest.fixture
def at() -> Callable[[str], datetime]:
    """``at("2026-03-02 09:00")`` is that moment on the city's clocks."""
    return cities.at


@pytest.fixture
def statements() -> Callable[[], AbstractContextManager[list[str]]]:
    """``with statements() as seen: …`` lists the SQL statements sent meanwhile, by any engine, without BEGIN."""
    return _statements


@contextmanager
def _statements() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    # Looking whether what is remembered still holds is one look for all pages of some seconds: on a busy machine it
    # would fall into the counted one or not, as it happens.
    mocker = pytest.MonkeyPatch()
    mocker.setattr(remembering, "time", SimpleNamespace(monotonic=lambda: 0.0))
    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)
        mocker.undo()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The browser, started once."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - most tests need no browser

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()
