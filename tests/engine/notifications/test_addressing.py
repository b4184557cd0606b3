"""From what happens to a case to who is told, in the transaction of the act at the price of one row."""

from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select

from engine.access.models import Delegation, Role
from engine.cases import urging
from engine.cases.models import Source
from engine.kit.db import db, unit_of_work
from engine.notifications import addressing, jobs, kinds, repeating
from engine.notifications.errors import NothingToRepeat
from engine.notifications.models import Delivery, Message, Notice
from engine.organization import leaving
from engine.process import incidents
from engine.process.models import OutboxMessage
from tests.letters import deliveries, messages, notices
from tests.stories import Story

CITIZEN = "王大妈 13912345678 说她家门口有垃圾"


def told(user, kind=None):
    return [one for one in messages() if one.user_id == user.id and kind in (None, one.kind)]


def test_the_department_is_told_of_a_case_that_comes_to_it_and_the_handler_of_his(city, pigeons):
    story = Story(city).filed()
    jobs.address_due(story.now)
    (given,) = told(city.actor(f"clerk.{story.case.department.code}"), "step_given")
    assert given.case_id == story.case_id
    assert given.params["number"] == story.case.number
    assert given.params["category"] == "暴露垃圾"
    story.signed()
    jobs.address_due(story.now)
    assert [one.params["step"] for one in told(story.handler, "step_given")] == ["处置"]


def test_whoever_did_it_is_not_told_of_it(city, pigeons):
    story = Story(city).filed()
    story.do(story.clerk, "signing")
    jobs.address_due(story.now)
    # Signing opens the clerk's own next step.
    assert [one.params["step"] for one in told(story.clerk, "step_given")] == ["签收"]


def test_a_refused_act_tells_nobody(city, pigeons):
    story = Story(city).report()
    before = len(notices())
    try:
        with unit_of_work():
            urging.urge(story.case, "duty_officer", at=story.now)
            raise RuntimeError
    except RuntimeError:
        pass
    assert len(notices()) == before


def test_nothing_that_a_citizen_typed_is_in_a_message(city, pigeons, at):
    story = Story(city).report("sun", description=CITIZEN, place="王大妈家", source=Source.hotline)
    urging.urge(story.case, "acceptor", at=story.now)
    db.session.commit()
    jobs.address_due(story.now)
    (message,) = told(city.li, "urged")
    written = kinds.said(message.kind, message.params, "zh_Hans_CN") + str(message.params)
    assert "王大妈" not in written
    assert "139" not in written.replace(story.case.number, "")


def test_an_incident_calls_whoever_settles_incidents_at_any_hour(city, pigeons, at):
    story = Story(city).report()
    night = at("2026-03-02 23:30")
    work = OutboxMessage(instance_id=story.case.instance_id, subject_kind="case", subject_id=story.case_id,
                         task_id="x", node="auto_dispatch", action="x", params={}, state="failed", attempts=3,
                         next_at=night)  # fmt: skip
    with unit_of_work():
        db.session.add(work)
        db.session.flush()
        incidents.open_for(work, RuntimeError("away"), night)
    jobs.address_due(night)
    (message,) = told(city.system_admin, "incident")
    assert [one.next_at for one in deliveries() if one.message_id == message.id] == [night]


def test_whoever_stands_in_is_told_too_as_long_as_he_does(city, pigeons, announce, at):
    story = Story(city).filed()
    monday, friday = at("2026-03-02 12:00"), at("2026-03-06 18:00")
    with unit_of_work():
        db.session.add(Delegation(from_user_id=city.handler.id, to_user_id=city.clerk.id, starts_at=monday,
                                  ends_at=friday, reason="leave", created_at=monday))  # fmt: skip
    for moment in (at("2026-03-02 11:00"), at("2026-03-03 11:00"), at("2026-03-09 11:00")):
        announce("urged", at=moment, case=story.case, user_ids=[city.handler.id], params={"number": f"{moment}"})
    assert [one.created_at for one in told(city.clerk, "urged")] == [at("2026-03-03 11:00")]
    assert len(told(city.handler, "urged")) == 3


def test_who_has_left_is_told_nothing_more(city, pigeons, announce, at):
    now = at("2026-03-02 10:00")
    announce("urged", at=now, user_ids=[city.handler.id])
    with unit_of_work():
        leaving.leave(city.user("handler"), by=city.system_admin, at=now)
    assert [one.state for one in deliveries()] == ["dropped"]
    announce("urged", at=now, user_ids=[city.handler.id])
    assert len(told(city.handler)) == 1
    assert jobs.deliver_due(now) == 0


def test_what_was_announced_days_ago_stays_in_the_application(city, pigeons, announce, at):
    old = at("2026-03-02 10:00")
    with unit_of_work():
        db.session.add(Notice(kind="urged", at=old, params={"number": "1", "category": "–"}, user_ids=[city.li.id],
                              groups=[], next_at=old))  # fmt: skip
    assert jobs.address_due(old + timedelta(days=3)) == 1
    assert deliveries() == []


def test_a_notice_that_cannot_be_addressed_holds_up_no_other(city, pigeons, at, monkeypatch):
    now = at("2026-03-02 10:00")
    with unit_of_work():
        for kind in ("urged", "no_such_kind", "escalated"):
            db.session.add(Notice(kind=kind, at=now, params={"number": "1", "category": "–"}, user_ids=[city.li.id],
                                  groups=[], next_at=now))  # fmt: skip
        db.session.add(Notice(kind="urged", at=now, params={}, user_ids=[city.li.id], groups=["handler@dept:1"],
                              permission="x" * 10, next_at=now))  # fmt: skip
    broken = notices()[1].id
    original = addressing._message

    def message(notice, user_id, known):
        if notice.id == broken:
            raise ValueError("broken")
        return original(notice, user_id, known)

    monkeypatch.setattr(addressing, "_message", message)
    assert jobs.address_due(now) == 3
    (left,) = notices()
    assert (left.id, left.attempts, left.error) == (broken, 1, "ValueError: broken")
    for minute in range(1, 30):
        jobs.address_due(now + timedelta(minutes=minute))
    (left,) = notices()
    assert (left.attempts, left.next_at) == (5, None)


def test_ten_thousand_notices_are_addressed_in_batches_of_few_statements(city, pigeons, at, statements):
    now = at("2026-03-02 10:00")
    people = [city.li.id, city.wang.id, city.zhou.id, city.head.id]
    row = {"kind": "urged", "at": now, "groups": [], "next_at": now, "is_urgent": False}
    with unit_of_work():
        db.session.execute(
            insert(Notice),
            [
                row | {"params": {"number": str(number), "category": "–"}, "user_ids": [people[number % 4]]}
                for number in range(10_000)
            ],
        )
    with statements() as seen:
        assert jobs.address_due(now) == 10_000
    # 20 batches of 500; one INSERT of a batch may be several statements on SQLite, which binds few values at once.
    assert len(seen) < 20 * 20
    assert db.session.scalar(select(func.count()).select_from(Message)) == 10_000
    assert db.session.scalar(select(func.count()).select_from(Delivery)) == 10_000
    assert notices() == []


def test_what_is_for_a_role_that_nobody_has_is_put_aside_until_somebody_has_it(city, pigeons, announce, at):
    now = at("2026-03-02 10:00")
    announce("urged", at=now, groups=["archivist"])
    announce("incident", at=now, permission=None, user_ids=[], params={"node": "x"})
    (left,) = notices()
    assert (left.kind, left.next_at, left.error) == ("urged", None, addressing.NOBODY)
    assert jobs.address_due(now + timedelta(days=1)) == 0
    with unit_of_work():
        role = db.session.scalars(select(Role).where(Role.code == "acceptor")).one()
        role.code = "archivist"
        repeating.announce_again(by=city.system_admin, at=now)
    assert jobs.address_due(now) >= 1
    assert [one.user_id for one in messages()] == [city.li.id]
    with pytest.raises(NothingToRepeat), unit_of_work():
        repeating.announce_again(by=city.system_admin, at=now)


def test_who_alone_has_a_role_and_did_it_himself_is_somebody(city, pigeons, announce, at):
    announce("urged", at=at("2026-03-02 10:00"), groups=["acceptor"], except_id=city.li.id)
    assert notices() == []
