"""Simulated departments ask for time and appeal, others decide, and nobody finishes what is still being decided on."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.cases.adjustment_models import Adjustment
from engine.cases.models import Case, Stage, TimelineEntry
from engine.kit.db import db
from engine.simulation import appealing, driving
from engine.simulation.driving import Wanted
from engine.simulation.staff import Staff
from engine.simulation.temperament import PATIENT
from tests.stories import Story


def played(temper, until=None):
    play = driving.drive(Wanted(), until=until, temper=temper)
    happened = [happening.act for happening in play.run()]
    assert not play.stuck
    return happened


def outcomes(kind):
    db.session.expire_all()
    return [row.state for row in db.session.scalars(select(Adjustment).where(Adjustment.kind == kind))]


def entries(story):
    rows = select(TimelineEntry).where(TimelineEntry.case_id == story.case_id).order_by(TimelineEntry.id)
    return list(db.session.scalars(rows))


def test_an_extension_is_granted_before_anybody_handles(city):
    stories = [Story(city).filed() for _ in range(3)]
    played(replace(PATIENT, asks_to_extend=1.0))
    assert outcomes("extension") == ["granted"] * 3
    for story in stories:
        told = [entry.act for entry in entries(story)]
        assert told.index("handling") > max(place for place, act in enumerate(told) if act == "extension_approval")
        assert (story.case.stage, story.case.extension_count) == (Stage.closed, 1)


def test_one_that_is_refused_is_handled_all_the_same(city):
    Story(city).filed()
    played(replace(PATIENT, asks_to_extend=1.0, adjustment_refused=1.0))
    assert outcomes("extension") == ["refused"]
    assert db.session.scalars(select(Case)).one().stage == Stage.closed


def test_a_suspension_is_granted_and_ends(city):
    Story(city).filed()
    played(replace(PATIENT, asks_to_suspend=1.0))
    assert outcomes("suspension") == ["ended"]
    assert db.session.scalars(select(Case)).one().stage == Stage.closed


@pytest.mark.parametrize(("refused", "state"), [(0.0, "granted"), (1.0, "refused")])
def test_a_department_that_was_judged_late_appeals(city, refused, state):
    Story(city).filed()
    happened = played(replace(PATIENT, late_handling=1.0, appeals=1.0, adjustment_refused=refused))
    assert happened.count("appeal") == 1
    assert outcomes("appeal") == [state]
    case = db.session.scalars(select(Case)).one()
    assert (case.stage, case.late_excused_at is not None) == (Stage.closed, state == "granted")


def test_whoever_was_in_time_or_puts_up_with_it_appeals_against_nothing(city):
    Story(city).filed()
    assert "appeal" not in played(replace(PATIENT, appeals=1.0))
    Story(city).filed()
    assert "appeal" not in played(replace(PATIENT, late_handling=1.0))


def test_an_appeal_that_was_still_to_be_made_is_made_after_an_interruption(city):
    story = Story(city).filed()
    temper = replace(PATIENT, late_handling=1.0, appeals=1.0)
    for happening in driving.drive(Wanted(), until=None, temper=temper).run():
        if happening.act == "closure":
            break
    db.session.expire_all()
    moment = appealing.when(story.case, Staff(temper, 1))
    played(temper)
    (request,) = [entry for entry in entries(story) if entry.act == "appeal_request"]
    assert request.at == moment
    assert moment < story.case.closed_at + timedelta(days=10)
