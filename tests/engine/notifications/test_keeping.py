"""How long messages are kept, and that what is told once is not told again because it was forgotten."""

from datetime import timedelta

import pytest

from engine.kit.db import db, unit_of_work
from engine.notifications import jobs
from engine.notifications.errors import Refused
from engine.notifications.models import Message, Notice
from engine.settings import values
from tests.letters import deliveries, messages, notices


@pytest.fixture
def monday(at):
    return at("2026-03-02 10:00")


def keep_for(days, city, at):
    with unit_of_work():
        values.set(jobs.KEPT, days, by=city.system_admin, at=at)


def test_old_messages_go_with_their_deliveries_and_young_ones_stay(city, pigeons, announce, monday):
    announce("urged", at=monday, user_ids=[city.li.id])
    announce("urged", at=monday + timedelta(days=10), user_ids=[city.wang.id])
    keep_for(30, city, monday)
    assert jobs.purge(monday + timedelta(days=35)) == 1
    assert [one.user_id for one in messages()] == [one.user_id for one in deliveries()] == [city.wang.id]
    assert jobs.purge(monday + timedelta(days=35)) == 0


def test_a_digest_goes_with_what_it_held_whatever_became_of_it(city, pigeons, announce, at, monday):
    announce("step_given", at=monday, user_ids=[city.li.id], params={"step": "签收"})
    pigeons.trouble = Refused("gone")
    jobs.bundle_digests(at("2026-03-03 08:30"))
    jobs.deliver_due(at("2026-03-03 08:30"))
    assert [one.state for one in deliveries()] == ["given_up", "given_up"]
    keep_for(30, city, monday)
    jobs.purge(monday + timedelta(days=40))
    assert deliveries() == []


def test_what_is_told_once_a_month_outlives_the_month(city, pigeons, monday):
    with unit_of_work():
        db.session.add(Message(user_id=city.li.id, kind="assessment", params={"month": "2026-02"}, created_at=monday,
                               once="assessment:2026-02:1"))  # fmt: skip
    keep_for(30, city, monday)
    assert jobs.purge(monday + timedelta(days=31)) == 0
    assert jobs.purge(monday + timedelta(days=71)) == 1


def test_announcements_that_reached_nobody_are_not_kept_for_ever(city, announce, monday):
    announce("urged", at=monday, groups=["archivist"])
    jobs.purge(monday + timedelta(days=179))
    assert len(notices()) == 1
    jobs.purge(monday + timedelta(days=181))
    assert db.session.query(Notice).count() == 0
