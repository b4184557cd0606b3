"""The bell, one's messages, how one wants them, what failed: through HTTP, as each may see it."""

import pytest
from sqlalchemy import select

from engine.access.models import Role
from engine.kit import clock
from engine.kit.db import db, unit_of_work
from engine.notifications import assessment_mail, jobs
from engine.notifications.channels import registry
from engine.notifications.errors import Refused
from engine.notifications.telling import tell
from engine.organization.models import User
from engine.settings import values
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
    assert wang.post("/messages/wishes", data={"order_replied.email": "off"}).status_code == 303
    with unit_of_work():
        tell("order_replied", at=story.now, case=story.case, user_ids=[city.wang.id], order="1")
    jobs.address_due(story.now)
    assert [one.kind for one in messages() if one.user_id == city.wang.id][-1] == "order_replied"
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


def test_what_is_ones_duty_cannot_be_switched_off_and_nothing_chosen_is_lost(city, visit, story, pigeons):
    wang = visit("wang", language="en")
    answer = wang.post("/messages/wishes", data={"urged.email": "off", "order_replied.email": "digest"})
    assert answer.status_code == 422
    row = answer.text.partition('id="wish-urged"')[2]
    assert "part of your work" in row
    assert 'value="off" selected' in row.partition("</tr>")[0]
    chosen = answer.text.partition('name="order_replied.email"')[2].partition("</select>")[0]
    assert 'value="digest" selected' in chosen
    saved = wang.get("/me").text.partition('name="order_replied.email"')[2].partition("</select>")[0]
    assert 'value="at_once" selected' in saved


def test_the_case_says_who_has_read_it_also_without_a_way_out(city, app, visit, story):
    registry.offer_only([])
    urge(story, city.wang)
    address = f"/desk/cases/{story.case_id}"
    zhou = visit("zhou", language="en")
    told = zhou.get(address).text.partition('id="deliveries-title"')[2].partition("</section>")[0]
    assert city.wang.name in told
    assert "In the application: unread" in told
    wang = visit("wang")
    wang.get(f"/messages/{messages()[-1].id}")
    told = zhou.get(address).text.partition('id="deliveries-title"')[2].partition("</section>")[0]
    assert "In the application: read" in told


def test_thousands_that_were_given_up_are_sent_again_at_once(city, visit, story, pigeons):
    for _ in range(60):
        urge(story, city.wang)
    pigeons.trouble = Refused("blocked")
    jobs.deliver_due(story.now)
    given_up = [one.id for one in deliveries() if one.state == "given_up"]
    admin = visit("system_admin")
    page = admin.get("/admin/deliveries?view=given_up").text
    assert f'name="until" value="{given_up[-1]}"' in page
    assert 'name="until"' not in admin.get("/admin/deliveries").text, "what is in doubt is another decision"
    sent = {"view": "given_up", "until": given_up[-1], "channel": "email"}
    assert admin.post("/admin/deliveries/repetition-of-all", data=sent).status_code == 422
    assert admin.post("/admin/deliveries/repetition-of-all", data=sent | {"is_sure": "1"}).status_code == 303
    pigeons.trouble = None
    assert jobs.deliver_due(clock.now()) == len(given_up) >= 60
    assert admin.post("/admin/deliveries/repetition-of-all", data=sent | {"is_sure": "1"}).status_code == 409


def test_the_page_of_deliveries_costs_few_statements_however_many_readers(city, visit, story, pigeons, statements):
    with unit_of_work():
        values.set(assessment_mail.ROLES, "leader, supervisor, handler, archivist", by=city.system_admin, at=story.now)
    urge(story, city.wang, city.li)
    admin = visit("system_admin", language="en")
    page = admin.get("/admin/deliveries").text
    assert "nobody answers to it: archivist" in page
    with statements() as seen:
        admin.get("/admin/deliveries?view=waiting")
    assert len(seen) <= 12, "\n".join(seen)


def test_an_announcement_that_reached_nobody_is_seen_and_made_again(city, visit, story, pigeons):
    parks, role = city.parks, db.session.scalars(select(Role.name_en).where(Role.code == "acceptor")).one()
    with unit_of_work():
        tell("urged", at=story.now, case=story.case, groups=["archivist"])
        tell("urged", at=story.now, case=story.case, groups=[f"acceptor@dept:{parks.id}"])
    jobs.address_due(story.now)
    admin = visit("system_admin", language="en")
    page = admin.get("/admin/deliveries").text
    assert "Nobody serves there." in page
    assert f"{role}, {parks.short_name}" in page
    assert story.case.number not in page
    assert admin.post("/admin/deliveries/announcements").status_code == 303
    assert "archivist" not in admin.get("/admin/deliveries").text
    assert admin.post("/admin/deliveries/announcements").status_code == 409
