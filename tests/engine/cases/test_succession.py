"""A department is merged: its open cases go on at the successor, what it did stays its own (process.md §6)."""

import pytest

from engine.cases import returning, steps
from engine.cases.models import Stage
from engine.cases.round_models import Dispatch
from engine.deadlines import clocks
from engine.kit.db import db, unit_of_work
from engine.organization import departments
from engine.organization.models import Post
from tests.stories import Story

WORDS = {"reason": "not_our_duty", "note": "不属本部门职责"}


@pytest.fixture
def merge(city):
    """Everybody of the sanitation bureau moves to the parks bureau, then the one is merged into the other."""

    def merge(story):
        with unit_of_work():
            db.session.query(Post).filter_by(department_id=city.sanitation.id).update({"department_id": city.parks.id})
            departments.merge(city.sanitation, city.parks, by=city.system_admin, at=story.now)
        db.session.expire_all()
        for name in ("clerk", "handler"):  # whose rights were read before
            vars(city).pop(name, None)
        return story

    return merge


def groups(story):
    return {(task.node, task.group_name, task.assignee_id) for task in steps.open_steps(story.case)}


def grounds(story):
    rows = db.session.query(Dispatch).filter_by(case_id=story.case_id).order_by(Dispatch.id)
    return [(row.department_id, row.mode, row.ended_by) for row in rows]


def test_a_case_that_waits_to_be_signed_waits_at_the_successor(city, merge):
    story = Story(city).filed()
    before = story.case.due_at
    merge(story)
    assert groups(story) == {("sign", f"handling_clerk@dept:{city.parks.id}", None)}
    assert (story.case.department_id, story.case.due_at) == (city.parks.id, before)
    assert grounds(story) == [(city.sanitation.id, "auto", "merger"), (city.parks.id, "succession", None)]
    clock = clocks.open_clock("case", story.case_id, "handling")
    assert (clock.department_id, [fact.action for fact in clock.facts]) == (city.parks.id, ["start"])
    assert story.told[-1] == "succession"
    story.handled().verified().do("zhao", "closure", result="resolved")
    assert story.case.stage == Stage.closed


def test_who_moved_along_keeps_what_he_has_in_hand(city, merge):
    story = Story(city).filed().signed()
    merge(story)
    assert groups(story) == {("handle", None, city.handler.id)}
    story.do("handler", "handling", note="已清理")
    assert groups(story) == {("give_feedback", f"handling_clerk@dept:{city.parks.id}", None)}


def test_what_somebody_had_who_went_elsewhere_is_offered_to_the_successors_people(city, merge):
    story = Story(city).filed().signed()
    with unit_of_work():
        db.session.query(Post).filter_by(user_id=city.handler.id).delete()
    merge(story)
    assert story.case.handler_id is None
    assert groups(story) == {("handle", f"handler@dept:{city.parks.id}", None)}


def test_history_stays_with_the_old_department(city, merge):
    closed = Story(city).closed()
    reviewed = Story(city, now=closed.now).filed().handled()
    merge(reviewed)
    assert {closed.case.department_id, reviewed.case.department_id} == {city.sanitation.id}
    assert grounds(closed) == [(city.sanitation.id, "auto", "feedback")]


def test_rework_of_what_the_old_department_did_is_the_successors(city, merge):
    story = Story(city).filed().handled().do("wang", "feedback_acceptance")
    merge(story).do("chen", "verification", result="failed", note="仍有残留")
    assert groups(story) == {("sign", f"handling_clerk@dept:{city.parks.id}", None)}
    assert {clock.department_id for name, clock in clocks.open_clocks("case", story.case_id).items()
            if name in {"handling", "rework"}} == {city.parks.id}  # fmt: skip
    story.handled().verified().do("zhao", "closure", result="resolved")
    assert story.case.stage == Stage.closed


def test_refused_feedback_goes_back_to_the_successor(city, merge):
    story = Story(city).filed().handled()
    merge(story).do("wang", "feedback_refusal", note="照片不清")
    assert groups(story) == {("assign", f"handling_clerk@dept:{city.parks.id}", None)}


def test_what_an_arbitration_decided_binds_the_successor(city, merge):
    story = Story(city).filed().do("clerk", "return_request", **WORDS).do("wang", "return_grant")
    story.do("wang", "dispatch", department_id=city.parks.id).do("parks_clerk", "return_request", **WORDS)
    story.do("wang", "return_grant").do(
        "qian", "arbitration", department_id=city.sanitation.id, authorised_by="钱指挥长", minutes_number="2026-3"
    )
    merge(story)
    assert story.case.department_id == city.parks.id
    assert not returning.may_request(story.case)


def test_a_return_that_was_asked_for_is_decided_for_the_successor(city, merge):
    story = Story(city).filed().do("clerk", "return_request", **WORDS)
    merge(story).do("wang", "return_refusal")
    assert groups(story) == {("sign", f"handling_clerk@dept:{city.parks.id}", None)}


def test_new_cases_are_dispatched_to_the_successor_by_the_same_rule(city, merge):
    story = Story(city).report()
    merge(story).propose().do("zhao", "filing")
    assert story.case.department_id == city.parks.id
