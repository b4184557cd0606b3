"""A second person agrees to a drawing and so publishes it, or returns it."""

import re

import pytest

from engine.kit import clock
from engine.kit.db import db, unit_of_work
from engine.notifications import jobs
from engine.process import definitions
from engine.studio.models import StudioDraft, StudioHand
from tests.engine.studio.redrawing import renamed
from tests.stories import Story


@pytest.fixture
def draft(city):
    """The system administrator has drawn a change of the standard case."""
    with unit_of_work():
        return draw(city, renamed("handle", "repair"))


def draw(city, xml):
    who, at = city.system_admin.id, Story(city).now
    row = StudioDraft(
        key="standard_case", name="标准案件", xml=xml, based_on_id=definitions.active("standard_case").id, revision=4,
        state="drawing", created_by_id=who, created_at=at, changed_by_id=who, changed_at=at,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    db.session.add(StudioHand(draft_id=row.id, user_id=who, first_at=at))
    return row.id


def state(draft):
    db.session.rollback()
    return db.session.get_one(StudioDraft, draft, populate_existing=True).state


def hand_in(browser, draft, **more):
    return browser.post(f"/studio/drafts/{draft}/submission", data={"revision": "4", "note": "处置改名"} | more)


def test_it_is_handed_in_with_a_note_and_published_by_another(visit, draft):
    drawer, director = visit("system_admin"), visit("qian")
    assert hand_in(drawer, draft, note=" ").status_code == 422
    assert hand_in(drawer, draft, has_read="1").status_code == 303
    assert "处置改名" in director.get("/studio/reviews").text
    page = director.get(f"/studio/drafts/{draft}/review").text
    assert "is-added" in page
    assert f"/studio/drafts/{draft}/approval" in page
    answer = director.post(f"/studio/drafts/{draft}/approval", data={"revision": "4"})
    assert answer.status_code == 303
    assert (state(draft), definitions.active("standard_case").version) == ("published", 2)
    assert "审核人" in director.get(answer.location).text


def test_whoever_drew_it_does_not_review_it(visit, city, draft):
    assert hand_in(visit("system_admin"), draft, has_read="1").status_code == 303
    with unit_of_work():
        db.session.add(StudioHand(draft_id=draft, user_id=city.qian.id, first_at=Story(city).now))
    director = visit("qian")
    assert f"/studio/drafts/{draft}/approval" not in director.get(f"/studio/drafts/{draft}/review").text
    assert director.post(f"/studio/drafts/{draft}/approval", data={"revision": "4"}).status_code == 403
    assert visit("system_admin").post(f"/studio/drafts/{draft}/approval", data={"revision": "4"}).status_code == 403
    assert state(draft) == "submitted"


def test_it_is_returned_with_a_reason(visit, draft):
    hand_in(visit("system_admin"), draft, has_read="1")
    director = visit("qian")
    assert director.post(f"/studio/drafts/{draft}/rejection", data={"revision": "4"}).status_code == 422
    told = {"revision": "4", "reason": "缺少二级审批"}
    assert director.post(f"/studio/drafts/{draft}/rejection", data=told).status_code == 303
    assert state(draft) == "drawing"
    assert "缺少二级审批" in visit("system_admin").get(f"/studio/drafts/{draft}/review").text


def test_what_was_changed_since_is_not_agreed_to(visit, draft):
    hand_in(visit("system_admin"), draft, has_read="1")
    assert visit("qian").post(f"/studio/drafts/{draft}/approval", data={"revision": "3"}).status_code == 409
    assert hand_in(visit("system_admin"), draft).status_code == 409


def test_of_two_drafts_the_second_is_told_whose_version_is_in_force(visit, city, draft):
    hand_in(visit("system_admin"), draft, has_read="1")
    with unit_of_work():
        definitions.publish("standard_case", renamed("handle", "mend"), by_id=city.li.id, at=Story(city).now)
    answer = visit("qian").post(f"/studio/drafts/{draft}/approval", data={"revision": "4"})
    assert answer.status_code == 409
    assert city.li.name in answer.text
    assert state(draft) == "submitted"


def test_a_faulty_draft_is_not_handed_in(visit, city):
    with unit_of_work():
        draft = draw(city, renamed("handle", "repair").replace('form="handling"', "", 1))
    answer = hand_in(visit("system_admin"), draft, has_read="1")
    assert answer.status_code == 422
    assert state(draft) == "drawing"


def rail_count(page):
    entry = re.search(r'href="/studio/reviews".*?</a>', page, re.DOTALL)[0]
    return int(re.search(r'rail-count">(\d+)', entry)[1])


def test_the_rail_counts_what_waits_for_me_alone(visit, city, draft):
    director = visit("qian")
    assert rail_count(director.get("/studio/reviews").text) == 0
    hand_in(visit("system_admin"), draft, has_read="1")
    assert rail_count(director.get("/studio/reviews").text) == 1
    with unit_of_work():
        db.session.add(StudioHand(draft_id=draft, user_id=city.qian.id, first_at=Story(city).now))
    page = director.get("/studio/reviews").text
    assert rail_count(page) == 0
    assert f"/studio/drafts/{draft}/review" in page


def test_a_message_leads_to_the_review(visit, draft):
    hand_in(visit("system_admin"), draft, has_read="1")
    jobs.address_due(clock.now())
    director = visit("qian")
    (address,) = set(re.findall(r'href="(/messages/\d+)"', director.get("/messages/").text))
    assert director.get(address).location == f"/studio/drafts/{draft}/review"


def test_it_is_taken_back_by_those_who_made_it_only(visit, draft):
    admin = visit("system_admin")
    address = f"/studio/drafts/{draft}/withdrawal"
    assert admin.post(address).status_code == 409
    hand_in(admin, draft, has_read="1")
    assert address in admin.get(f"/studio/drafts/{draft}/review").text
    assert visit("qian").post(address).status_code == 403
    assert admin.post(address).status_code == 303
    assert state(draft) == "drawing"
    assert visit("qian").post(f"/studio/drafts/{draft}/approval", data={"revision": "4"}).status_code == 409
