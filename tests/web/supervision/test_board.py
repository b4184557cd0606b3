"""The board and its queues through their pages: every number opens what it counts, in few statements."""

import re
from datetime import timedelta

import pytest

from engine.kit import clock
from engine.kit.db import unit_of_work
from engine.supervision import orders
from tests.engine.supervision.desk import running

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MOST = 15


@pytest.fixture
def now(at):
    moment = at("2026-03-02 15:00")
    with clock.fixed(moment):
        yield moment


@pytest.fixture
def busy(city, now):
    """A desk with something in every corner."""
    ours, parks = city.sanitation.id, city.parks.id
    running(city, now, due=-3 * HOUR, department_id=ours, handler_id=city.handler.id)
    running(city, now, due=-2 * DAY, department_id=ours, return_count=2)
    running(city, now, due=-HOUR, department_id=parks, updated_at=now - 9 * DAY)
    running(city, now, due=HOUR, department_id=parks, rework_count=1, street_code=None)
    running(city, now, department_id=parks, stage="suspended", clock_state="paused")
    late = running(city, now, due=3 * DAY, department_id=ours)
    with unit_of_work():
        orders.issue(late, "请说明进度", by=city.zhou, at=now)


LINK = re.compile(
    r'href="(/supervision/queues/[^"]+)"[^>]*>(?:\s*<span class="figure-name">.*?</span>\s*<strong[^>]*>)?(\d+)<', re.S
)


def numbers(page):
    """Every number of a page that leads to a queue: (address, number)."""
    return [(address.replace("&amp;", "&"), int(number)) for address, number in LINK.findall(page)]


@pytest.mark.parametrize("who", ["zhou", "head"])
@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_every_number_opens_as_many_cases(visit, busy, who, language):
    browser = visit(who, language=language)
    found = numbers(browser.get("/supervision/?place=grid").text) + numbers(browser.get("/supervision/").text)
    assert len(found) > 20
    for address, number in found:
        page = browser.get(address).text
        assert page.count('class="list-title"') == number, address


def test_the_board_costs_few_statements(visit, busy, statements):
    for who in ("zhou", "head"):
        browser = visit(who)
        browser.get("/supervision/")
        with statements() as seen:
            assert browser.get("/supervision/").status_code == 200
        assert len(seen) <= MOST, "\n".join(seen)
        with statements() as refreshed:
            assert browser.get("/supervision/figures").status_code == 200
        assert len(refreshed) <= 6, "\n".join(refreshed)
        with statements() as listed:
            assert browser.get("/supervision/queues/overdue").status_code == 200
        assert len(listed) <= MOST, "\n".join(listed)


def test_hours_are_chosen_for_a_look(city, visit, now):
    running(city, now, due=20 * HOUR)
    browser = visit("zhou")
    assert browser.get("/supervision/queues/due_soon").text.count('class="list-title"') == 0
    assert browser.get("/supervision/queues/due_soon?hours=24").text.count('class="list-title"') == 1
    assert "hours=24" in browser.get("/supervision/?hours=24").text
    for wrong in ("0", "-3", "9999999", "x"):
        assert browser.get(f"/supervision/?hours={wrong}").status_code == 200


def test_a_leader_reads_and_a_clerk_stays_outside(visit, busy):
    leader = visit("wu")
    assert leader.get("/supervision/").status_code == 200
    queue = leader.get("/supervision/queues/overdue").text
    assert 'name="case"' not in queue, "who only reads ticks nothing"
    assert leader.get("/supervision/bulk?act=urging&case=1").status_code == 403
    for path in ("/supervision/", "/supervision/queues/overdue", "/supervision/wall", "/supervision/live"):
        assert visit("clerk").get(path).status_code == 403, path


def test_the_map_shows_the_queue_and_the_whole_city(visit, busy):
    browser = visit("zhou")
    late = browser.get("/supervision/cases.geojson?queue=overdue").json["features"]
    every = browser.get("/supervision/cases.geojson?queue=open").json["features"]
    assert [one["properties"]["lamp"] for one in late] == ["red"] * 3
    assert len(every) == 6
    assert len(visit("head").get("/supervision/cases.geojson?queue=overdue").json["features"]) == 2


def test_nobody_finds_a_queue_that_is_none(visit):
    assert visit("zhou").get("/supervision/queues/everything").status_code == 404


def test_the_rail_shows_one_place_as_here(visit, busy):
    for path, here in (("/supervision/", "/supervision/"), ("/supervision/orders", "/supervision/orders")):
        page = visit("zhou").get(path).text
        rail = page[page.index('class="rail"') : page.index("</nav>")]
        assert re.findall(r'href="([^"]+)" aria-current="page"', rail) == [here]
