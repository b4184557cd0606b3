"""Arbitration and appeal through their forms, and what they cost (design.md §3)."""

from io import BytesIO
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from engine.dispatch_rules.models import ConfirmedOwnership
from engine.kit import clock, remembering
from engine.kit.db import db
from tests.errands import photo
from tests.stories import Story
from tests.web.desk.test_statements import MOST

WORDS = {"reason": "not_our_duty", "note": "不属本部门职责"}


@pytest.fixture
def post(visit, statements, monkeypatch):
    """Send an act's form and say how many statements that took."""
    monkeypatch.setattr(remembering, "time", SimpleNamespace(monotonic=lambda: 0.0))

    def post(story, who, act, **values):
        with clock.fixed(story.now):
            browser = visit(who)
            with statements() as seen:
                answer = browser.post(f"/desk/cases/{story.case_id}/{act}", data=values)
        assert answer.status_code == 303, answer.text
        story.work()
        return len(seen)

    return post


def disputed(city, remember, now=None):
    story = Story(city, now=now) if now else Story(city)
    story.report().filed()
    first, second = (
        ("clerk", city.parks) if story.case.department_id == city.sanitation.id else ("parks_clerk", city.sanitation)
    )
    story.do(first, "return_request", **WORDS).do("wang", "return_grant", note="同意")
    story.do("wang", "dispatch", department_id=second.id)
    other = "parks_clerk" if first == "clerk" else "clerk"
    story.do(other, "return_request", **WORDS).do("wang", "return_grant", note="同意")
    given = {"department_id": city.parks.id, "authorised_by": "联席会议", "minutes_number": "2026-3"}
    return story, given | {"remember": remember}


def test_remembering_a_decision_costs_an_arbitration_four_statements_at_most(city, post):
    took, now = [], None
    for remember in ("street", "nothing", "street"):  # the first reads what is remembered of the city
        story, given = disputed(city, remember, now)
        took.append(post(story, "qian", "arbitration", **given))
        now = story.now
    assert took[2] - took[1] <= 4
    rows = db.session.scalars(select(ConfirmedOwnership).order_by(ConfirmedOwnership.id)).all()
    assert [row.ended_at is None for row in rows] == [False, True]


def test_the_form_proposes_what_the_case_can_be_remembered_for(city, visit):
    story, _ = disputed(city, "street")
    with clock.fixed(story.now):
        page = visit("qian").get(f"/desk/cases/{story.case_id}/arbitration").text
    assert 'value="street"' in page
    assert 'value="component"' not in page  # garbage stands on no component
    # "Not remembered" unpicks what was picked by mistake.
    assert [page.count(f'name="remember" value="{value}"') for value in ("nothing", "")] == [1, 0]


def test_an_appeal_takes_few_statements_at_each_step(city, post):
    took = {}
    for _ in range(2):
        story = Story(city).filed().wait(days=14).handled().verified().do("zhao", "closure", result="resolved")
        took["appeal"] = post(
            story, "clerk", "appeal", reason="weather", note="连续暴雨", documents=(BytesIO(photo()), "rain.jpg")
        )
        took["first"] = post(story, "wang", "appeal_approval", note="属实")
        took["second"] = post(story, "li", "appeal_approval", note="属实")
        assert story.case.late_excused_at is not None
    assert {name: count for name, count in took.items() if count > MOST} == {}
