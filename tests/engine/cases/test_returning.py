"""Returns: when they may be asked for, what becomes of the assignment, and who may ask no more (process.md §4.3)."""

import pytest

from engine.cases import acts, returning, steps
from engine.cases.errors import NoReturnAfterArbitration, StepNotOpen, TooLateToReturn
from engine.cases.models import Stage
from engine.kit.db import db, unit_of_work
from engine.process import queries as process
from engine.settings import values
from tests.stories import Story

WORDS = {"reason": "not_our_duty", "note": "不属本部门职责"}


@pytest.fixture
def arbitrated(city):
    """Twice returned; the director assigned the sanitation bureau in writing."""
    story = Story(city).filed().do("clerk", "return_request", **WORDS).do("wang", "return_grant")
    story.do("wang", "dispatch", department_id=city.parks.id).do("parks_clerk", "return_request", **WORDS)
    story.do("wang", "return_grant")
    return story.do(
        "qian", "arbitration", department_id=city.sanitation.id, authorised_by="钱指挥长", minutes_number="2026-3"
    )


def test_a_return_is_asked_for_within_four_working_hours_of_the_dispatch(city):
    story = Story(city).filed()
    # Dispatched at 9.15: three hours before the lunch break, the fourth after it.
    story.wait(minutes=300).do("clerk", "return_request", **WORDS, minutes=0)
    assert story.case.stage == Stage.return_review


def test_a_department_that_kept_a_case_for_a_day_has_accepted_it(city):
    story = Story(city).filed().do("clerk", "signing").wait(days=1)
    with pytest.raises(TooLateToReturn, match="within 4 hours"):
        story.do("clerk", "return_request", **WORDS)


def test_a_city_may_give_its_departments_longer(city):
    story = Story(city).filed().do("clerk", "signing")
    with unit_of_work():
        values.set(returning.RETURN_HOURS, 40.0, by=city.system_admin, at=story.now)
    story.wait(days=1).do("clerk", "return_request", **WORDS)
    assert story.case.stage == Stage.return_review


def offered(story, who):
    offers = acts.offers(story.case, steps.open_steps(story.case), getattr(story.city, who))
    return {offer.act.name for offer in offers}


def in_hand(actor):
    return db.session.scalars(process.offered_to(actor)).all()


def test_while_a_handler_has_the_case_it_is_not_returned(city):
    story = Story(city).filed().signed()
    assert "return_request" not in offered(story, "clerk") | offered(story, "handler")
    with pytest.raises(StepNotOpen):
        story.do("clerk", "return_request", **WORDS)
    db.session.rollback()
    assert in_hand(city.handler)


def test_handed_back_the_case_may_be_returned_and_is_out_of_the_handlers_hands(city):
    story = Story(city).filed().signed().do("handler", "hand_back", note="不归我们管")
    assert not in_hand(city.handler)
    story.do("clerk", "return_request", **WORDS)
    assert (story.case.stage, story.case.handler_id) == (Stage.return_review, None)


def test_a_return_instead_of_feedback_withdraws_the_assignment(city):
    story = (
        Story(city)
        .filed()
        .signed()
        .do("handler", "handling", note="现场不属环卫")
        .do("clerk", "return_request", **WORDS)
    )
    assert story.case.handler_id is None
    story.do("wang", "return_refusal").do("clerk", "signing")
    assert not in_hand(city.handler)
    assert story.waiting == {"assign"}


def test_who_was_authorised_keeps_the_case_through_rework(arbitrated):
    arbitrated.handled().do("wang", "feedback_acceptance").do("chen", "verification", result="failed", note="仍有残留")
    assert arbitrated.waiting == {"sign"}
    assert "return_request" not in offered(arbitrated, "clerk")
    with pytest.raises(NoReturnAfterArbitration):
        arbitrated.do("clerk", "return_request", **WORDS)


def test_and_through_refused_feedback(arbitrated):
    arbitrated.handled().do("wang", "feedback_refusal", note="照片不清")
    assert not returning.may_request(arbitrated.case)


def test_after_a_reopening_another_department_may_return_it(arbitrated):
    city = arbitrated.city
    arbitrated.handled().verified().do("zhao", "closure", result="resolved").do("zhao", "reopening", reason="问题重现")
    arbitrated.do("wang", "dispatch", department_id=city.parks.id)
    assert "return_request" in offered(arbitrated, "parks_clerk")
    arbitrated.do("parks_clerk", "return_request", **WORDS)
    assert arbitrated.case.stage == Stage.return_review


def test_after_a_reopening_the_authorised_department_still_may_not(arbitrated):
    arbitrated.do("zhao", "voiding", reason="filed_in_error", note="误立").do("zhao", "reopening", reason="作废有误")
    arbitrated.do("wang", "dispatch", department_id=arbitrated.city.sanitation.id)
    assert not returning.may_request(arbitrated.case)
