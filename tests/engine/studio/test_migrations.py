"""Cases under way are moved to another version by the workers, in groups, and can be taken back."""

import re
import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine.audit.models import AuditRecord
from engine.cases.models import Case
from engine.kit.db import db, unit_of_work
from engine.kit.errors import Invalid
from engine.process import definitions, migrating
from engine.process.models import OpenTask, ProcessEvent, ProcessInstance
from engine.studio import grouping, jobs, migrations, slices
from engine.studio.errors import MigrationEnded, MigrationRunning
from engine.studio.models import Migration
from tests.databases import application
from tests.engine.studio.redrawing import renamed
from tests.stories import Story

REASON = "二级审批"


@pytest.fixture
def old(city):
    return definitions.active("standard_case").id


@pytest.fixture
def new(city, old):
    """The standard case with its step "handle" called otherwise."""
    with unit_of_work():
        return definitions.publish("standard_case", renamed("handle", "repair"), by_id=None, at=Story(city).now).id


@pytest.fixture
def stories(city, old):
    """Two cases that wait to be accepted, one that is being handled."""
    return [Story(city).report(), Story(city).report(), Story(city).filed().signed()]


def begin(city, old, new, groups=None, mapping=None, reason=REASON):
    mapping = {"handle": "repair"} if mapping is None else mapping
    found = grouping.overview(*migrations.versions(old, new), mapping)
    keys = {group.key for group in found.groups} if groups is None else groups
    db.session.rollback()
    with unit_of_work():
        return migrations.begin(old, new, mapping, keys, reason=reason, by=city.system_admin, at=Story(city).now).id


def work(city):
    return jobs.run_due(Story(city).now + timedelta(hours=1))


def run_of(key):
    db.session.rollback()
    return db.session.get_one(Migration, key, populate_existing=True)


def versions_of(stories):
    db.session.rollback()
    found = select(ProcessInstance.subject_id, ProcessInstance.definition_id)
    rows = dict(db.session.execute(found).tuples().all())
    return [rows[story.case_id] for story in stories]


def test_cases_are_grouped_by_where_they_stand(city, stories, old, new):
    found = grouping.overview(*migrations.versions(old, new), {})
    assert [(group.places, group.count, group.can_move) for group in found.groups] == [
        (("受理",), 2, True),
        (("处置",), 1, False),
    ]
    assert [(choice.key, choice.proposed) for choice in found.choices] == [("handle", "repair")]
    assert grouping.proposed(*migrations.versions(old, new)) == {"handle": "repair"}


def test_every_chosen_case_moves_and_goes_on(city, stories, old, new):
    key = begin(city, old, new)
    assert work(city) == 3
    run = run_of(key)
    assert (run.state, run.total, run.moved, run.left) == ("done", 3, 3, 0)
    assert versions_of(stories) == [new] * 3
    handled = stories[2]
    [task] = db.session.scalars(select(OpenTask).where(OpenTask.subject_id == handled.case_id))
    assert (task.node, task.assignee_id) == ("repair", handled.handler.id)
    handled.do(handled.handler, "handling", note="已清理")
    assert handled.waiting == {"give_feedback"}
    asked = select(AuditRecord.action)
    acts = db.session.scalars(asked.where(AuditRecord.action.like("process.%")).order_by(AuditRecord.id))
    assert list(acts) == ["process.migration_begun", "process.migrated"]


def test_only_the_chosen_groups_move(city, stories, old, new):
    found = grouping.overview(*migrations.versions(old, new), {"handle": "repair"})
    chosen = {group.key for group in found.groups if group.places == ("处置",)}
    key = begin(city, old, new, groups=chosen)
    work(city)
    assert versions_of(stories) == [old, old, new]
    assert (run_of(key).total, run_of(key).moved) == (1, 1)


def test_what_cannot_move_is_not_chosen(city, stories, old, new):
    found = grouping.overview(*migrations.versions(old, new), {})
    stuck = {group.key for group in found.groups if not group.can_move}
    with pytest.raises(Invalid) as refused:
        begin(city, old, new, groups=stuck, mapping={}, reason=" ")
    assert set(refused.value.fields) == {"groups", "reason"}


def test_a_case_that_moved_on_meanwhile_is_passed_by(city, stories, old, new):
    found = grouping.overview(*migrations.versions(old, new), {})
    key = begin(city, old, new, groups={found.groups[0].key}, mapping={})
    stories[0].propose()
    work(city)
    assert versions_of(stories) == [old, new, old]
    assert (run_of(key).state, run_of(key).moved) == ("done", 1)


def test_a_case_that_somebody_has_is_looked_at_again(city, stories, old, new, database_kind):
    if database_kind == "sqlite":
        pytest.skip("there is one writer at a time: nobody can have a case")
    key = begin(city, old, new)
    held, go = threading.Event(), threading.Event()

    def hold():
        with application(city.url).app_context(), unit_of_work():
            db.session.scalars(select(Case).where(Case.id == stories[0].case_id).with_for_update()).one()
            held.set()
            go.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(10)
    slices.advance(Story(city).now, seconds=3)
    run = run_of(key)
    assert (run.state, run.moved, len(run.waiting)) == ("running", 2, 1)
    db.session.rollback()
    go.set()
    thread.join()
    work(city)
    assert (run_of(key).state, run_of(key).moved) == ("done", 3)


def test_one_migration_of_a_process_at_a_time(city, stories, old, new):
    key = begin(city, old, new)
    with pytest.raises(MigrationRunning):
        begin(city, old, new)
    with unit_of_work():
        migrations.cancel(key, by=city.system_admin, at=Story(city).now)
    assert work(city) == 0
    assert versions_of(stories) == [old] * 3
    with unit_of_work():
        migrations.go_on(key, by=city.system_admin, at=Story(city).now)
    work(city)
    assert run_of(key).moved == 3
    with unit_of_work(), pytest.raises(MigrationEnded):
        migrations.cancel(key, by=city.system_admin, at=Story(city).now)


def test_all_are_taken_back_but_those_that_went_on(city, stories, old, new):
    key = begin(city, old, new)
    work(city)
    stories[2].do(stories[2].handler, "handling", note="已清理")
    with unit_of_work():
        migrations.take_back(key, by=city.system_admin, at=Story(city).now)
    work(city)
    run = run_of(key)
    assert (run.state, run.returned, run.kept) == ("returned", 2, 1)
    assert versions_of(stories) == [old, old, new]
    [kept] = migrations.left(run)
    assert (kept.subject_id, kept.is_return) == (stories[2].case_id, True)
    assert kept.reasons[0][0] == "Somebody has gone on with it since."
    stories[0].propose()
    assert stories[0].waiting == {"approve_filing"}


def test_after_three_months_nothing_is_taken_back(city, stories, old, new):
    key = begin(city, old, new)
    work(city)
    assert jobs.forget_migrations(Story(city).now + timedelta(days=80)) == 0
    assert jobs.forget_migrations(Story(city).now + timedelta(days=100)) == 3
    with unit_of_work():
        migrations.take_back(key, by=city.system_admin, at=Story(city).now)
    work(city)
    assert (run_of(key).state, run_of(key).kept) == ("returned", 3)
    assert versions_of(stories) == [new] * 3


def test_a_case_that_breaks_is_left_and_the_others_move(city, stories, old, new, monkeypatch):
    broken = db.session.scalar(select(ProcessInstance.id).where(ProcessInstance.subject_id == stories[1].case_id))
    move = migrating._moved

    def moved(way: Any, row: Any, *rest: Any) -> Any:
        if row.id == broken:
            raise RuntimeError("100 % broken")
        return move(way, row, *rest)

    monkeypatch.setattr(migrating, "_moved", moved)
    key = begin(city, old, new)
    work(city)
    run = run_of(key)
    assert (run.state, run.moved, run.left) == ("done", 2, 1)
    assert versions_of(stories) == [new, old, new]
    [[text, params]] = migrations.left(run)[0].reasons
    assert re.match("RuntimeError: 100 % broken", text % params)


def test_nothing_of_a_moved_case_is_done_twice(city, stories, old, new):
    begin(city, old, new)
    for _ in range(3):
        work(city)
    kinds = db.session.scalars(select(ProcessEvent.kind).where(ProcessEvent.kind == "migrated")).all()
    assert len(kinds) == 3
