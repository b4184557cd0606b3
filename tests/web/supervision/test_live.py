"""The stream behind the board, and the wall screen."""

import json
import re
from datetime import timedelta

import pytest

from engine.kit import clock
from engine.supervision.wall import Day
from tests.engine.supervision.desk import running
from tests.stories import Story
from web.supervision import live, wall

HOUR = timedelta(hours=1)


@pytest.fixture
def now(at):
    moment = at("2026-03-02 15:00")
    with clock.fixed(moment):
        yield moment


@pytest.fixture(autouse=True)
def brief(monkeypatch):
    """A stream looks once, and ends."""
    monkeypatch.setattr(live, "LIFE", 0.0)


def events(answer):
    """(event, data) of everything that a stream said."""
    found = re.findall(r"event: (\w+)\ndata: (.*)\n", answer.get_data(as_text=True))
    return [(name, json.loads(data)) for name, data in found]


def test_a_stream_tells_the_figures_and_what_happened_since(city, visit, now):
    story = Story(city, now).filed()
    browser = visit("zhou")
    first = events(browser.get("/supervision/live"))
    assert [name for name, _ in first] == ["figures"], "what is old is on the page already"
    story.do("clerk" if story.case.department.code == "sanitation" else story.clerk, "signing")
    again = dict(events(browser.get("/supervision/live", headers={"Last-Event-ID": "1"})))
    assert again["happened"][0]["number"] == story.case.number
    assert again["happened"][0]["what"] == "签收"
    assert again["figures"]["figures"]["overdue"] == 0


def test_a_stream_counts_what_became_overdue(city, visit, now):
    running(city, now, due=-HOUR)
    figures = dict(events(visit("zhou").get("/supervision/live")))["figures"]["figures"]
    assert figures["overdue"] == 1
    assert dict(events(visit("head").get("/supervision/live")))["figures"]["figures"]["overdue"] in {0, 1}


def test_happenings_of_others_are_not_told(city, visit, now):
    running(city, now, due=-HOUR, department_id=city.parks.id, responsibility_grid_id=None)
    told = dict(events(visit("head").get("/supervision/live", headers={"Last-Event-ID": "1"})))
    assert told.get("happened", []) == []
    assert told["figures"]["figures"]["overdue"] == 0


def test_a_quiet_look_costs_one_statement(city, app, now, statements):
    running(city, now, due=-HOUR)
    with app.test_request_context():
        list(live._events(city.zhou, 4, 10**6))
        with statements() as seen:
            list(live._events(city.zhou, 4, 10**6))
    assert len(seen) == 1


def test_where_too_many_streams_are_open_the_browser_is_told_to_ask_instead(visit, monkeypatch):
    browser = visit("zhou")
    held = [live._places.acquire(blocking=False) for _ in range(live.MOST_STREAMS)]
    assert all(held)
    try:
        assert browser.get("/supervision/live").status_code == 204
    finally:
        for _ in held:
            live._places.release()
    answer = browser.get("/supervision/live")
    assert answer.status_code == 200
    answer.close()
    assert live._places.acquire(blocking=False)
    live._places.release()


def test_a_stream_does_not_keep_a_session_alive(visit, now):
    browser = visit("zhou")
    with clock.fixed(now + timedelta(minutes=5)):
        stream = browser.get("/supervision/live", headers={"Accept": "text/event-stream"})
        assert "Set-Cookie" not in stream.headers
        assert "Set-Cookie" in browser.get("/supervision/").headers


@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_the_wall_shows_the_day(city, visit, now, language):
    running(city, now, due=-HOUR)
    browser = visit("wu", language=language)
    for path in ("/supervision/wall", "/supervision/wall/panels"):
        page = browser.get(path).text
        assert page.count('class="trend-bar"') == 14
        assert 'data-figure="overdue">1<' in page
        assert city.department("sanitation").short_name in page or city.parks.short_name in page


def test_the_wall_costs_few_statements(city, visit, now, statements):
    running(city, now, due=-HOUR)
    browser = visit("zhou")
    browser.get("/supervision/wall")
    with statements() as seen:
        browser.get("/supervision/wall")
    assert len(seen) <= 10, "\n".join(seen)


def test_the_columns_of_the_trend_stand_on_one_scale(now):
    days = [Day(now.date(), 10, 0, 5), Day(now.date(), 0, 0, 20)]
    first, second = wall.columns(days)
    room = wall.HEIGHT - wall.TOP - wall.FOOT
    assert first.height == room / 2
    assert second.height == 0
    assert second.closed_y == wall.TOP
    assert first.x + first.width < second.x
