"""A transaction holds a case and never ends: whoever wants the case is told to try again, and nobody else waits."""

import time

import pytest
from sqlalchemy import event, select

from engine.cases.models import Case
from engine.kit import clock
from engine.kit.db import db
from tests import visiting
from tests.errands import Guide
from tests.faults import ledger
from tests.faults.test_database_away import SENTENCE
from tests.stories import Story


@pytest.fixture
def impatient(city, app):
    """The application on PostgreSQL, which waits a third of a second for a row, not its ten."""
    if city.url.startswith("sqlite"):
        pytest.skip("one writer at a time: see test_database_away")

    def hurry(connection, _):
        connection.execute("SET lock_timeout = '300ms'")
        connection.commit()

    with app.app_context():
        event.listen(db.engine, "connect", hurry)
        db.engine.dispose()
    return app


def test_an_act_on_a_case_that_is_held_is_refused_in_time(city, impatient):
    story = Story(city, now=clock.now()).report()
    other = Story(city, now=story.now).report()
    errand, elsewhere = (Guide().errands([one.case_id])[0] for one in (story, other))
    db.session.rollback()
    browser = visiting.signed_in(impatient, errand.username)
    stuck = db.engine.connect()
    stuck.execute(select(Case.id).where(Case.id == story.case_id).with_for_update())
    began = time.monotonic()
    refused = browser.post(errand.address, data=errand.values)
    assert time.monotonic() - began < 5
    assert refused.status_code == 503
    assert SENTENCE in refused.text
    assert int(refused.headers["Retry-After"]) > 0
    # Reading, and every other case, goes on.
    assert browser.get(f"/desk/cases/{story.case_id}").status_code == 200
    assert browser.post(elsewhere.address, data=elsewhere.values).status_code == 303
    stuck.close()
    assert browser.post(errand.address, data=errand.values).status_code == 303
    assert ledger.told(story.case_id) == ["report", "acceptance"]
