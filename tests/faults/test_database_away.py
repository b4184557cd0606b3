"""The database goes away for a while: people are told so, nothing is half done, and nobody has to restart anything."""

import sqlite3
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import event

from engine.kit import clock
from engine.kit.db import db
from tests import city as cities
from tests import databases, visiting
from tests.browsing import Browser
from tests.errands import Guide
from tests.faults import ledger
from tests.serving import Web, Worker
from tests.stories import Story

AWAY_SECONDS = 10
SENTENCE = "数据库暂时没有响应"


@pytest.fixture
def own_city(request):
    """The city on a PostgreSQL server of this test's own: (city, server)."""
    if request.config.getoption("--database") == "sqlite":
        pytest.skip("no PostgreSQL was asked for")
    with (
        TemporaryDirectory(prefix="cityloop-faults-", dir=databases._folder()) as folder,
        databases.own_server(Path(folder), cities.build) as (url, server),
        databases.application(url).app_context(),
    ):
        yield cities.City(url), server
        db.session.remove()
        db.engine.dispose()


def test_postgresql_gone_for_ten_seconds(own_city, start, tmp_path):
    city, server = own_city
    web, worker = Web(city.url, tmp_path), Worker(city.url, tmp_path)
    story = Story(city, now=clock.now()).report()
    errand = Guide().errands([story.case_id])[0]
    db.session.rollback()
    start(web, worker)
    browser = Browser(web.port).sign_in(errand.username)
    server.stop()
    gone = time.monotonic()
    for answer in (browser.post(errand.address, errand.values), browser.get("/desk/work"), browser.get("/healthz")):
        assert answer.status == 503
    refused = browser.post(errand.address, errand.values)
    assert SENTENCE in refused.text
    assert int(refused.headers["Retry-After"]) > 0
    time.sleep(max(0, AWAY_SECONDS - (time.monotonic() - gone)))
    assert worker.is_alive
    server.ensure_postgres_running()
    assert browser.post(errand.address, errand.values).status == 303
    db.session.rollback()
    filing = Guide().errands([story.case_id])[0]
    assert Browser(web.port).sign_in(filing.username).post(filing.address, filing.values).status == 303
    # The worker that was there before dispatches the case.
    until = time.monotonic() + 30
    while "dispatch" not in ledger.told(story.case_id) and time.monotonic() < until:
        db.session.rollback()
        time.sleep(0.2)
    assert ledger.told(story.case_id) == ["report", "acceptance", "filing", "dispatch"]
    assert ledger.contradictions([story.case_id]) == []


@pytest.fixture
def impatient(tmp_path):
    """The city on SQLite, and its application, which waits half a second for another writer, not half a minute."""
    with databases.copy_of("city", "sqlite", cities.build) as url:
        app = visiting.application(url, tmp_path)
        with app.app_context():
            event.listen(db.engine, "connect", lambda found, _: found.execute("PRAGMA busy_timeout=500"))
        with databases.application(url).app_context():
            yield cities.City(url), app
            db.session.remove()
            db.engine.dispose()


def test_sqlite_locked_by_another_writer(impatient):
    city, app = impatient
    story = Story(city, now=clock.now()).report()
    errand = Guide().errands([story.case_id])[0]
    db.session.rollback()
    browser = visiting.signed_in(app, errand.username)
    other = sqlite3.connect(city.url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    refused = browser.post(errand.address, data=errand.values)
    assert refused.status_code == 503
    assert SENTENCE in refused.text
    assert int(refused.headers["Retry-After"]) > 0
    # Whoever only reads is not troubled.
    assert browser.get(f"/desk/cases/{story.case_id}").status_code == 200
    other.execute("ROLLBACK")
    assert browser.post(errand.address, data=errand.values).status_code == 303
    assert ledger.told(story.case_id) == ["report", "acceptance"]
