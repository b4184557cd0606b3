"""Naming a stand-in under "my account", and what the head sees and ends."""

from datetime import timedelta

import pytest

from engine.access import delegating
from engine.kit import clock
from engine.kit.db import db
from tests.stories import Story


@pytest.fixture
def story(city):
    return Story(city).filed()


def typed(moment):
    return moment.strftime("%Y-%m-%dT%H:%M")


def away(browser, to, start, hours=24, **changes):
    values = {
        "to_user_id": to.id, "starts_at": typed(start), "ends_at": typed(start + timedelta(hours=hours)),
        "reason": "年休假",
    }  # fmt: skip
    return browser.post("/me/delegations", data=values | changes)


def running(city, who, moment):
    return list(delegating.of_person(getattr(city, who).id, at=moment))


def test_the_stand_in_does_the_work_and_the_case_tells_both_names(city, story, visit):
    with clock.fixed(story.now):
        assert away(visit("clerk"), city.handler, story.now).status_code == 303
        handler = visit("handler")
        assert story.case.number in handler.get("/desk/work").text
        assert handler.post(f"/desk/cases/{story.case_id}/signing", data={"note": ""}).status_code == 303
        page = handler.get(f"/desk/cases/{story.case_id}").text
    assert f"{city.handler.name} 代 {city.clerk.name}" in page
    assert story.told[-1] == "signing"


def test_an_act_for_another_costs_no_statement_more(city, story, visit, statements):
    counts = []
    for who in ("clerk", "clerk", "handler"):  # the first one pays for what is remembered
        case_id = Story(city, now=story.now).filed().case_id
        with clock.fixed(story.now):
            if who == "handler":
                away(visit("clerk"), city.handler, story.now)
            browser = visit(who)
            with statements() as seen:
                answer = browser.post(f"/desk/cases/{case_id}/signing", data={"note": ""})
            assert answer.status_code == 303
            counts.append(len(seen))
    assert counts[2] <= counts[1]


def test_overlapping_and_senseless_ones_are_refused_in_words(city, story, visit):
    with clock.fixed(story.now):
        clerk = visit("clerk")
        assert away(clerk, city.handler, story.now).status_code == 303
        answer = away(clerk, city.head, story.now + timedelta(hours=2))
        assert answer.status_code == 409
        assert city.handler.name in answer.text and "年休假" in answer.text
        assert away(clerk, city.handler, story.now + timedelta(days=3), hours=-2).status_code == 422
        assert away(clerk, city.parks_clerk, story.now + timedelta(days=3)).status_code == 422
        assert len(running(city, "clerk", story.now)) == 1


def test_administrators_are_told_that_their_rights_stay_theirs(city, story, visit):
    for who in ("system_admin", "security_admin", "audit_admin"):
        browser = visit(who)
        assert "管理员的权限不能代理" in browser.get("/me/delegations").text
        assert away(browser, city.li, clock.now()).status_code in {409, 422}
        assert running(city, who, clock.now()) == []
        assert "我外出时" not in browser.get("/me").text


def test_both_and_the_head_end_it_and_nobody_else(city, story, visit):
    for ending, expected in (("parks_clerk", 404), ("zhou", 404), ("clerk", 303), ("handler", 303), ("head", 303)):
        with clock.fixed(story.now):
            if not running(city, "clerk", story.now):
                away(visit("clerk"), city.handler, story.now)
            db.session.rollback()
            (row,) = running(city, "clerk", story.now)
            answer = visit(ending).post(f"/me/delegations/{row.id}/end", data={"of": "department"})
            assert answer.status_code == expected, ending
            db.session.rollback()
            assert bool(running(city, "clerk", story.now)) == (expected == 404)


def test_the_head_sees_who_is_away(city, story, visit):
    with clock.fixed(story.now):
        away(visit("clerk"), city.handler, story.now)
        page = visit("head").get("/department/delegations").text
        assert city.clerk.name in page and city.handler.name in page
        assert city.handler.name in visit("clerk").get("/me").text
