"""Simulated supervision: an order that the ladder issues is answered, read, and done."""

from datetime import timedelta

from engine.kit.db import db, unit_of_work
from engine.simulation import supervising
from engine.simulation.staff import Staff
from engine.simulation.temperament import PATIENT
from engine.supervision import jobs, queues
from engine.supervision.models import KeyCase, SupervisionOrder
from engine.supervision.queues import Moment
from tests.stories import Story


def late(city):
    story = Story(city).filed().signed()
    story.now += timedelta(days=14)
    jobs.run_due(story.now, worker="worker")
    db.session.expire_all()
    return story


def test_an_order_is_answered_and_read(city):
    story, staff = late(city), Staff(PATIENT, 1)
    (order,) = supervising.waiting(None)
    moments = [order.issued_at]
    for _ in range(5):
        moments.append(supervising.when(order, staff, moments[-1]))
        order = supervising.act(order.id, staff, moments[-1])
        if order.ended_at is not None:
            break
    assert order.state == "accepted"
    assert order.reply in supervising.ANSWERS
    assert moments == sorted(moments)
    assert order.department_id == story.case.department_id
    assert supervising.act(order.id, staff, moments[-1]) is None, "nothing is left to be done"


def test_an_answer_about_a_case_that_has_ended_is_enough(city, monkeypatch):
    story, staff = late(city), Staff(PATIENT, 1)
    monkeypatch.setattr(supervising, "CONTENT", 0)
    (order,) = supervising.waiting(None)
    supervising.act(order.id, staff, story.now)
    story.do("zhao", "voiding", reason="filed_in_error", note="误立")
    assert supervising.act(order.id, staff, story.now).state == "accepted"


def test_a_supervisor_looks_around(city):
    story, staff = late(city), Staff(PATIENT, 1)
    supervising.look_around(staff, story.now)
    assert queues.ids("key", city.zhou, Moment.of(story.now), most=9) == [story.case_id]
    supervising.look_around(staff, story.now + timedelta(hours=1))
    with unit_of_work():
        assert db.session.query(KeyCase).count() == 1
        assert db.session.query(SupervisionOrder).count() == 1
