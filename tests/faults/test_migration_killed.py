"""A worker dies while it moves running cases to another version; people go on working meanwhile."""

import time

from sqlalchemy import func, select

from engine.kit import clock
from engine.kit.db import db, unit_of_work
from engine.process import definitions
from engine.process.models import MigrationStep, ProcessEvent, ProcessInstance
from engine.studio import grouping, migrations
from engine.studio.models import Migration
from tests.engine.studio.redrawing import renamed
from tests.faults import balance, crew, ledger
from tests.serving import Worker

CASES = 120
WORKED_AT = 6


def test_nothing_moves_twice_or_by_half_though_workers_die(city, web, worker, start, reported, guide, tmp_path):
    cases = reported(CASES)
    old = definitions.active("standard_case").id
    with unit_of_work():
        new = definitions.publish("standard_case", renamed("handle", "repair"), by_id=None, at=clock.now()).id
    run_id = begin(city, old, new)
    people = crew.Crew(web.port, guide, cases[:WORKED_AT])
    start(web, worker)
    wait_until(lambda: moved() >= 20)
    worker.kill()
    assert 0 < moved() < CASES
    assert moved() == db.session.get_one(Migration, run_id, populate_existing=True).moved
    assert halves() == []
    start(Worker(city.url, tmp_path, 1), Worker(city.url, tmp_path, 2))
    people.work(until=lambda: state(run_id) == "done")
    wait_until(lambda: state(run_id) == "done")
    assert moved() == CASES
    assert times_moved() == {1}
    ledger.let_leases_run_out()
    people.work()
    assert [(errand.act, status) for errand, status, _ in people.refused] == []
    assert ledger.lost_or_doubled(people.acknowledged) == {}
    assert ledger.contradictions(cases[:WORKED_AT]) == []
    wait_until(lambda: balance.waiting(clock.now()) == 0)
    assert halves() == []


def begin(city, old, new):
    found = grouping.overview(*migrations.versions(old, new), {"handle": "repair"})
    keys = [group.key for group in found.groups]
    db.session.rollback()
    with unit_of_work():
        run = migrations.begin(old, new, {"handle": "repair"}, keys, reason="x", by=city.system_admin, at=clock.now())
        return run.id


def moved():
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(MigrationStep))


def times_moved():
    db.session.rollback()
    counted = select(func.count()).where(ProcessEvent.kind == "migrated").group_by(ProcessEvent.instance_id)
    return set(db.session.scalars(counted))


def halves():
    """Instances whose rows, state and history do not all tell of the same version."""
    db.session.rollback()
    steps = set(db.session.scalars(select(MigrationStep.instance_id)))
    versions = dict(db.session.execute(select(ProcessInstance.id, ProcessInstance.definition_id)).tuples().all())
    newest = max(versions.values())
    wrong = [key for key in versions if (key in steps) != (versions[key] == newest)]
    return wrong + list(balance._instances())


def state(run_id):
    db.session.rollback()
    return db.session.scalar(select(Migration.state).where(Migration.id == run_id))


def wait_until(come, seconds=90):
    until = time.monotonic() + seconds
    while not come():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.01)
