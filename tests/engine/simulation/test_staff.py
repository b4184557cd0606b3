"""Simulated staff does the open steps through the real acts, as whoever may."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.calendars import queries as calendars
from engine.calendars.working_time import Unit
from engine.cases.models import Case, Source, Stage, TimelineEntry
from engine.cases.reporting import Reporter
from engine.kit.db import db
from engine.process.models import OpenTask
from engine.simulation.staff import NobodyThere, Staff
from engine.simulation.temperament import PATIENT, Temperament
from tests.stories import Story


def the_step(story):
    return db.session.scalars(select(OpenTask).where(OpenTask.subject_id == story.case_id)).one()


def go(story, staff, most=30):
    """Let the staff do one step after the other; what they did."""
    done = []
    while len(done) < most and (task := db.session.scalars(select(OpenTask).limit(1)).first()) is not None:
        story.now = max(story.now, staff.when(task, story.case))
        done.append(staff.do(task.id, at=story.now))
        story.work()
    return done


def test_patient_staff_closes_a_patrol_report_step_by_step(city):
    story = Story(city).report()
    assert go(story, Staff(PATIENT, 1)) == [
        "filing_proposal",
        "filing",
        "signing",
        "assignment",
        "handling",
        "feedback",
        "feedback_acceptance",
        "verification",
        "closure",
    ]
    assert story.case.stage == Stage.closed
    assert story.case.photo_count == 3


def test_a_citizens_report_without_category_and_place_gets_both(city):
    reporter = Reporter("王女士", "13800001234")
    story = Story(city).report(
        "sun",
        source=Source.hotline,
        photos=(),
        point=None,
        category_id=None,
        description="小区门口垃圾没人清",
        reporter=reporter,
    )
    done = go(story, Staff(PATIENT, 1))
    assert done[:3] == ["confirmation_request", "confirmation", "filing_proposal"]
    assert done[-1] == "call_back"
    assert story.case.category.name == "暴露垃圾"
    assert story.case.location_level == "point"
    assert story.case.unit_grid_id is not None


def test_nobody_verifies_what_he_handled(city):
    story = Story(city).report()
    go(story, Staff(PATIENT, 1))
    by = dict(db.session.execute(select(TimelineEntry.act, TimelineEntry.by_id)).all())
    assert by["handling"] not in {by["verification"], by["closure"]}


def test_people_come_in_working_hours_and_in_time(city, at):
    story = Story(city, now=at("2026-03-06 17:55")).report()  # a Friday
    task, staff = the_step(story), Staff(PATIENT, 1)
    moment = staff.when(task, story.case)
    assert story.now <= moment <= task.due_at + timedelta(seconds=1)
    before = moment - timedelta(seconds=5)
    assert calendars.working().spent(before, moment + timedelta(seconds=5), Unit.working_hours) > 0


def test_an_urgent_case_does_not_wait_for_monday(city, at):
    friday = at("2026-03-06 23:00")
    story = Story(city, now=friday).report(is_urgent=True, department_id=city.sanitation.id)
    staff = Staff(PATIENT, 1)
    for task in db.session.scalars(select(OpenTask)):
        assert staff.when(task, story.case) < friday + timedelta(hours=3)


def test_late_people_are_late(city):
    story = Story(city).report()
    late = Staff(Temperament(late=1.0), 1)
    assert late.when(the_step(story), story.case) > the_step(story).due_at


def test_the_same_seed_decides_the_same(city):
    story = Story(city).report()
    task = the_step(story)
    moments = {Staff(Temperament(), seed).when(task, story.case) for seed in (1, 1, 1)}
    assert len(moments) == 1
    assert moments != {Staff(Temperament(), 2).when(task, story.case)}


def test_a_step_that_nobody_may_do_is_said_so(city):
    story = Story(city).report()
    staff = Staff(PATIENT, 1)
    staff.by_group.clear()
    with pytest.raises(NobodyThere):
        staff.do(the_step(story).id, at=story.now)


def test_a_step_done_meanwhile_is_left_alone(city):
    story = Story(city).report()
    task_id = the_step(story).id
    story.propose()
    assert Staff(PATIENT, 1).do(task_id, at=story.now) is None
    assert db.session.scalars(select(Case.stage)).one() == Stage.pending_filing
