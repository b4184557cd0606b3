"""A long list is not made while somebody waits: through HTTP, with progress, for whoever asked only."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from engine.exports import asking, jobs, making
from engine.exports.models import Export
from engine.kit import clock
from engine.kit.db import db
from engine.notifications import jobs as notifications
from tests.letters import messages
from tests.stories import Story


@pytest.fixture
def three(city, monkeypatch):
    """Three cases, where more than two are many."""
    monkeypatch.setattr(asking, "SMALL", 2)
    monkeypatch.setattr(making, "SLICE", 2)
    return [Story(city).report(description="垃圾满溢") for _ in range(3)]


def begun(browser, query="?state=open"):
    answer = browser.post(f"/desk/exports{query}")
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def test_a_long_list_leads_to_an_export_and_a_short_one_is_answered_at_once(city, visit, three):
    wang = visit("wang", language="en")
    answer = wang.get("/desk/cases.xlsx?state=open&sort=oldest")
    assert answer.headers["Location"] == "/desk/exports/new?state=open&sort=oldest"
    page = wang.get(answer.headers["Location"]).text
    assert 'action="/desk/exports?state=open&amp;sort=oldest"' in page
    assert "<dd>3</dd>" in page
    assert wang.get("/desk/cases.xlsx?state=ended").status_code == 200


def test_it_is_made_looked_at_and_taken_home(city, visit, three):
    wang = visit("wang", language="en")
    place = begun(wang, "?state=open&sort=oldest")
    page = wang.get(place).text
    assert "0 of 3 cases read" in page
    assert 'hx-trigger="every 1s"' in page
    assert "<html" not in wang.get(place, headers={"HX-Request": "true"}).text
    assert wang.get(f"{place}/workbook.xlsx").status_code == 409
    jobs.make_due(clock.now())
    page = wang.get(place).text
    assert "Ready: 3 cases." in page
    assert "every 1s" not in page
    assert "still running" in page
    answer = wang.get(f"{place}/workbook.xlsx")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=cases-")
    sheet = load_workbook(BytesIO(answer.data)).active
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == [story.case.number for story in three]
    assert place in wang.get("/desk/exports").text
    notifications.address_due(clock.now())
    (told,) = [one for one in messages() if one.kind == "export_ready"]
    assert wang.get(f"/messages/{told.id}").headers["Location"] == place


def test_it_is_cancelled(city, visit, three):
    wang = visit("wang", language="en")
    place = begun(wang)
    assert wang.post(f"{place}/cancellation").status_code == 303
    assert "Cancelled after 0 of 3 cases." in wang.get(place).text
    assert wang.post(f"{place}/cancellation").status_code == 409
    assert jobs.make_due(clock.now()) == 0


def test_it_is_nobody_elses(city, visit, three):
    place = begun(visit("wang"))
    jobs.make_due(clock.now())
    zhou = visit("zhou")
    for address in (place, f"{place}/workbook.xlsx"):
        assert zhou.get(address).status_code == 404
    assert zhou.post(f"{place}/cancellation").status_code == 404
    assert place not in zhou.get("/desk/exports").text
    assert visit("system_admin").get(place).status_code == 403


def test_an_empty_list_and_too_many_at_once_are_said_so(city, visit, three):
    wang = visit("wang", language="en")
    answer = wang.post("/desk/exports?state=ended")
    assert (answer.status_code, "There is no case in this list." in answer.text) == (409, True)
    for _ in range(asking.MOST_RUNNING):
        begun(wang)
    answer = wang.post("/desk/exports")
    assert (answer.status_code, "3 of your exports are still being made" in answer.text) == (409, True)
    db.session.rollback()
    assert db.session.query(Export).count() == asking.MOST_RUNNING


def test_its_pages_cost_few_statements(city, visit, three, statements):
    wang = visit("wang")
    place = begun(wang)
    for address in (place, "/desk/exports", "/desk/exports/new?state=open"):
        wang.get(address)
        with statements() as seen:
            wang.get(address)
        assert len(seen) <= 12, "\n".join(seen)


def test_an_address_that_was_made_up_narrows_nothing_and_breaks_nothing(city, visit, three):
    wang = visit("wang")
    place = begun(wang, "?stage=%3Cscript%3E&sort=x&lamp=%22%3E&department=99999999999999999999&from=2026-99-99")
    jobs.make_due(clock.now())
    assert wang.get(f"{place}/workbook.xlsx").status_code == 200
    assert "<script>" not in wang.get(place).text.partition('class="sheet"')[2].partition("</section>")[0]
