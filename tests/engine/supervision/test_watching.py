"""A case that runs late climbs the ladder: holder, order, head, supervisor, leader; each is told once."""

from datetime import timedelta

import pytest

from engine.calendars.working_time import Limit, Unit
from engine.cases.models import TimelineEntry
from engine.deadlines import clocks
from engine.deadlines.models import Clock
from engine.kit.db import db, unit_of_work
from engine.process import incidents
from engine.process.models import Incident
from engine.supervision import jobs, ladder, watching
from engine.supervision.models import Base, RungAction, SupervisionOrder
from tests.stories import Story


@pytest.fixture
def story(city) -> Story:
    """A case that the sanitation bureau has in hand."""
    return Story(city).filed().signed()


@pytest.fixture
def escalations():
    """What was sent to people, as (role, user ids)."""
    sent = []

    def keep(case, **said):
        sent.append((said["role"], said["user_ids"]))

    watching.escalated.connect(keep)
    yield sent
    watching.escalated.disconnect(keep)


def look(story: Story, moment) -> int:
    done = jobs.run_due(moment)
    db.session.expire_all()
    return done


def entries(story: Story, act: str) -> list[TimelineEntry]:
    return db.session.query(TimelineEntry).filter_by(case_id=story.case_id, act=act).all()


def handling(story: Story) -> Clock:
    clock = clocks.open_clock("case", story.case_id, "handling")
    assert clock is not None
    return clock


def test_nobody_is_told_while_there_is_time(story):
    look(story, story.case.amber_at - timedelta(minutes=1))
    assert not entries(story, "urging")
    assert handling(story).watch_at == story.case.amber_at


def test_amber_urges_whoever_has_it_and_red_opens_one_order(story, escalations):
    look(story, story.case.amber_at)
    assert [entry.detail["to"] for entry in entries(story, "urging")] == ["holder"]
    assert not db.session.query(SupervisionOrder).count()
    look(story, story.case.due_at)
    order = db.session.query(SupervisionOrder).one()
    assert (order.origin, order.department_id, order.state) == ("automatic", story.case.department_id, "open")
    assert order.number == f"DB{story.case.due_at:%Y%m%d}-{order.id}"
    assert escalations == [("department_head", [story.city.head.id])]


def test_every_rung_waits_its_time_and_is_climbed_once(story, escalations, city):
    due = story.case.due_at
    for days in range(8):
        look(story, due + timedelta(days=days))
        look(story, due + timedelta(days=days))
    told = [people for role, people in escalations if role in {"supervisor", "leader"}]
    assert [city.zhou.id] in told
    assert [city.wu.id] in told
    assert db.session.query(SupervisionOrder).count() == 1
    assert handling(story).watch_at is None


def test_a_worker_that_was_away_tells_late_rather_than_never(story, escalations):
    look(story, story.case.due_at + timedelta(days=30))
    assert [role for role, _ in escalations][:3] == ["department_head", "supervisor", "leader"]
    assert len(entries(story, "urging")) == 1


def test_an_extension_takes_the_case_down_the_ladder_again(story):
    look(story, story.case.amber_at)
    with unit_of_work():
        clocks.extend(handling(story), Limit(5, Unit.working_days), at=story.case.amber_at, by=story.city.wang)
    clock = handling(story)
    assert (clock.rung, clock.watch_at) == (0, clock.amber_at)
    look(story, clock.amber_at)
    assert len(entries(story, "urging")) == 2


def test_a_paused_clock_is_not_watched_and_a_resumed_one_is(story):
    with unit_of_work():
        clocks.pause(handling(story), at=story.now, by=story.city.wang)
    assert handling(story).watch_at is None
    assert look(story, story.now + timedelta(days=90)) == 0
    with unit_of_work():
        clocks.resume(handling(story), at=story.now + timedelta(days=90), by=story.city.wang)
    assert handling(story).watch_at == handling(story).amber_at


def test_a_clock_that_stopped_is_forgotten(story):
    due = story.case.due_at
    story.do(story.handler, "handling", note="已清理").do(story.clerk, "feedback", note="已处置完毕")
    story.verified().do("zhao", "closure", result="resolved")
    assert look(story, due + timedelta(days=30)) == 0
    assert not db.session.query(SupervisionOrder).count()


def test_nobody_is_warned_by_a_provisional_due(story):
    clock = handling(story)
    clock.is_provisional = True
    db.session.commit()
    assert look(story, clock.due_at + timedelta(days=1)) == 0
    assert handling(story).watch_at is None


def test_a_claim_keeps_other_workers_away_until_its_lease_runs_out(story):
    moment = story.case.due_at
    assert [claim.subject_id for claim in watching.claim("one", moment)] == [story.case_id]
    assert watching.claim("two", moment) == []
    (late,) = watching.claim("two", moment + watching.LEASE)
    assert watching.climb(late, moment + watching.LEASE)
    assert len(entries(story, "urging")) == 1


def test_a_worker_that_is_to_stop_gives_back_what_it_had_claimed(story):
    other = Story(story.city, story.now).filed().signed()
    moment = max(story.case.amber_at, other.case.amber_at)
    going_on = iter([True, True])
    assert jobs.run_due(moment, worker="one", going_on=lambda: next(going_on, False)) == 1
    db.session.expire_all()
    assert len(entries(story, "urging")) + len(entries(other, "urging")) == 1
    assert len(watching.claim("two", moment)) == 1, "nobody waits for a lease to run out"


def test_the_third_failure_becomes_an_incident_that_can_be_retried(story, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("no ladder")

    moment = story.case.amber_at
    with monkeypatch.context() as patch:
        patch.setattr(watching, "_climb_rungs", broken)
        for minutes in (0, 1, 6, 60):
            look(story, moment + timedelta(minutes=minutes))
    incident = db.session.query(Incident).one()
    assert (incident.node, incident.attempts) == ("handling", 3)
    assert not entries(story, "urging")
    with unit_of_work():
        incidents.retry(incident.id, by_id=story.city.system_admin.id, at=moment + timedelta(hours=2))
    look(story, moment + timedelta(hours=2))
    assert len(entries(story, "urging")) == 1


def test_an_edited_ladder_holds_for_clocks_that_are_on_their_way(story, escalations, city):
    quick = (ladder.Rung(Base.due, Limit(1, Unit.working_hours), RungAction.tell, "director"),)
    with unit_of_work():
        ladder.replace("handling", quick, by=city.system_admin, at=story.now)
    look(story, story.case.due_at)
    assert not escalations
    look(story, story.case.due_at + timedelta(days=1))
    assert escalations == [("director", [city.qian.id])]
