"""The forms of the acts on a case: who may fill them in, what they do, and what a page that is out of date says."""

from datetime import timedelta
from io import BytesIO

import pytest

from engine.cases.models import Stage
from engine.kit import clock
from tests.stories import Story, category, condition, photo

ACTS_AT_MOST = 20


def files(name="photos", *, colour="blue"):
    upload = photo(colour)
    return {name: (upload.stream, upload.filename)}


def open_task(story, act):
    return next(task for task in steps_of(story) if task.act == act).id


def steps_of(story):
    from engine.cases import steps

    return steps.open_steps(story.case)


@pytest.fixture
def told(visit):
    """``told("li", story, "filing")`` is the form's page; with values, what sending it answers."""

    def tell(who, story, act, **values):
        with clock.fixed(story.now + timedelta(minutes=5)):
            address = f"/desk/cases/{story.case_id}/{act}"
            browser = visit(who)
            return browser.post(address, data=values) if values else browser.get(address)

    return tell


def test_the_whole_loop_goes_through_the_forms(city, told):
    story = Story(city).report()
    chosen = category()
    steps = [
        ("li", "filing_proposal", {"category_id": chosen.id, "filing_condition_id": condition(chosen).id, "area_class": "A"}),
        ("zhao", "filing", {"note": "同意"}),
    ]
    for who, act, values in steps:
        answer = told(who, story, act, **values)
        assert answer.status_code == 303, answer.text
        story.wait(minutes=6)
    clerk, handler = f"clerk.{story.case.department.code}", f"handler.{story.case.department.code}"
    steps = [
        (clerk, "signing", {"note": ""}),
        (clerk, "assignment", {"handler_id": story.handler.id}),
        (handler, "handling", {"note": "已清理", **files()}),
        (clerk, "feedback", {"note": "已处置完毕"}),
        ("wang", "feedback_acceptance", {"note": ""}),
        ("chen", "verification", {"result": "passed", **files(colour="green")}),
        ("zhao", "closure", {"result": "resolved"}),
    ]
    for who, act, values in steps:
        answer = told(who, story, act, **values)
        assert answer.status_code == 303, answer.text
        story.wait(minutes=6)
    assert story.case.stage == Stage.closed
    assert story.case.photo_count == 3


def test_every_offered_form_opens(city, told, visit):
    story = Story(city).report()
    for act in ("filing_proposal", "confirmation_request", "merger", "transfer", "rejection"):
        assert told("li", story, act).status_code == 200, act
