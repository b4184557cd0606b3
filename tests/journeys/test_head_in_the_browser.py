"""A head's morning: the load of his people, steps that change hands, who stands in, the week, the feed."""

import pytest

from engine.cases import steps
from engine.kit.db import db, unit_of_work
from engine.organization import hiring
from tests.stories import Story
from tests.web.conftest import PHONE

pytestmark = pytest.mark.browser


def stories(street):
    """One case that nobody has by name, and two that the one handler has."""
    waiting = Story(street.city, now=street.wall.now).filed()
    first, second = (Story(street.city, now=waiting.now).filed().signed() for _ in range(2))
    street.wall.now = second.now
    with unit_of_work():
        hiring.hire(
            "second",
            "孙来福",
            "Correct-Horse-7",
            [(street.city.sanitation, "handler", None)],
            by=street.city.system_admin,
            at=second.now,
        )
    return waiting, first, second


def holder(story):
    db.session.rollback()
    return steps.open_steps(story.case)[0].assignee_id


def test_a_head_spreads_the_load(city, street):
    waiting, first, second = stories(street)
    other = city.actor("second")
    with street.person("head") as head:
        head.open("/department")
        assert "1 个环节无人办理" in head.text
        head.page.click(f"tr:has-text('{city.handler.name}') td.num a >> nth=0")
        head.look()
        head.page.check("[data-tick-all]")
        head.page.select_option("[name=person_id]", label=other.name)
        head.page.click(".give button")
        head.page.wait_for_selector(".form-summary, .notice-success, [aria-invalid], :invalid")
        head.page.fill("[name=reason]", "原处置人员任务较多")
        head.page.click(".give button")
        head.page.wait_for_selector("[role=status]")
        assert "已将 2 个环节中的 2 个" in head.look().text
    assert [holder(one) for one in (first, second)] == [other.id, other.id]

    with street.person("head", size=PHONE) as head:
        head.open("/department").open("/department/steps?person=0")
        assert waiting.case.number in head.text
        head.open(f"/desk/cases/{first.case_id}").choose("takeover").fill(note="我来处理").send()
        assert f"原办理人：{other.name}" in head.text.replace(": ", "：")
        head.open("/department/calendar").open("/department/delegations")
    assert holder(first) == city.head.id


def test_a_clerk_is_away_and_her_colleague_stands_in(city, street):
    waiting, *_ = stories(street)
    with street.person("clerk") as clerk:
        clerk.open("/me").open("/me/delegations")
        clerk.fill(
            to_user_id=str(city.handler.id),
            starts_at=street.wall.now.strftime("%Y-%m-%dT%H:%M"),
            ends_at="2026-03-04T18:00",
            reason="年休假",
        ).send()
        assert city.handler.name in clerk.text
    with street.person("handler") as handler:
        handler.open("/me").take(waiting.case.number).choose("signing").send()
        assert f"{city.handler.name} 代 {city.clerk.name}" in handler.text
    with street.person("head") as head:
        head.open("/department/calendar?week=2026-W10")
        assert waiting.case.title in head.text
        head.open("/department/delegations")
        head.page.click("tr:has-text('年休假') button")
        head.page.wait_for_selector(".notice-success")
        assert city.clerk.name not in head.look().page.inner_text("main .empty-state")
        head.open("/me/calendar-feed")
        head.page.click("form.form button")
        head.page.wait_for_selector(".feed-address")
        assert head.look().page.inner_text(".feed-address").endswith(".ics")
