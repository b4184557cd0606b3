"""Bulk acts: what a preview says, what becomes of each row, and that nothing is done twice or lost."""

import pytest
from sqlalchemy import select

from engine.access.models import Role, RolePermission
from engine.cases import queries
from engine.cases.models import TimelineEntry
from engine.kit.db import db, unit_of_work
from engine.kit.errors import Invalid, NotAllowed
from engine.supervision import bulk, bulk_acts, jobs, key_cases, orders
from engine.supervision.errors import KeyAlready, NotAtDepartment, NothingChosen, OrderWaits, RunNotFound
from engine.supervision.models import BulkRow, BulkRun
from tests.engine.supervision.desk import running
from tests.stories import Story

URGING = {"to": "holder", "note": "请今日内处置"}
ORDER = {"level": "general", "text": "请书面说明超期原因"}


@pytest.fixture
def now(at):
    return at("2026-03-02 15:00")


@pytest.fixture
def cases(city, now):
    return [running(city, now).id for _ in range(3)]


def begin(city, now, cases, act="urging", values=None, token="one"):
    with unit_of_work():
        run = bulk.begin(act, cases, values or URGING, token=token, by=city.zhou, at=now)
        return run.id


def carry_on(run_id, now, **how):
    db.session.rollback()
    assert bulk.claim("worker", now, run_id) == run_id
    return bulk.carry_on(run_id, lambda: now, **how)


def told(act):
    db.session.rollback()
    rows = select(TimelineEntry.case_id).where(TimelineEntry.act == act).order_by(TimelineEntry.case_id)
    return list(db.session.scalars(rows))


def states(run_id):
    db.session.rollback()
    rows = select(BulkRow.state).where(BulkRow.run_id == run_id).order_by(BulkRow.position)
    return list(db.session.scalars(rows))


def test_a_preview_says_where_it_can_be_done_and_why_not_elsewhere(city, now, cases):
    with unit_of_work():
        orders.issue(queries.lock(cases[0], city.zhou), "请说明", by=city.zhou, at=now)
        key_cases.mark(queries.lock(cases[1], city.zhou), "媒体曝光", by=city.zhou, at=now)
    new = Story(city, now).report().case_id
    every = [*cases, new]
    acts = [act.name for act in bulk_acts.open_to(city.zhou)]
    refusals = {act: [type(row.refusal) for row in bulk.preview(act, every, city.zhou)] for act in acts}
    nothing = type(None)
    assert refusals == {
        "urging": [nothing] * 4,
        "supervision_order": [OrderWaits, nothing, nothing, NotAtDepartment],
        "key_case": [nothing, KeyAlready, nothing, nothing],
        "bulk_reassignment": [nothing] * 4,
    }


def test_each_row_is_done_and_says_so(city, now, cases):
    run_id = begin(city, now, cases)
    assert told("urging") == [], "nothing is done before it is carried out"
    assert carry_on(run_id, now) == 3
    assert told("urging") == cases
    run = db.session.get(BulkRun, run_id)
    assert (run.state, bulk.progress(run)) == ("done", bulk.Progress(3, 3, 0, 0))


def test_a_row_that_changed_since_the_preview_is_refused_with_the_sentence(city, now, cases):
    run_id = begin(city, now, cases, "supervision_order", ORDER)
    with unit_of_work():
        orders.issue(queries.lock(cases[1], city.zhou), "请说明", by=city.zhou, at=now)
    carry_on(run_id, now)
    assert states(run_id) == ["done", "refused", "done"]
    said = bulk.rows(db.session.get(BulkRun, run_id))[1]
    assert said.said % said.params == str(OrderWaits(number=said.params["number"]))


def test_the_same_form_sent_twice_is_one_run(city, now, cases):
    first = begin(city, now, cases)
    carry_on(first, now)
    assert begin(city, now, cases) == first
    assert begin(city, now, cases, token="another") != first
    assert told("urging") == cases


def test_a_run_goes_on_where_its_process_died(city, now, cases):
    run_id = begin(city, now, cases)
    assert carry_on(run_id, now, most=1) == 1
    db.session.rollback()
    assert jobs.run_due(now, worker="another") >= 2
    assert told("urging") == cases
    assert states(run_id) == ["done"] * 3


def test_a_claimed_run_is_nobody_elses_until_its_lease_ends(city, now, cases):
    run_id = begin(city, now, cases)
    assert bulk.claim("first", now) == run_id
    assert bulk.claim("second", now) is None
    assert bulk.claim("second", now + bulk.LEASE) == run_id


def test_a_cancelled_run_leaves_the_rest_alone(city, now, cases):
    run_id = begin(city, now, cases)
    carry_on(run_id, now, most=2)
    with unit_of_work():
        bulk.cancel(db.session.get(BulkRun, run_id), at=now)
    assert bulk.claim("worker", now) is None
    assert told("urging") == cases[:2]
    assert states(run_id) == ["done", "done", "waiting"]


def test_a_reason_is_needed_and_somebody_to_give_it(city, now, cases):
    with pytest.raises(Invalid) as refused:
        begin(city, now, cases, values={"to": "holder", "note": " "})
    assert list(refused.value.fields) == ["note"]
    db.session.rollback()
    with pytest.raises(NothingChosen):
        begin(city, now, [])
    db.session.rollback()
    with pytest.raises(NotAllowed):
        bulk.begin("urging", cases, URGING, token="t", by=city.wu, at=now)


def test_whoever_lost_the_right_meanwhile_does_no_more(city, now, cases):
    run_id = begin(city, now, cases)
    with unit_of_work():
        role = db.session.scalars(select(Role).where(Role.code == "supervisor")).one()
        grant = db.session.get(RolePermission, (role.id, "case.supervise"))
        db.session.delete(grant)
    carry_on(run_id, now)
    assert states(run_id) == ["refused"] * 3
    assert told("urging") == []


def test_a_row_that_fails_does_not_stop_the_others(city, now, cases, monkeypatch):
    perform = bulk.ACTS["urging"].perform

    def broken(case, *rest):
        if case.id == cases[1]:
            raise RuntimeError("broken")
        perform(case, *rest)

    monkeypatch.setitem(bulk.ACTS, "urging", bulk.BulkAct("urging", "", "note", broken))
    run_id = begin(city, now, cases)
    carry_on(run_id, now)
    assert states(run_id) == ["done", "failed", "done"]


def test_a_run_is_its_beginners(city, now, cases):
    run_id = begin(city, now, cases)
    assert bulk.get(run_id, city.zhou).id == run_id
    with pytest.raises(RunNotFound):
        bulk.get(run_id, city.wu)
