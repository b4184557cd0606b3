"""Cases under way are moved to another version by the workers, in groups, and can be taken back."""

import re
import threading
from datetime import timedelta
from typing import Any

import pytest
from lxml import etree
from sqlalchemy import select

from engine.audit.models import AuditRecord
from engine.cases.models import Case
from engine.kit.db import db, unit_of_work
from engine.kit.errors import Invalid
from engine.process import definitions, migrating
from engine.process.models import OpenTask, ProcessEvent, ProcessInstance
from engine.studio import grouping, jobs, migrations, moved_cases, slices
from engine.studio.errors import MigrationEnded, MigrationRunning, NoSuchMove
from engine.studio.models import Migration
from tests.databases import application
from tests.engine.studio.redrawing import renamed
from tests.engine.studio.redrawn import Redrawn
from tests.stories import Story
from tests.workflows.walking import BPMN

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
    assert grouping.overview(*migrations.versions(old, new)).mapping == {"handle": "repair"}


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
    [kept] = [one for one in moved_cases.moved(run).rows if one.reasons]
    assert (kept.subject_id, kept.state) == (stories[2].case_id, "went_on")
    assert kept.reasons[0][0] == "Somebody has gone on with it since."
    stories[0].propose()
    assert stories[0].waiting == {"approve_filing"}


def test_one_group_is_taken_back_and_the_others_still_may_be(city, stories, old, new):
    key = begin(city, old, new)
    work(city)
    handled = next(group for group in moved_cases.groups(run_of(key)) if group.moved == 1)
    assert run_of(key).places[handled.key] == ["处置"]
    with unit_of_work():
        migrations.take_back(key, group=handled.key, by=city.system_admin, at=Story(city).now)
    assert moved_cases.to_return(run_of(key)) == 1
    work(city)
    assert (run_of(key).state, run_of(key).returned) == ("done", 1)
    assert versions_of(stories) == [new, new, old]
    with unit_of_work():
        migrations.take_back(key, by=city.system_admin, at=Story(city).now)
    work(city)
    assert (run_of(key).state, run_of(key).returned) == ("returned", 3)
    assert versions_of(stories) == [old] * 3


def test_a_group_that_was_not_chosen_is_not_taken_back(city, stories, old, new):
    key = begin(city, old, new)
    work(city)
    with pytest.raises(Invalid), unit_of_work():
        migrations.take_back(key, group="elsewhere", by=city.system_admin, at=Story(city).now)


def test_one_case_is_taken_back_at_once_until_somebody_goes_on(city, stories, old, new):
    key = begin(city, old, new)
    with pytest.raises(MigrationEnded), unit_of_work():
        migrations.take_one_back(key, 1, by=city.system_admin, at=Story(city).now)
    work(city)
    stories[2].do(stories[2].handler, "handling", note="已清理")
    rows = {one.subject_id: one for one in moved_cases.moved(run_of(key)).rows}
    assert {one.state for one in rows.values()} == {"moved", "went_on"}

    def take(story):
        with unit_of_work():
            step = rows[story.case_id].step_id
            return migrations.take_one_back(key, step, by=city.system_admin, at=Story(city).now)

    assert take(stories[0]).state == "undone"
    assert take(stories[0]).reasons[0].text == "It has been taken back already, or moved again."
    assert take(stories[2]).reasons[0].text == "Somebody has gone on with it since."
    assert run_of(key).returned == 1
    assert versions_of(stories) == [old, new, new]
    with pytest.raises(NoSuchMove), unit_of_work():
        migrations.take_one_back(key, 999, by=city.system_admin, at=Story(city).now)


def test_every_case_of_a_migration_is_listed_a_page_at_a_time(city, stories, old, new):
    key = begin(city, old, new)
    work(city)
    run = run_of(key)
    pages = [moved_cases.moved(run, page=number, size=2) for number in (1, 2)]
    assert [(len(page.rows), page.total, page.has_next) for page in pages] == [(2, 3, True), (1, 3, False)]
    assert {one.number for page in pages for one in page.rows} == {story.case.number for story in stories}
    accepting = next(group for group in moved_cases.groups(run) if group.moved == 2)
    assert moved_cases.moved(run, group=accepting.key).total == 2
    assert moved_cases.left(run).total == 0


def counting_rounds():
    """Rounds are counted from the beginning on, and asked for before a case goes back to rework."""
    drawn = Redrawn()
    count = drawn.add("scriptTask", "count")
    etree.SubElement(count, f"{BPMN}script").text = "rounds = 0"
    drawn.lead("reported_to_entry_kind", "count").flow("count", "entry_kind")
    drawn.ask(drawn.element("closure_result_to_rework"), 'outcome == "rework" && rounds < 3')
    return drawn.xml


def test_facts_that_a_moved_case_will_miss_are_foretold(city, stories, old):
    with unit_of_work():
        counting = definitions.publish("standard_case", counting_rounds(), by_id=None, at=Story(city).now).id
        plain = definitions.publish("standard_case", renamed("handle", "repair"), by_id=None, at=Story(city).now).id
    for group in grouping.overview(*migrations.versions(old, counting)).groups:
        assert group.can_move
        assert {one.params["fact"] for one in group.missing} == {"rounds"}
    assert not [one for one in grouping.overview(*migrations.versions(old, plain)).groups if one.missing]


def test_cases_are_grouped_in_few_statements_however_many_they_are(city, stories, old, new, statements, monkeypatch):
    monkeypatch.setattr(grouping, "AT_ONCE", 1)
    with statements() as seen:
        assert grouping.overview(*migrations.versions(old, new)).count == 3
    assert len(seen) <= 6, seen


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
    [[text, params]] = moved_cases.left(run).rows[0].reasons
    assert re.match("RuntimeError: 100 % broken", text % params)


def test_nothing_of_a_moved_case_is_done_twice(city, stories, old, new):
    begin(city, old, new)
    for _ in range(3):
        work(city)
    kinds = db.session.scalars(select(ProcessEvent.kind).where(ProcessEvent.kind == "migrated")).all()
    assert len(kinds) == 3
