"""A replayed month leaves a ledger that balances, and the same one for the same seed."""

from datetime import date

import pytest
from sqlalchemy import func, select

from engine.cases.models import Case, Source, Stage, TimelineEntry
from engine.cases.round_models import Dispatch, Handling, Verification
from engine.deadlines.models import Clock
from engine.kit.db import db
from engine.process import jobs
from engine.process.models import Incident, OpenTask, OutboxMessage, ProcessInstance
from engine.simulation import driving, founding, month
from engine.simulation.driving import Wanted
from engine.simulation.month import Month
from engine.simulation.temperament import PATIENT
from tests.city import ZONE
from tests.stories import Story

pytestmark = pytest.mark.long


@pytest.fixture
def small_month(at):
    return Month(date(2026, 3, 1), at("2026-04-02 17:00"), reports=14, seed=7)


def played(wanted):
    return [happening.act for happening in month.replay(wanted, ZONE)]


def ledger():
    rows = select(TimelineEntry.case_id, TimelineEntry.at, TimelineEntry.act, TimelineEntry.by_id, TimelineEntry.stage)
    return [tuple(row) for row in db.session.execute(rows.order_by(TimelineEntry.id))]


def assert_balanced():
    """What every part of the program says about a case agrees with what the others say."""
    open_cases = set(db.session.scalars(select(OpenTask.subject_id)))
    for case in db.session.scalars(select(Case)):
        entries = db.session.scalars(
            select(TimelineEntry).where(TimelineEntry.case_id == case.id).order_by(TimelineEntry.id)
        ).all()
        assert entries[0].act == "report"
        assert [entry.at for entry in entries] == sorted(entry.at for entry in entries)
        assert all(entry.at >= case.reported_at for entry in entries)
        if case.stage in Stage.ended():
            assert case.ended_at is not None
            assert case.id not in open_cases or case.stage == Stage.closed  # a call back may wait
            assert case.clock_state in {"none", "stopped"}
        else:
            assert case.ended_at is None
            assert case.id in open_cases
        _check_parts(case, [entry.act for entry in entries])
    assert not open_cases - set(db.session.scalars(select(Case.id)))
    _check_clocks()


def _check_parts(case, acts):
    def count(of, *conditions):
        return db.session.scalar(select(func.count()).select_from(of).where(of.case_id == case.id, *conditions))

    assert count(Handling) == acts.count("handling")
    assert count(Verification) == acts.count("verification")
    assert count(Dispatch, Dispatch.ended_at.is_(None)) <= (case.stage in Stage.open_stages())
    assert case.rework_count >= count(Verification, Verification.passed.is_(False))


def _check_clocks():
    ended = select(Case.id).where(Case.stage.in_(sorted(Stage.ended() - {Stage.closed})))
    running = select(func.count()).select_from(Clock).where(Clock.state != "stopped", Clock.subject_id.in_(ended))
    assert db.session.scalar(running) == 0
    lost = select(ProcessInstance.id).where(
        ProcessInstance.ended_at.is_(None),
        ~ProcessInstance.id.in_(select(OpenTask.instance_id)),
        ~ProcessInstance.id.in_(select(OutboxMessage.instance_id)),
    )
    assert not db.session.scalars(lost).all()
    assert db.session.scalar(select(func.count()).select_from(Incident)) == 0


def test_a_month_leaves_a_balanced_ledger(city, small_month):
    acts = played(small_month)
    assert acts.count("report") == db.session.scalar(select(func.count()).select_from(Case)) >= 14
    assert_balanced()
    assert month.is_ended()
    assert all(row[1] <= small_month.until for row in ledger())


def test_the_same_seed_makes_the_same_month_also_when_it_was_interrupted(database, small_month, at):
    founding.found("small", at=at("2026-01-05 08:00"))
    for number, _ in enumerate(month.replay(small_month, ZONE)):
        if number == 40:
            break
    assert not month.is_ended()
    assert month.begun() == small_month
    played(small_month)
    interrupted = ledger()
    assert_balanced()

    db.session.remove()
    db.drop_all()
    db.create_all()
    founding.found("small", at=at("2026-01-05 08:00"))
    played(small_month)
    assert ledger() == interrupted


def test_driving_to_the_end_leaves_no_open_case(city):
    for number in range(3):
        Story(city).report(description=f"路边有暴露垃圾 {number}")
    Story(city).filed()
    play = driving.drive(Wanted(), until=None, temper=PATIENT)
    assert sum(1 for _ in play.run()) == 3 * 9 + 7
    assert not play.stuck
    assert driving.waiting(Wanted()) == 0
    assert not db.session.scalars(select(Case).where(Case.stage.in_(sorted(Stage.open_stages())))).all()
    assert_balanced()


def test_driving_stops_at_the_present(city, at):
    story = Story(city).report()
    play = driving.drive(Wanted(), until=story.now)
    assert not list(play.run())
    assert story.case.stage == Stage.reported


def test_driving_keeps_to_the_cases_of_one_system(city):
    Story(city).report(source_system="complaints", source_no="1")
    other = Story(city).report()
    play = driving.drive(Wanted("complaints"), until=None)
    list(play.run())
    assert driving.waiting(Wanted("complaints")) == 0
    assert other.case.stage == Stage.reported


def test_a_drive_that_was_stopped_goes_on_where_it_was(city):
    story = Story(city).report()
    run = driving.drive(Wanted(), until=None).run()
    next(run)
    run.close()
    assert story.case.stage == Stage.pending_filing
    list(driving.drive(Wanted(), until=None).run())
    assert story.case.stage in Stage.ended()


def test_timers_fire_at_their_simulated_moment(city):
    """Nobody confirms in time: the pool is asked when the clock ran out, not when somebody looked."""
    story = Story(city).report("sun", source=Source.hotline, photos=()).do("li", "confirmation_request")
    due = db.session.scalars(select(OpenTask.due_at)).one()
    play = driving.drive(Wanted("nothing"), until=story.now.replace(hour=17))
    list(play.run())
    moment = db.session.scalars(select(TimelineEntry.at).where(TimelineEntry.act == "confirmation_reassignment")).one()
    assert moment == due
    assert jobs.run_due(play.now) == 0
