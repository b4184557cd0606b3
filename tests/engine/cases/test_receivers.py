"""What a case does when rooms below it speak: a calendar changes, somebody leaves."""

from engine.calendars import editing
from engine.calendars import queries as calendars
from engine.cases import steps
from engine.deadlines import jobs as deadlines
from engine.kit import clock
from engine.kit.db import db, unit_of_work
from engine.organization import leaving
from engine.process.models import OpenTimer
from tests import city as cities
from tests.stories import Story


def test_a_new_holiday_moves_the_due_of_case_step_and_timer_alike(city):
    story = Story(city).filed().signed()
    before = story.case.due_at
    with unit_of_work():
        editing.set_exception(
            calendars.find(), before.astimezone(cities.ZONE).date(), "off", by=city.system_admin, at=story.now
        )
    with clock.fixed(story.now):
        deadlines.reckon_again(story.now)
    db.session.expire_all()
    assert story.case.due_at > before
    timers = db.session.query(OpenTimer).filter_by(subject_id=story.case_id, clock="handling").all()
    assert {timer.due_at for timer in timers} == {story.case.due_at}


def test_what_somebody_had_in_hand_is_offered_to_his_colleagues_when_he_leaves(city):
    story = Story(city).filed().signed()
    (task,) = steps.open_steps(story.case)
    assert task.assignee_id == story.handler.id
    department = story.case.department_id
    with unit_of_work():
        leaving.leave(db.session.get(leaving.User, story.handler.id), by=city.system_admin, at=story.now)
    db.session.expire_all()
    (task,) = steps.open_steps(story.case)
    assert (task.assignee_id, task.group_name) == (None, f"handler@dept:{department}")


def test_a_due_in_an_unpublished_year_is_provisional_and_makes_nobody_late(city):
    story = Story(city, now=cities.at("2026-12-31 17:00")).filed()
    assert story.case.due_at.year == 2027
    assert story.case.due_is_provisional
    story.do(story.clerk, "signing").wait(days=40)
    assert "overdue" not in story.told
