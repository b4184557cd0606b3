"""What a meeting decided about one case is remembered for the next (process.md §4.8)."""

import pytest
from sqlalchemy import select

from engine.cases import dispatching, ownership
from engine.cases.models import Case
from engine.cases.round_models import Dispatch
from engine.components.models import Component
from engine.dispatch_rules.models import ConfirmedOwnership
from engine.kit.db import db
from engine.kit.errors import Invalid
from tests.stories import Story

WORDS = {"reason": "not_our_duty", "note": "不属本部门职责"}


def disputed(city, **changes):
    """Returned by both departments, so that it lies before the director."""
    story = Story(city).filed(**changes)
    story.do("clerk", "return_request", **WORDS).do("wang", "return_grant", note="同意")
    story.do("wang", "dispatch", department_id=city.parks.id)
    return story.do("parks_clerk", "return_request", **WORDS).do("wang", "return_grant", note="同意")


def decide(story, remember):
    return story.do(
        "qian",
        "arbitration",
        department_id=story.city.parks.id,
        authorised_by="钱指挥长",
        minutes_number="2026-3",
        remember=remember,
    )


def dispatches(case_id):
    return list(db.session.scalars(select(Dispatch).where(Dispatch.case_id == case_id).order_by(Dispatch.id)))


def test_the_next_case_of_the_same_goes_where_the_meeting_decided(city):
    before = decide(disputed(city), "street")
    row = db.session.scalars(select(ConfirmedOwnership)).one()
    assert (row.case_id, row.department_id, row.minutes_number) == (before.case_id, city.parks.id, "2026-3")
    case = before.case
    assert (row.basis, row.category_id, row.street_code) == ("钱指挥长", case.category_id, case.street_code)
    again = Story(city, now=before.now).report().filed()
    (only,) = dispatches(again.case_id)
    assert (only.mode, only.department_id, only.rule_id) == ("auto", city.parks.id, None)
    assert only.explanation[0]["ownership_id"] == row.id
    assert again.told.count("dispatch") == 1


def test_without_being_remembered_the_rules_decide_again(city):
    before = decide(disputed(city), "nothing")
    assert db.session.scalars(select(ConfirmedOwnership)).all() == []
    again = Story(city, now=before.now).report().filed()
    assert again.case.department_id == city.sanitation.id


def test_a_component_is_remembered_by_its_code_wherever_it_is_reported(city):
    story = disputed(city)
    component = db.session.scalars(select(Component).order_by(Component.id)).first()
    story.case.component_id = component.id
    db.session.commit()
    assert ownership.proposed(story.case) == "component"
    decide(story, "component")
    assert db.session.scalars(select(ConfirmedOwnership.component_code)).all() == [component.code]
    assert dispatching.explain(story.case, story.now).department_id == city.parks.id


def test_a_scope_that_the_case_does_not_have_is_refused_and_nothing_is_decided(city):
    story = disputed(city)
    with pytest.raises(Invalid) as refused:
        decide(story, "component")
    assert set(refused.value.fields) == {"remember"}
    db.session.rollback()
    assert (db.session.get_one(Case, story.case_id).stage, story.waiting) == ("arbitration", {"arbitrate"})


def test_a_newer_decision_takes_the_place_of_the_one_before(city):
    first = decide(disputed(city), "street")
    # The next goes to the parks bureau by itself, which gives it back again.
    second = Story(city, now=first.now).report().filed()
    second.do("parks_clerk", "return_request", **WORDS).do("wang", "return_grant", note="同意")
    second.do("wang", "dispatch", department_id=city.sanitation.id)
    second.do("clerk", "return_request", **WORDS).do("wang", "return_grant", note="同意")
    decide(second, "street")
    rows = db.session.scalars(select(ConfirmedOwnership).order_by(ConfirmedOwnership.id)).all()
    assert [(row.end_reason, row.ended_at is None) for row in rows] == [("Decided anew.", False), ("", True)]
