"""Many incidents tried again: each in its own transaction, nothing twice, whatever goes wrong with one."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.audit.models import AuditRecord
from engine.cases.models import Case
from engine.kit.db import db, unit_of_work
from engine.kit.errors import Invalid, NotFound
from engine.process import incidents
from engine.process.errors import IncidentClosed
from engine.process.models import Incident, OutboxMessage
from engine.studio import jobs, retrying
from engine.studio.errors import NoSuchRetry, RetryEnded
from engine.studio.retry_models import RetriedIncident, Retry
from tests.stories import Story
from tests.together import at_once

WHY = "线路已修复"


@pytest.fixture
def failed(city):
    """``failed(3)``: three cases, each with an action that has failed three times; the ids of their incidents."""

    def make(count):
        keys = []
        for _ in range(count):
            story = Story(city).report()
            with unit_of_work():
                keys.append(open_incident(story))
        make.now = story.now
        return keys

    return make


def open_incident(story):
    work = OutboxMessage(instance_id=story.case.instance_id, subject_kind="case", subject_id=story.case_id,
                         task_id="0" * 32, node="auto_dispatch", action="dispatch_by_rules", params={},
                         state="failed", attempts=3, next_at=story.now)  # fmt: skip
    db.session.add(work)
    db.session.flush()
    return incidents.open_for(work, TimeoutError("no answer"), story.now).id


def begun(city, keys, at, who="system_admin", reason=WHY):
    with unit_of_work():
        return retrying.begin(keys, reason=reason, by=getattr(city, who), at=at).id


def finish(retry_id, at):
    db.session.rollback()
    for _ in range(20):
        jobs.run_due(at)
        if run_of(retry_id).state != "running":
            break
    return states(retry_id)


def run_of(retry_id):
    db.session.rollback()
    return db.session.get_one(Retry, retry_id, populate_existing=True)


def states(retry_id):
    db.session.rollback()
    columns = (RetriedIncident.incident_id, RetriedIncident.state)
    chosen = select(*columns).where(RetriedIncident.retry_id == retry_id).order_by(RetriedIncident.incident_id)
    return dict(db.session.execute(chosen).tuples().all())


def tried(key):
    """How often it was tried again, by the audit log."""
    chosen = select(AuditRecord.id).where(AuditRecord.action == "incident.retried", AuditRecord.object_id == str(key))
    return len(db.session.scalars(chosen).all())


def test_each_is_tried_again_for_itself_and_says_what_became_of_it(city, failed):
    one, settled = failed(2)
    with unit_of_work():
        incidents.resolve(settled, by_id=None, at=failed.now, note="已处理")
    retry_id = begun(city, [one, settled, 987_654, one], failed.now)
    assert run_of(retry_id).total == 3
    assert finish(retry_id, failed.now) == {one: "retried", settled: "refused", 987_654: "refused"}
    told = {each.incident_id: each.refusal for each in retrying.of(run_of(retry_id))}
    assert [told[one], told[settled][0], told[987_654][0]] == [[], IncidentClosed().message_id, NotFound().message_id]
    row = db.session.get(Incident, one)
    assert (row.note, row.resolved_by_id) == (WHY, city.system_admin.id)
    assert db.session.get(OutboxMessage, row.outbox_id).state == "pending"
    assert (run_of(retry_id).state, run_of(retry_id).by_name) == ("done", city.system_admin.name)


def test_a_second_click_is_the_same_run(city, failed):
    keys = failed(2)
    first = begun(city, keys, failed.now)
    assert begun(city, reversed(keys), failed.now + timedelta(seconds=2)) == first
    finish(first, failed.now)
    assert begun(city, keys, failed.now + timedelta(seconds=4)) == first
    assert [tried(key) for key in keys] == [1, 1]
    later = begun(city, keys, failed.now + timedelta(minutes=5))
    assert later != first
    assert set(finish(later, failed.now).values()) == {"refused"}
    assert [tried(key) for key in keys] == [1, 1]


def test_two_clicks_at_the_same_moment_are_one_run(city, failed):
    keys = failed(3)
    db.session.rollback()
    found = at_once(city.url, *[lambda: begun(city, keys, failed.now)] * 2)
    assert len(found) == 2
    assert len(set(found)) == 1


def test_one_that_goes_wrong_stops_none_of_the_others(city, failed, monkeypatch):
    keys = failed(3)
    retry_id, real = begun(city, keys, failed.now), incidents.retry

    def fail(incident_id, **named):
        real(incident_id, **named)
        if incident_id == keys[1]:
            raise ZeroDivisionError

    monkeypatch.setattr(incidents, "retry", fail)
    assert list(finish(retry_id, failed.now).values()) == ["retried", "refused", "retried"]
    assert [tried(key) for key in keys] == [1, 0, 1]
    assert db.session.get(Incident, keys[1]).resolved_at is None, "what it had written is taken back"


def test_a_case_that_an_act_holds_is_passed_over_and_comes_later(city, failed, database_kind):
    if database_kind == "sqlite":
        pytest.skip("SQLite has one writer at a time: nobody holds a single case")
    one, held, three = failed(3)
    retry_id = begun(city, [one, held, three], failed.now)
    instance = db.session.get(Incident, held).instance_id
    db.session.rollback()
    with db.engine.connect() as other:
        other.execute(select(Case.id).where(Case.instance_id == instance).with_for_update())
        retrying.advance(failed.now, seconds=60)
        assert states(retry_id) == {one: "retried", held: "waiting", three: "retried"}
        assert run_of(retry_id).state == "running"
    assert finish(retry_id, failed.now)[held] == "retried"


def test_two_workers_try_nothing_twice(city, failed):
    keys = failed(6)
    retry_id = begun(city, keys, failed.now)
    db.session.rollback()

    def work():
        for _ in range(10):
            retrying.advance(failed.now, seconds=1)

    at_once(city.url, work, work)
    assert set(states(retry_id).values()) == {"retried"}
    assert [tried(key) for key in keys] == [1] * 6
    assert run_of(retry_id).state == "done"


def test_it_is_cancelled_and_the_rest_left_alone(city, failed):
    keys = failed(3)
    retry_id = begun(city, keys, failed.now)
    db.session.rollback()
    retrying.advance(failed.now, seconds=0)
    with unit_of_work():
        retrying.cancel(retry_id, by=city.system_admin, at=failed.now)
    assert retrying.advance(failed.now, seconds=5) == 0
    assert list(states(retry_id).values()) == ["retried", "waiting", "waiting"]
    with pytest.raises(RetryEnded), unit_of_work():
        retrying.cancel(retry_id, by=city.system_admin, at=failed.now)
    with pytest.raises(NoSuchRetry):
        retrying.get(987_654)


def test_a_reason_and_something_to_try_are_needed(city, failed):
    keys = failed(1)
    with pytest.raises(Invalid):
        begun(city, keys, failed.now, reason="  ")
    with pytest.raises(Invalid):
        begun(city, [], failed.now)


def test_trying_one_of_many_again_takes_few_statements(city, failed, statements):
    keys = failed(1)
    begun(city, keys, failed.now)
    db.session.rollback()
    with statements() as seen:
        retrying.advance(failed.now, seconds=0)
    assert len(seen) <= 20, "\n".join(seen)
