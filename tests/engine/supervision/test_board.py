"""The board: every number counts what its list shows, whoever looks; and few statements do it."""

from datetime import timedelta

import pytest

from engine.grids import queries as grids
from engine.kit.db import unit_of_work
from engine.supervision import board, orders, queues
from engine.supervision.queues import Moment, Narrowing
from tests.engine.supervision.desk import running

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def now(at):
    return at("2026-03-02 15:00")


@pytest.fixture
def moment(now):
    return Moment(now, 4, 7)


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
        orders.issue(late, "请说明进度", by=city.zhou, at=now - 5 * DAY)
    return late


@pytest.mark.parametrize("who", ["zhou", "head", "wu"])
@pytest.mark.parametrize("place", ["street", "grid"])
def test_every_number_counts_what_its_list_shows(city, busy, moment, who, place):
    actor = getattr(city, who)
    found = board.load(actor, moment, place=place)
    for name in queues.QUEUES:
        assert found.figures[name] == queues.find(name, actor, moment).total, name
    for by, rows in found.tables.items():
        for row in rows:
            key = ("-" if by == "street" else queues.NOBODY) if row.key is None else row.key
            for name in board.COUNTED:
                listed = queues.find(name, actor, moment, Narrowing(**{by: key})).total
                assert row.counts[name] == listed, (by, row, name)


def test_the_figures_alone_agree_with_the_board(city, busy, moment):
    for actor in (city.zhou, city.head, city.clerk):
        whole = board.load(actor, moment).figures
        assert board.figures(actor, moment) == {name: whole[name] for name in board.figures(actor, moment)}


def test_the_worst_department_comes_first_with_the_age_of_its_oldest(city, busy, moment, now):
    rows = board.load(city.zhou, moment).tables["department"]
    assert [(row.name, row.counts["overdue"]) for row in rows] == [
        (city.sanitation.short_name, 2),
        (city.parks.short_name, 1),
    ]
    assert rows[0].oldest == now - 2 * DAY
    assert board.load(city.zhou, moment).oldest == now - 2 * DAY


def test_cases_without_a_place_stand_in_a_line_of_their_own(city, busy, moment):
    rows = board.load(city.zhou, moment).tables["street"]
    assert [row.counts["running"] for row in rows if row.key is None] == [1]


def test_orders_that_wait_and_orders_whose_answer_is_late_are_counted(city, busy, moment):
    figures = board.load(city.zhou, moment).figures
    assert (figures["orders_waiting"], figures["orders_overdue"]) == (1, 1)
    with unit_of_work():
        order = orders.lock(orders.waiting_about(busy.id).id, city.clerk)
        orders.reply(order, "已安排清运", by=city.clerk, at=moment.at)
    figures = board.figures(city.zhou, moment)
    assert (figures["orders_waiting"], figures["orders_overdue"]) == (1, 0)


def test_the_board_takes_few_statements_and_its_figures_one(city, busy, moment, statements):
    assert city.zhou
    grids.places("street")  # remembered for some seconds
    with statements() as seen:
        board.load(city.zhou, moment)
    assert len(seen) <= 9
    with statements() as seen:
        board.figures(city.zhou, moment)
    assert len(seen) == 1


def test_an_empty_city_has_an_empty_board(city, moment):
    found = board.load(city.zhou, moment)
    assert set(found.figures.values()) == {0}
    assert found.oldest is None
