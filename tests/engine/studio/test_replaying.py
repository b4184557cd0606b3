"""A replay as work for the workers: in slices, cancelled, taken up again; nothing is written to cases."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from engine.cases.models import Case, TimelineEntry
from engine.deadlines.models import ClockFact
from engine.kit.db import db, unit_of_work
from engine.kit.errors import Invalid, NotFound
from engine.process.models import ProcessEvent, ProcessInstance
from engine.studio import jobs, replay_slices, replaying
from engine.studio.errors import DrawingDoesNotRun, NoSuchReplay, ReplayEnded, ReplayRunning
from engine.studio.models import DraftState, StudioDraft
from engine.studio.replay_models import Replay, ReplayedCase, ReplayedNode, ReplayState
from engine.studio.replaying import Wanted
from engine.studio.tallying import Tally
from tests import city as cities
from tests.engine.studio import redrawn
from tests.engine.studio.conftest import LOOKED_AT
from tests.together import at_once

MARCH = Wanted(cities.at("2026-03-01 00:00"), cities.at("2026-04-01 00:00"))


def draft_of(xml, key="standard_case"):
    with unit_of_work():
        draft = StudioDraft(key=key, name="草稿", xml=xml, state=DraftState.drawing.value, created_at=LOOKED_AT,
                            changed_at=LOOKED_AT)  # fmt: skip
        db.session.add(draft)
    return draft.id


def begun(past, xml=None, wanted=MARCH):
    draft_id = draft_of(xml or redrawn.with_second_approval())
    with unit_of_work():
        return replaying.of_draft(draft_id, wanted, by=past.system_admin, at=LOOKED_AT).id


def finish(replay_id):
    db.session.rollback()
    while state_of(replay_id).state == ReplayState.running:
        jobs.run_due(LOOKED_AT)
    return state_of(replay_id)


def state_of(replay_id):
    db.session.rollback()
    return db.session.get_one(Replay, replay_id, populate_existing=True)


def counts():
    return [db.session.scalar(select(func.count()).select_from(each))
            for each in (Case, TimelineEntry, ClockFact, ProcessEvent, ProcessInstance)]  # fmt: skip


def test_a_month_is_replayed_and_every_number_opens_its_cases(past):
    before = counts()
    run = finish(begun(past))
    assert run.done == run.total == replaying.count("standard_case", MARCH)
    tally = Tally.from_json(run.tally)
    assert sum(tally.went.values()) == run.total
    for which in ("same", "otherwise", "failed"):
        assert replaying.cases(run, which)[1] == tally.went[which]
    assert replaying.cases(run, "late")[1] == tally.newly_late
    assert replaying.cases(run, "relieved")[1] == tally.relieved
    lines, total = replaying.cases(run, "later", size=3)
    assert total == tally.later > 0
    assert lines[0].replayed.later_seconds >= lines[-1].replayed.later_seconds > 0
    assert lines[0].number
    lines, total = replaying.cases(run, "more", node="approve_again", size=500)
    assert sum(line.node.after for line in lines) == tally.nodes["approve_again"].after
    assert total == len(lines)
    assert counts() == before


def test_time_limits_that_run_out_open_the_cases_in_which_they_do(past):
    run = finish(begun(past))
    tally = Tally.from_json(run.tally)
    assert tally.late_before
    assert tally.late_after
    for which, counted in (("before", tally.late_before), ("after", tally.late_after)):
        for name, times in counted.items():
            lines, total = replaying.cases(run, which, limit=name, size=500)
            assert total == len(lines)
            assert sum(getattr(line.replayed, f"late_{which}").count(name) for line in lines) == times
    assert replaying.cases(run, "after", limit="clo%") == ([], 0)
    with pytest.raises(NotFound):
        replaying.cases(run, "late", limit="closure")


def test_it_is_done_in_slices_that_each_leave_progress(past, monkeypatch):
    monkeypatch.setattr(replay_slices, "SLICE", 4)
    replay_id = begun(past)
    seen = []
    while state_of(replay_id).state == ReplayState.running:
        replay_slices.advance(LOOKED_AT, seconds=0)
        seen.append(state_of(replay_id).done)
    assert seen == sorted(seen)
    assert len(set(seen)) > 3
    assert db.session.scalar(select(func.count()).select_from(ReplayedCase)) == state_of(replay_id).total


def test_it_is_cancelled_and_taken_up_where_it_stopped(past, monkeypatch):
    monkeypatch.setattr(replay_slices, "SLICE", 4)
    replay_id = begun(past)
    for _ in range(3):
        replay_slices.advance(LOOKED_AT, seconds=0)
    with unit_of_work():
        replaying.cancel(replay_id, by=past.system_admin, at=LOOKED_AT)
    done = state_of(replay_id).done
    assert replay_slices.advance(LOOKED_AT, seconds=0) == 0
    assert state_of(replay_id).done == done > 0
    with pytest.raises(ReplayEnded), unit_of_work():
        replaying.cancel(replay_id, by=past.system_admin, at=LOOKED_AT)
    with unit_of_work():
        replaying.go_on(replay_id, by=past.system_admin, at=LOOKED_AT)
    run = finish(replay_id)
    assert sum(Tally.from_json(run.tally).went.values()) == run.done == run.total


def test_two_workers_count_nothing_twice(past, monkeypatch, database_kind):
    monkeypatch.setattr(replay_slices, "SLICE", 4)
    replay_id = begun(past)
    db.session.rollback()

    def work():
        for _ in range(60):
            replay_slices.advance(LOOKED_AT, seconds=1)

    at_once(past.url, work, work)
    run = state_of(replay_id)
    assert run.state == ReplayState.done
    assert sum(Tally.from_json(run.tally).went.values()) == run.total
    assert db.session.scalar(select(func.count()).select_from(ReplayedCase)) == run.total


def test_one_replay_of_a_process_at_a_time(past):
    draft_id = draft_of(redrawn.with_second_approval())
    with unit_of_work():
        replaying.of_draft(draft_id, MARCH, by=past.system_admin, at=LOOKED_AT)
    with pytest.raises(ReplayRunning), unit_of_work():
        replaying.of_draft(draft_id, MARCH, by=past.system_admin, at=LOOKED_AT)


def test_what_cannot_be_replayed_is_refused_at_once(past):
    draft_id = draft_of(redrawn.Redrawn().xml)
    with pytest.raises(Invalid) as refused:
        replaying.of_draft(draft_id, Wanted(MARCH.until_at, MARCH.from_at), by=past.system_admin, at=LOOKED_AT)
    assert set(refused.value.fields) == {"until"}
    with pytest.raises(Invalid) as refused:
        replaying.of_draft(draft_id, Wanted(MARCH.from_at - timedelta(days=90), MARCH.from_at - timedelta(days=60)),
                           by=past.system_admin, at=LOOKED_AT)  # fmt: skip
    assert set(refused.value.fields) == {"from"}
    with pytest.raises(NotFound):
        replaying.of_draft(99, MARCH, by=past.system_admin, at=LOOKED_AT)
    with pytest.raises(NoSuchReplay):
        replaying.get(99)


def test_a_drawing_that_does_not_run_is_not_replayed_through(past):
    draft_id = draft_of('<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>')
    with pytest.raises(DrawingDoesNotRun):
        replaying.of_draft(draft_id, MARCH, by=past.system_admin, at=LOOKED_AT)


def test_a_version_is_replayed_too_and_a_category_alone(past):
    category_id = db.session.scalar(select(Case.category_id).where(Case.category_id.is_not(None)).limit(1))
    definition_id = db.session.scalar(
        select(ProcessInstance.definition_id).where(ProcessInstance.subject_kind == "case")
    )
    wanted = Wanted(MARCH.from_at, MARCH.until_at, category_id)
    with unit_of_work():
        replay_id = replaying.of_version(definition_id, wanted, by=past.system_admin, at=LOOKED_AT).id
    run = finish(replay_id)
    assert 0 < run.total < replaying.count(run.key, MARCH)
    assert set(Tally.from_json(run.tally).went) <= {"same"}


def test_of_old_replays_the_figures_stay_and_the_single_cases_go(past, monkeypatch):
    monkeypatch.setattr(replay_slices, "KEPT", 1)
    draft_id = draft_of(redrawn.with_second_approval())
    ids = []
    for _ in range(2):
        with unit_of_work():
            ids.append(replaying.of_draft(draft_id, MARCH, by=past.system_admin, at=LOOKED_AT).id)
        finish(ids[-1])
    assert set(db.session.scalars(select(ReplayedCase.replay_id).distinct())) == {ids[1]}
    assert set(db.session.scalars(select(ReplayedNode.replay_id).distinct())) == {ids[1]}
    assert state_of(ids[0]).tally
