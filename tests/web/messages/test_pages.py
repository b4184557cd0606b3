"""The bell, one's messages, how one wants them, what failed: through HTTP, as each may see it."""

import pytest

from engine.kit import clock
from engine.kit.db import db, unit_of_work
from engine.notifications import jobs
from engine.notifications.channels import registry
from engine.notifications.errors import Refused
from engine.notifications.telling import tell
from engine.organization.models import User
from tests.letters import Pigeons, deliveries, messages
from tests.stories import Story


@pytest.fixture
def pigeons(app):
    channel = Pigeons()
    registry.offer_only([channel], "https://city.example")
    yield channel
    registry.offer_only([])


@pytest.fixture
def story(city):
    return Story(city).filed()


def urge(story, *people):
    with unit_of_work():
        tell("urged", at=story.now, case=story.case, user_ids=[person.id for person in people])
    jobs.address_due(story.now)


def test_the_bell_counts_what_is_unread_with_one_statement_on_every_page(city, visit, story, pigeons, statements):
    wang = visit("wang")
    page = wang.get("/me").text
    assert "bell-count" not in page
    urge(story, city.wang)
    urge(story, city.wang)
    wang.get("/me")
    with statements() as seen:
        page = wang.get("/me").text
    assert 'class="bell-count" aria-hidden="true">2<' in page
    assert len([one for one in seen if "message" in one]) == 1


def test_a_message_opens_its_case_and_is_read_then(city, visit, story, pigeons):
    urge(story, city.wang)
    wang = visit("wang")
    assert "is-unread" in wang.get("/messages/").text
    assert "is-unread" in wang.get("/messages/?unread=1").text
    answer = wang.get(f"/messages/{messages()[-1].id}")
    assert answer.headers["Location"] == f"/desk/cases/{story.case_id}"
    assert "is-unread" not in wang.get("/messages/").text
    assert story.case.number in wang.get("/messages/").text
    assert story.case.number not in wang.get("/messages/?unread=1").text


def test_another_ones_message_is_nowhere(city, visit, story, pigeons):
    urge(story, city.wang)
    li = visit("li")
    number = next(one.id for one in messages() if one.user_id == city.wang.id)
    assert li.get(f"/messages/{number}").status_code == 404
    assert f"/messages/{number}" not in li.get("/messages/").text
    li.post("/messages/readings", data={"until": number})
    assert [one.read_at for one in messages() if one.id == number] == [None]


def test_all_that_the_list_showed_is_marked_and_what_came_since_is_not(city, visit, story, pigeons):
    urge(story, city.wang)
    seen = messages()[-1].id
    urge(story, city.wang)
    assert visit("wang").post("/messages/readings", data={"until": seen}).status_code == 303
    mine = [one for one in messages() if one.user_id == city.wang.id]
    assert [one.read_at is None for one in mine] == [False, True]


def test_the_list_is_in_the_readers_language(city, visit, story, pigeons):
    urge(story, city.wang)
    assert "Please hurry" not in visit("wang").get("/messages/").text
    assert "Please hurry" in visit("wang", language="en").get("/messages/").text


def test_a_person_chooses_how_he_is_told_and_where(city, visit, story, pigeons):
    wang = visit("wang")
    assert 'name="urged.email"' in wang.get("/me").text
    assert wang.post("/messages/wishes", data={"urged.email": "off"}).status_code == 303
    urge(story, city.wang)
    assert [one for one in deliveries() if one.user_id == city.wang.id] == []
    assert wang.post("/messages/wishes", data={"urged.pigeon": "off"}).status_code == 422
    answer = wang.post("/messages/address", data={"phone": "0951-1234567", "email": "wang@example.cn"})
    assert answer.status_code == 303
    assert db.session.get(User, city.wang.id).email == "wang@example.cn"
    assert wang.post("/messages/address", data={"email": "no address"}).status_code == 422
    assert "0951-1234567" in wang.get("/me").text


def test_without_a_way_out_nothing_is_offered(city, app, visit):
    registry.offer_only([])
    page = visit("wang").get("/me").text
    assert 'name="urged.email"' not in page


def test_those_who_may_see_on_the_case_whether_people_were_reached(city, visit, story, pigeons):
    urge(story, city.wang)
    pigeons.trouble = Refused("no such mailbox")
    jobs.deliver_due(story.now)
    address = f"/desk/cases/{story.case_id}"
    assert 'id="deliveries-title"' in visit("zhou").get(address).text
    assert city.wang.name in visit("zhou").get(address).text
    assert 'id="deliveries-title"' not in visit("wang").get(address).text


def test_an_administrator_sees_the_cause_and_sends_again(city, visit, story, pigeons):
    urge(story, city.wang, city.li)
    pigeons.trouble = Refused("no such mailbox")
    jobs.deliver_due(story.now)
    admin = visit("system_admin")
    page = admin.get("/admin/deliveries").text
    assert "no such mailbox" in page
    assert story.case.number not in page, "administrators see no cases"
    pigeons.trouble = None
    failed = [one.id for one in deliveries() if one.state == "given_up"]
    assert admin.post("/admin/deliveries/repetition", data={"delivery": failed}).status_code == 303
    assert jobs.deliver_due(clock.now()) >= len(failed) >= 2
    assert admin.post("/admin/deliveries/repetition", data={"delivery": failed}).status_code == 409
    assert "no such mailbox" not in admin.get("/admin/deliveries").text
    assert visit("zhou").get("/admin/deliveries").status_code == 403
