"""Steps that were done late: told from the due moment that each had, and from what became of that moment since."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from engine.access.actors import SYSTEM
from engine.deadlines import clocks
from engine.deadlines.facts import Action, Fact
from engine.deadlines.models import Clock, ClockFact
from engine.kit.db import db, unit_of_work
from engine.process import charts, definitions
from engine.process.models import ProcessEvent
from engine.studio import heat
from engine.studio.lateness import Due
from tests.city import at
from tests.stories import Story

DAY = timedelta(days=1)


def heat_of(story, now=None):
    key = definitions.active("standard_case").id
    span = {"since": at("2026-03-01 09:00"), "until": story.now + DAY, "at": now or story.now}
    return key, charts.of(key), span


def figures(story, node="sign", now=None):
    key, chart, span = heat_of(story, now)
    return next(each for each in heat.of(key, chart, **span).nodes if each.id == node)


def late_cases(story, node="sign", now=None):
    key, chart, span = heat_of(story, now)
    return [(one.subject_id, one.seconds) for one in heat.behind(key, chart, node, "late", **span)]


@pytest.fixture
def slow(city):
    """Filed on Monday, to be signed within an hour; signed half an hour too late."""
    story = Story(city).filed()
    return story.do(story.clerk, "signing", minutes=90)


def signing(story):
    chosen = select(Clock).where(Clock.subject_id == story.case_id, Clock.name == "signing")
    return db.session.scalars(chosen).one()


def test_what_was_due_when_a_step_was_done_is_kept(slow):
    events = db.session.execute(select(ProcessEvent.kind, ProcessEvent.node, ProcessEvent.due_at)).all()
    kept = {node: due for kind, node, due in events if kind == "completed"}
    assert kept["sign"] == signing(slow).due_at
    assert {due for kind, _, due in events if kind != "completed"} == {None}


def test_a_step_done_late_counts_and_opens_its_case(slow, city):
    other = Story(city).filed()
    other.do(other.clerk, "signing", minutes=60)
    other.now = slow.now
    node = figures(other)
    assert (node.judged, node.late, node.late_share) == (2, 1, 0.5)
    assert node.unkept == 0
    assert late_cases(other) == [(slow.case_id, 30 * 60)]
    assert figures(other, "accept").late == 0
    assert late_cases(other, "accept") == []


def test_done_at_its_last_second_is_in_time(city):
    moment = at("2026-03-02 10:00")
    assert Due(1, "sign", moment, moment + timedelta(milliseconds=999)).late_seconds == 0
    assert Due(1, "sign", moment, moment + timedelta(seconds=1)).late_seconds == 1


def test_an_open_step_counts_once_its_moment_has_passed(city):
    story = Story(city).filed()
    assert (figures(story).judged, figures(story).late_share) == (0, None)
    later = signing(story).due_at + timedelta(hours=5)
    assert (figures(story, now=later).judged, figures(story, now=later).late) == (1, 1)
    assert late_cases(story, now=later) == [(story.case_id, 5 * 3600)]


def test_of_steps_done_before_it_was_kept_nothing_is_said(slow):
    with unit_of_work():
        db.session.execute(update(ProcessEvent).values(due_at=None))
    node = figures(slow)
    assert (node.passed, node.judged, node.late, node.late_share) == (1, 0, 0, None)
    assert node.unkept == 1


def provisional(story):
    """Its signing was due in a year that had not been published."""
    with unit_of_work():
        db.session.execute(update(ClockFact).where(ClockFact.clock_id == signing(story).id).values(is_provisional=True))


def reckoned(story, due):
    """That year is published: the clock is reckoned again."""
    clock, last = signing(story), signing(story).facts[-1]
    again = Fact(Action.reckon, story.now, due_before=last.due_after, due_after=due, first_due=due)
    with unit_of_work():
        clocks.write_fact(clock, again, SYSTEM)
    db.session.expire_all()


def test_nobody_is_late_by_a_provisional_moment(slow):
    provisional(slow)
    assert (figures(slow).judged, figures(slow).late) == (0, 0)


@pytest.mark.parametrize(("hours", "late"), [(3, 0), (0, 1)])
def test_a_moment_that_was_reckoned_again_later_is_the_one_that_holds(slow, hours, late):
    provisional(slow)
    reckoned(slow, signing(slow).due_at + timedelta(hours=hours))
    assert (figures(slow).judged, figures(slow).late) == (1, late)
    assert len(late_cases(slow)) == late


def test_what_was_late_by_a_settled_moment_stays_late(slow):
    reckoned(slow, signing(slow).due_at + timedelta(hours=3))
    assert figures(slow).late == 1
