"""Digests and preferences: what a person wants gathered leaves together, without what he has read meanwhile."""

import pytest

from engine.kit.db import unit_of_work
from engine.kit.errors import Invalid
from engine.notifications import jobs, preferences, queries, reading
from engine.notifications.channels import registry
from engine.notifications.errors import MessageNotFound, Refused
from engine.notifications.models import DeliveryState, How
from tests.letters import Pigeons, deliveries, messages


@pytest.fixture
def monday(at):
    return at("2026-03-02 10:00")


def step(announce, city, at, number, **given):
    announce("step_given", at=at, user_ids=[city.li.id], params={"step": "签收", "number": number}, **given)


def states():
    return [one.state for one in deliveries()]


def test_a_digest_leaves_the_next_morning_with_all_that_is_unread(city, pigeons, announce, at, monday):
    for number in ("A1", "B2", "C3"):
        step(announce, city, monday, number)
    with unit_of_work():
        reading.read(messages()[1].id, user_id=city.li.id, at=monday)
    assert jobs.bundle_digests(at("2026-03-03 08:29")) == 0
    assert jobs.deliver_due(at("2026-03-03 08:29")) == 0
    morning = at("2026-03-03 08:30")
    assert jobs.bundle_digests(morning) == 1
    assert jobs.bundle_digests(morning) == 0
    assert jobs.deliver_due(morning) == 1
    (letter,) = pigeons.letters
    assert "A1" in letter.text
    assert "C3" in letter.html
    assert "B2" not in letter.text
    assert letter.link == "https://city.example/messages"
    assert states() == ["sent", "dropped", "sent", "sent"]


def test_a_digest_that_is_refused_takes_its_messages_with_it(city, pigeons, announce, at, monday):
    step(announce, city, monday, "A1")
    pigeons.trouble = Refused("gone")
    morning = at("2026-03-03 08:30")
    jobs.bundle_digests(morning)
    jobs.deliver_due(morning)
    assert states() == ["given_up", "given_up"]
    assert len(queries.troubled([DeliveryState.given_up]).rows) == 1


def test_the_digest_of_a_friday_comes_on_monday(city, pigeons, announce, at):
    step(announce, city, at("2026-03-06 10:00"), "A1")
    (held,) = deliveries()
    assert held.digest_at == at("2026-03-09 07:30")


def test_urgent_work_does_not_wait_for_the_digest(city, pigeons, announce, monday):
    step(announce, city, monday, "A1", is_urgent=True)
    assert jobs.deliver_due(monday) == 1


def test_a_person_chooses_per_kind_and_channel(city, announce, monday):
    mail, sms = Pigeons("email"), Pigeons("sms")
    registry.offer_only([mail, sms])
    with unit_of_work():
        preferences.choose(city.li.id, {("step_given", "email"): "at_once", ("step_given", "sms"): "off",
                                        ("urged", "email"): "off", ("urged", "sms"): "at_once"})  # fmt: skip
    step(announce, city, monday, "A1")
    announce("urged", at=monday, user_ids=[city.li.id, city.wang.id])
    jobs.deliver_due(monday)
    assert [len(mail.to(city.user(name))) for name in ("li", "wang")] == [1, 1]
    assert [len(sms.to(city.user(name))) for name in ("li", "wang")] == [1, 1]
    assert preferences.table_of(city.li.id)["urged"] == {"email": How.off, "sms": How.at_once}
    assert len([one for one in messages() if one.user_id == city.li.id]) == 2, "in the application he finds them all"
    with unit_of_work():
        preferences.choose(city.li.id, {("urged", "email"): "at_once"})
    assert preferences.table_of(city.li.id)["urged"]["email"] is How.at_once


@pytest.mark.parametrize("kind", ["urged", "escalated", "order_issued", "incident"])
def test_what_is_ones_duty_is_told_at_once_by_one_way_at_least(city, kind):
    registry.offer_only([Pigeons("email"), Pigeons("sms")])
    for ways in ({"email": "off", "sms": "off"}, {"email": "digest", "sms": "off"}):
        with pytest.raises(Invalid) as refusal, unit_of_work():
            preferences.choose(city.li.id, {(kind, channel): how for channel, how in ways.items()})
        assert set(refusal.value.fields) == {kind}
    with unit_of_work():
        preferences.choose(city.li.id, {(kind, "email"): "at_once", (kind, "sms"): "off"})
    with pytest.raises(Invalid), unit_of_work():
        preferences.choose(city.li.id, {(kind, "email"): "off"})
    assert preferences.table_of(city.li.id)[kind] == {"email": How.at_once, "sms": How.off}


@pytest.mark.parametrize(
    "wrong",
    [
        ("urged", "pigeon", "off"),
        ("nothing", "email", "off"),
        ("urged", "email", "soon"),
        ("assessment", "email", "off"),
    ],
)
def test_a_choice_that_there_is_not_is_refused(city, pigeons, wrong):
    kind, channel, how = wrong
    with pytest.raises(Invalid), unit_of_work():
        preferences.choose(city.li.id, {(kind, channel): how})


def test_who_has_no_address_gets_nothing_by_that_channel(city, office, announce, monday):
    with unit_of_work():
        city.user("li").email = None
    announce("urged", at=monday, user_ids=[city.li.id])
    assert deliveries() == []
    assert queries.unread_count(city.li.id) == 1


def test_nobody_reads_another_ones_messages(city, pigeons, announce, monday):
    announce("urged", at=monday, user_ids=[city.li.id])
    (message,) = messages()
    assert [one.id for one in queries.inbox(city.li.id).rows] == [message.id]
    assert list(queries.inbox(city.wang.id).rows) == []
    for act in (queries.own, lambda id, user_id: reading.read(id, user_id=user_id, at=monday)):
        with pytest.raises(MessageNotFound):
            act(message.id, city.wang.id)
    with unit_of_work():
        assert reading.read_all(user_id=city.wang.id, at=monday, until_id=message.id) == 0
        assert reading.read_all(user_id=city.li.id, at=monday, until_id=message.id) == 1
    assert queries.unread_count(city.li.id) == 0
