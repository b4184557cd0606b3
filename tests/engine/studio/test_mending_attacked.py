"""Two who mend one case at once, a worker in between, a case that ends meanwhile: nothing is done twice or lost."""

import threading
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select

from engine.audit.models import AuditRecord
from engine.cases import acts, queries
from engine.cases.errors import CaseEnded
from engine.kit.db import db, unit_of_work
from engine.kit.errors import CityLoopError, Conflict
from engine.process import definitions, timers
from engine.process.errors import AlreadySuspended, InstanceEnded, ProcessSuspended, StepGone
from engine.process.models import OpenTask, OpenTimer, ProcessDefinition, ProcessEvent, ProcessInstance
from engine.studio import mending, versions
from tests import databases, together
from tests.engine.studio.test_mending import WHY, act, broken, revision, token, waiting_timer
from tests.stories import Story


def met_at_once(city, *acts_of):
    """Each in a thread and a transaction of its own; what each of them met."""

    def meeting(one):
        try:
            with unit_of_work():
                one()
        except CityLoopError as refusal:
            return refusal
        return None

    db.session.rollback()
    met = together.at_once(city.url, *(partial(meeting, one) for one in acts_of))
    db.session.expire_all()
    return met


def told(action):
    chosen = select(func.count()).select_from(AuditRecord).where(AuditRecord.action == action)
    return db.session.scalar(chosen)


def test_two_who_move_the_same_token_at_once(city):
    story = Story(city).filed()
    given, seen = (story.case.instance_id, token(story, "sign")), revision(story)
    move = {"revision": seen, "reason": WHY, "by": city.system_admin, "at": story.now}
    met = met_at_once(city, *(lambda to=to: mending.move(*given, to, **move) for to in ("verify", "assign")))
    assert [type(one) for one in met if one is not None] == [StepGone]
    assert len(story.waiting) == 1
    assert told("process.token_move") == 1


def test_a_move_and_an_act_on_the_same_step_at_once(city):
    story = Story(city).filed()
    given, seen, key = (story.case.instance_id, token(story, "sign"), "verify"), revision(story), story.case_id
    clerk, step = story.clerk, token(story, "sign")

    def sign():
        acts.perform(queries.lock(key, clerk), "signing", {}, by=clerk, at=story.now, task_id=step)

    def move():
        mending.move(*given, revision=seen, reason=WHY, by=city.system_admin, at=story.now)

    met = met_at_once(city, sign, move)
    assert len([one for one in met if one is None]) == 1
    assert isinstance(next(one for one in met if one is not None), Conflict)
    assert story.waiting in ({"assign"}, {"verify"})
    moves = select(func.count()).where(ProcessEvent.node == "sign", ProcessEvent.kind.in_(["completed", "relocated"]))
    assert db.session.scalar(moves) == 1


def test_two_who_skip_the_same_incident_at_once(city, monkeypatch):
    story = Story(city)
    incident = broken(story, monkeypatch)
    skip = {"reason": WHY, "facts": {"dispatched": False}, "by": city.system_admin, "at": story.now}
    met = met_at_once(city, *[lambda: mending.skip(incident, **skip)] * 2)
    assert len([one for one in met if one is None]) == 1
    assert isinstance(next(one for one in met if one is not None), Conflict)
    assert story.waiting == {"dispatch"}
    assert told("process.incident_skip") == 1


def test_a_timer_that_was_put_off_does_not_fire_though_a_worker_had_claimed_it(city):
    story = Story(city)
    key = waiting_timer(story).id
    story.now += timedelta(days=4)
    db.session.rollback()
    [claim] = [one for one in timers.claim("worker", story.now) if one.id == key]
    put_off = story.now + timedelta(days=1)
    act(story, mending.change_timer, key, put_off, reason="再等一天")
    db.session.rollback()
    assert not timers.fire(claim, story.now)
    assert db.session.get(OpenTimer, key, populate_existing=True).due_at == put_off
    db.session.rollback()
    assert timers.claim("worker", story.now) == []
    story.wait(days=2)
    assert db.session.get(OpenTimer, key) is None


def test_a_timer_and_a_worker_that_fires_it_at_once(city):
    story = Story(city)
    key = waiting_timer(story).id
    story.now += timedelta(days=4)
    db.session.rollback()
    [claim] = [one for one in timers.claim("worker", story.now) if one.id == key]
    put_off = story.now + timedelta(days=1)

    def change():
        mending.change_timer(key, put_off, reason=WHY, by=city.system_admin, at=story.now)

    fired = threading.Thread(target=_fire, args=(city, claim, story.now))
    fired.start()
    [met] = met_at_once(city, change)
    fired.join()
    left = db.session.get(OpenTimer, key)
    assert isinstance(met, StepGone) if left is None else (met is None and left.due_at == put_off)
    assert told("process.timer_change") == (met is None)


def _fire(city, claim, at):
    with databases.application(city.url).app_context():
        timers.fire(claim, at)
        db.session.remove()
        db.engine.dispose()


def test_two_who_suspend_the_same_version_at_once(city):
    key, now = definitions.active("standard_case").id, Story(city).now

    def suspend():
        row = db.session.get_one(ProcessDefinition, key)
        versions.suspend(row, reason=WHY, by=city.system_admin, at=now)

    met = met_at_once(city, suspend, suspend)
    assert [type(one) for one in met if one is not None] == [AlreadySuspended]
    assert told("process.suspended") == 1
    with pytest.raises(ProcessSuspended):
        Story(city).report()


def test_a_case_that_ended_meanwhile_is_not_mended(city):
    story = Story(city)
    key = waiting_timer(story).id
    given, seen = (story.case.instance_id, token(story, "sign")), revision(story)
    story.signed().do(story.handler, "handling", note="").do(story.clerk, "feedback", note="").verified()
    story.do("zhao", "closure", result="resolved")
    for node in ("assign", "verify"):
        with pytest.raises(CaseEnded):
            act(story, mending.move, *given, node, revision=seen, reason=WHY)
    with pytest.raises(CaseEnded):
        act(story, mending.take_off, *given, revision=seen, reason=WHY)
    with pytest.raises(StepGone):
        act(story, mending.change_timer, key, story.now, reason=WHY)
    assert db.session.get(ProcessInstance, story.case.instance_id).ended_at is not None
    assert db.session.scalars(select(OpenTask).where(OpenTask.subject_id == story.case_id)).all() == []


def test_what_failed_in_a_case_that_was_voided_meanwhile_is_not_skipped(city, monkeypatch):
    story = Story(city)
    incident = broken(story, monkeypatch)
    story.do("zhao", "voiding", reason="重复登记", note="重复登记")
    with pytest.raises((InstanceEnded, StepGone, CaseEnded)):
        act(story, mending.skip, incident, reason=WHY, facts={"dispatched": False})
    assert story.waiting == set()
