"""Reopening and restoring: what runs afterwards, what is clean again, and how often it may be done (process.md §3)."""

import pytest

from engine.cases import acts, reopening, steps, urging
from engine.cases.errors import ReopenedBefore
from engine.cases.models import Case, Source, Stage
from engine.deadlines import clocks
from engine.kit.db import db, unit_of_work
from engine.process import incidents
from engine.process.models import ProcessInstance
from tests.stories import Story, photo


def running(story):
    return set(clocks.open_clocks("case", story.case_id))


def test_a_reopened_case_has_no_clock_but_that_of_its_dispatching(city):
    story = Story(city).closed().do("zhao", "reopening", reason="群众反映问题重现")
    assert running(story) == {"dispatching"}
    case = story.case
    assert (case.clock_state, case.due_at, case.first_due_at, case.amber_at) == ("none", None, None, None)


def test_handling_is_measured_anew_from_the_new_dispatch(city):
    story = Story(city).closed()
    before = story.case.first_due_at
    story.wait(days=30).do("zhao", "reopening", reason="群众反映问题重现")
    story.do("wang", "dispatch", department_id=city.parks.id)
    assert running(story) == {"handling", "signing"}
    clock = clocks.open_clock("case", story.case_id, "handling")
    assert clock.started_at == story.now
    assert (story.case.due_at, story.case.first_due_at) == (clock.due_at, clock.first_due_at)
    assert story.case.first_due_at > before


def test_a_case_reopened_while_the_call_waits_has_one_instance_and_no_clock_of_the_old_one(city):
    story = Story(city).report("sun", source=Source.hotline, photos=())
    story.do("li", "confirmation_request").do("chen", "confirmation", result="true")
    story.filed().handled().verified().do("zhao", "closure", result="resolved")
    story.do("zhao", "reopening", reason="群众反映问题重现")
    assert (story.waiting, running(story)) == ({"dispatch"}, {"dispatching"})
    story.do("wang", "dispatch", department_id=city.sanitation.id).handled().verified()
    story.do("zhao", "closure", result="resolved")
    assert (story.waiting, running(story)) == ({"call_back"}, {"call_back"})


def test_what_the_old_run_left_undone_does_not_close_the_reopened_case(city, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("nobody can be reached")

    monkeypatch.setattr(urging, "urge", fail)
    story = Story(city).filed().wait(hours=2)
    story.handled().verified().do("zhao", "closure", result="resolved")
    (incident,) = incidents.open_incidents()
    story.do("zhao", "reopening", reason="群众反映问题重现")
    monkeypatch.undo()
    with unit_of_work():
        incidents.retry(incident.id, by_id=city.system_admin.id, at=story.now)
    story.work()
    assert story.case.stage == Stage.pending_dispatch
    assert running(story) == {"dispatching"}
    ended = db.session.query(ProcessInstance).filter(ProcessInstance.ended_at.is_not(None)).all()
    assert [instance.outcome for instance in ended if instance.subject_id == story.case_id] == ["reopened"]


def test_who_put_it_right_himself_does_not_count_as_such_once_it_is_reopened(city):
    story = Story(city).report(is_self_handled=True, after_photos=(photo("green"),)).do("li", "self_handling_approval")
    story.do("zhao", "reopening", reason="抽查不属实")
    assert (story.case.stage, story.case.is_self_handled) == (Stage.reported, False)


def test_a_case_that_was_reopened_after_closure_can_still_be_restored_once(city):
    story = Story(city).closed().do("zhao", "reopening", reason="群众反映问题重现")
    story.do("zhao", "voiding", reason="filed_in_error", note="误立")
    assert "reopening" in offered(story)
    story.do("zhao", "reopening", reason="作废有误")
    assert (story.case.stage, story.case.reopen_count, story.case.restore_count) == (Stage.pending_dispatch, 2, 1)
    story.do("zhao", "voiding", reason="filed_in_error", note="误立")
    assert "reopening" not in offered(story)
    with pytest.raises(ReopenedBefore):
        story.do("zhao", "reopening", reason="再次恢复")


def test_a_complaint_does_not_use_up_the_restoring(city):
    case = Case(stage=Stage.void, reopen_count=1, restore_count=0)
    reopening.check(case)


def offered(story):
    offers = acts.offers(story.case, steps.open_steps(story.case), story.city.zhao)
    return {offer.act.name for offer in offers}
