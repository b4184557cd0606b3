"""Extension and suspension through their forms: what is shown before, what is refused, and what the case page keeps."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.cases.adjustment_models import Adjustment
from engine.cases.models import Stage
from engine.deadlines import clocks
from engine.kit import clock
from engine.kit.db import db, unit_of_work
from engine.organization import hiring
from tests.stories import Story, photo

ASKED = {"reason": "materials", "note": "等待配件到货"}
RESTING = {"reason": "season", "until": "2026-04-30", "safety_measure": "已设置围挡和警示标志", "note": "待春季补植"}


@pytest.fixture
def story(city):
    return Story(city).filed().signed()


@pytest.fixture
def sent(visit):
    """``sent("clerk", story, "extension", …)`` is what sending a form answers; without values, its page."""

    def send(who, story, act, *, minutes=5, language="en", **values):
        story.now += timedelta(minutes=minutes)
        address = f"/desk/cases/{story.case_id}/{act}"
        with clock.fixed(story.now):
            browser = visit(who, language=language)
            return browser.post(address, data=values) if values else browser.get(address)

    return send


def safe():
    upload = photo("orange")
    return {"photos": (upload.stream, upload.filename)}


def suspended(story, sent):
    assert sent("clerk", story, "suspension", **RESTING, **safe()).status_code == 303
    for who in ("head", "wang", "qian"):
        assert sent(who, story, "suspension_approval", note="同意").status_code == 303
    assert story.case.stage == Stage.suspended
    return story


def test_the_form_shows_what_due_would_become_and_the_page_what_it_became(story, sent, visit):
    page = sent("clerk", story, "extension").text
    assert 'id="preview"' in page
    assert "Due after" in page
    assert sent("clerk", story, "extension", **ASKED).status_code == 303
    before = story.case.due_at
    waiting = sent("head", story, "extension_approval").text
    assert "What is asked for" in waiting
    assert "等待配件到货" in waiting
    assert sent("head", story, "extension_approval", note="属实").status_code == 303
    assert sent("wang", story, "extension_approval", note="").status_code == 303
    row = db.session.scalars(select(Adjustment)).one()
    assert (row.due_before, row.due_after, story.case.due_at) == (before, story.case.due_at, row.due_after)
    with clock.fixed(story.now):
        told = visit("clerk", language="en").get(f"/desk/cases/{story.case_id}").text
    for words in ("Adjustments", "Granted", "Materials or equipment are missing", "extended 1×", "Due before"):
        assert words in told, words


def test_the_preview_follows_what_is_typed(story, visit):
    handling = clocks.open_clock("case", story.case_id, "handling")
    with clock.fixed(story.now):
        browser = visit("clerk", language="en")
        address = f"/desk/cases/{story.case_id}/preview"
        whole = browser.get(f"{address}/extension").text
        part = browser.get(f"{address}/extension?value={handling.limit_value / 2}").text
        too_much = browser.get(f"{address}/extension?value={handling.limit_value * 2}").text
        resting = browser.get(f"{address}/suspension?until=2026-04-30").text
        nonsense = browser.get(f"{address}/suspension?until=soon").text
    assert whole != part
    assert "the limit once more" in too_much
    assert "May 2026" in resting or "2026" in resting
    assert "shown once a day is entered" in nonsense


def test_nobody_outside_the_department_is_shown_a_preview(story, visit):
    with clock.fixed(story.now):
        address = f"/desk/cases/{story.case_id}/preview/extension"
        assert "Due after" not in visit("zhou", language="en").get(address).text
        assert visit("parks_clerk").get(address).status_code == 404


def test_an_overdue_case_says_why_beside_the_question_and_keeps_what_was_typed(story, sent):
    story.now = story.case.due_at
    answer = sent("clerk", story, "extension", **ASKED)
    assert answer.status_code == 422
    assert "an overdue case is not extended" in answer.text
    assert "等待配件到货" in answer.text
    answer = sent("clerk", story, "suspension", **RESTING, **safe())
    assert answer.status_code == 422
    assert "an overdue case is not suspended" in answer.text
    assert "已设置围挡和警示标志" in answer.text


def test_a_suspension_past_its_cap_and_a_second_one_say_so_and_keep_what_was_typed(story, sent):
    answer = sent("clerk", story, "suspension", **RESTING | {"until": "2027-12-31"}, **safe())
    assert answer.status_code == 422
    assert "at most 365 days: until 2027-03-02" in answer.text
    assert 'value="2027-12-31"' in answer.text
    suspended(story, sent)
    assert sent("clerk", story, "suspension_lift", note="苗木已到").status_code == 303
    answer = sent("clerk", story, "suspension", **RESTING, **safe())
    assert answer.status_code == 422
    assert "all its suspensions: 1" in answer.text
    assert "待春季补植" in answer.text


def test_a_suspension_needs_a_photo_of_the_safety_measure(story, sent):
    answer = sent("clerk", story, "suspension", **RESTING)
    assert answer.status_code == 422
    assert 'id="error-photos"' in answer.text or "photos" in answer.text
    assert db.session.scalars(select(Adjustment)).all() == []


def test_a_page_from_before_the_suspension_is_answered_in_a_sentence(story, sent):
    suspended(story, sent)
    answer = sent("handler", story, "handling", note="已清理完毕", **safe())
    assert answer.status_code == 409
    assert "nothing is handled until the suspension ends" in answer.text
    assert "已清理完毕" in answer.text


def test_a_second_request_is_answered_in_a_sentence(story, sent):
    assert sent("clerk", story, "extension", **ASKED).status_code == 303
    answer = sent("clerk", story, "suspension", **RESTING, **safe())
    assert answer.status_code == 409
    assert "there is one at a time" in answer.text


def test_a_suspended_case_shows_its_safety_measure_and_who_has_it(story, sent, visit):
    suspended(story, sent)
    with clock.fixed(story.now):
        page = visit("wang", language="en").get(f"/desk/cases/{story.case_id}").text
        work = visit("clerk", language="en").get("/desk/work").text
    assert "Safety measure" in page
    assert "Lift the suspension" in page
    assert "Suspension" in work
    assert story.case.number in work


def test_the_form_says_who_is_asked_where_the_department_has_no_head(city, story, sent):
    asked = "Your department has no head who could decide on this now"
    assert asked not in sent("clerk", story, "extension").text
    with unit_of_work():
        posts = [(city.sanitation, "handling_clerk", None)]
        hiring.give_posts(city.user("head"), posts, by=city.security_admin, at=story.now)
    for act in ("extension", "suspension"):
        assert f"{asked}: the supervisors are asked first." in sent("clerk", story, act).text
    assert sent("clerk", story, "extension", **ASKED).status_code == 303
    assert "What is asked for" in sent("zhou", story, "extension_approval").text
    assert sent("zhou", story, "extension_approval", note="属实").status_code == 303
