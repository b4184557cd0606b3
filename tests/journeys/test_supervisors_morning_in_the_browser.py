"""The supervisor's morning: the board, what is overdue, an order and its answer, several urged at once, the wall."""

from datetime import timedelta

import pytest

from engine.kit.db import db
from engine.supervision import jobs
from engine.supervision.models import SupervisionOrder
from tests.stories import Story
from tests.web.conftest import PHONE
from web.supervision import live

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def brief(monkeypatch):
    """The journey's server hands a stream over when it has ended."""
    monkeypatch.setattr(live, "LIFE", 0.0)


@pytest.fixture
def late(street):
    """Three cases that their department let lie for two weeks."""
    stories = [Story(street.city, street.wall.now).filed().signed() for _ in range(3)]
    street.wall.now = stories[-1].now + timedelta(days=14)
    return stories


def test_the_supervisors_morning(street, late):
    first = late[0]
    clerk = f"clerk.{first.case.department.code}"
    with street.person("zhou") as zhou:
        zhou.open("/supervision/")
        assert zhou.page.inner_text("[data-figure=overdue]") == "3"
        zhou.page.wait_for_selector(".board-map canvas")
        zhou.page.click(".figure-overdue a")
        zhou.page.wait_for_selector("[data-rows]")
        zhou.look()
        zhou.page.click(f"tr:has-text('{first.case.number}') a.list-title")
        zhou.page.wait_for_selector(".case")
        zhou.page.click(".case-acts a[href*='/supervision_order']")
        zhou.page.wait_for_selector("form.form")
        zhou.look().fill(text="").send(refused=True)
        zhou.fill(level="key", text="已超期十日，请书面说明原因和完成时间").send()
    order = db.session.query(SupervisionOrder).one()
    with street.person(clerk, size=PHONE) as someone:
        someone.open("/supervision/orders")
        someone.page.click("a.list-title")
        someone.page.wait_for_selector(".order-text")
        someone.look()
        someone.page.click(".case-acts a[href*='order_reply']")
        someone.page.wait_for_selector("form.form")
        someone.fill(reply="机械故障，已修复，今日 17 时前完成").send()
        assert someone.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    with street.person("zhou") as zhou:
        zhou.open(f"/supervision/orders/{order.id}")
        assert "今日 17 时前完成" in zhou.text
        zhou.page.click(".case-acts a[href*='order_acceptance']")
        zhou.page.wait_for_selector("form.form")
        zhou.send()
        assert "办结" in zhou.text
        zhou.open("/supervision/queues/overdue")
        for story in late[1:]:
            zhou.page.check(f"tr:has-text('{story.case.number}') [data-tick]")
        assert zhou.page.inner_text("[data-ticked]") == "2"
        zhou.page.click(".bulk button[value=urging]")
        zhou.page.wait_for_selector("form.form")
        zhou.look().fill(note="请今日内处置并反馈")
        zhou.page.click(".form-end button.btn-primary")
        zhou.page.wait_for_selector("#run")
        zhou.look()
    assert [story.told.count("urging") for story in late] == [0, 1, 1]


@pytest.mark.parametrize("size", [{"width": 1920, "height": 1080}, {"width": 3840, "height": 2160}])
def test_the_wall_fills_its_screen_without_scrolling(street, late, size):
    with street.person("zhou", size=size) as zhou:
        zhou.open("/supervision/wall")
        zhou.page.wait_for_selector(".wall-map canvas")
        fits = "document.documentElement.scroll{0} <= window.inner{0}"
        assert zhou.page.evaluate(fits.format("Height"))
        assert zhou.page.evaluate(fits.format("Width"))
        cut = "[...document.querySelectorAll('.wall section')].filter(one => one.scrollHeight > one.clientHeight + 1)"
        assert zhou.page.evaluate(f"{cut}.map(one => one.className)") == []
        assert zhou.page.inner_text(".wall [data-figure=overdue]") == "3"


def test_the_board_renews_itself(street, late):
    with street.person("zhou") as zhou:
        zhou.open("/supervision/")
        street.wall.wait(minutes=1)
        late[0].now = street.wall.now
        late[0].do(late[0].handler, "hand_back", note="机械故障")
        zhou.page.wait_for_selector("[data-happened] li:has-text('退回指派')", timeout=15000)


def test_the_ladder_is_climbed_meanwhile(street, late):
    db.session.rollback()
    assert jobs.run_due(street.wall.now, worker="worker") > 0
    db.session.expire_all()
    with street.person("zhou") as zhou:
        zhou.open("/supervision/orders")
        assert zhou.page.locator("a.list-title").count() == 3
