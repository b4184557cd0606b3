"""The forms of the acts on a case: who may fill them in, what they do, and what a page that is out of date says."""

from datetime import timedelta
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import pytest

from engine.cases import steps as waiting
from engine.cases.models import Source, Stage
from engine.kit import clock
from engine.kit.db import unit_of_work
from engine.process import definitions
from tests.city import CAST, PASSWORD
from tests.stories import Story, category, condition, photo
from tests.workflows.walking import WORKFLOWS


def files(name="photos", *, colour="blue"):
    upload = photo(colour)
    return {name: (upload.stream, upload.filename)}


def proposal(chosen):
    return {"category_id": chosen.id, "filing_condition_id": condition(chosen).id, "area_class": "A"}


def open_task(story, act):
    return next(task for task in steps_of(story) if task.act == act).id


def steps_of(story):
    return waiting.open_steps(story.case)


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
        ("li", "filing_proposal", proposal(chosen)),
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


def test_who_does_not_hold_the_right_is_refused_and_strangers_find_nothing(city, told):
    story = Story(city).report()
    assert told("zhou", story, "filing_proposal").status_code == 403
    assert told("zhou", story, "rejection", reason="untrue", note="现场无此问题", is_sure="1").status_code == 403
    assert told("clerk", story, "filing_proposal").status_code == 404
    assert told("li", story, "party").status_code == 404
    assert story.case.stage == Stage.reported


def test_a_page_whose_step_is_done_says_so_and_keeps_what_was_typed(city, told):
    story = Story(city).report().propose()
    task = open_task(story, "filing")
    story.do("zhao", "filing")
    answer = told("zhao", story, "filing", task=task, note="同意立案，请尽快")
    assert answer.status_code == 409
    assert "同意立案，请尽快" in answer.text
    assert "/desk/cases/" in answer.text


def test_the_same_form_sent_twice_acts_once(city, told):
    story = Story(city).filed()
    task, clerk = open_task(story, "signing"), f"clerk.{story.case.department.code}"
    assert told(clerk, story, "signing", task=task).status_code == 303
    assert told(clerk, story, "signing", task=task).status_code == 409
    assert story.told.count("signing") == 1


def test_a_step_that_opened_again_is_not_done_by_an_old_page(city, told):
    story = Story(city).report().propose()
    old = open_task(story, "filing")
    story.do("zhao", "filing_return", note="类别有误").propose()
    answer = told("zhao", story, "filing", task=old)
    assert answer.status_code == 409
    assert open_task(story, "filing") in answer.text
    assert story.case.stage == Stage.pending_filing


def test_an_ended_case_takes_no_act(city, told):
    story = Story(city).report().do("li", "rejection", reason="untrue", note="现场无此问题")
    assert told("li", story, "filing_proposal").status_code == 409
    assert told("zhao", story, "voiding", reason="test_data", note="误报测试", is_sure="1").status_code == 409
    assert story.case.stage == Stage.rejected


def test_a_grave_act_is_asked_twice(city, told):
    story = Story(city).filed()
    answer = told("zhao", story, "voiding", reason="filed_in_error", note="重复立案")
    assert answer.status_code == 422
    assert "重复立案" in answer.text
    assert told("zhao", story, "voiding", reason="filed_in_error", note="重复立案", is_sure="1").status_code == 303
    assert story.case.stage == Stage.void


def test_wrong_answers_stand_beside_their_fields(city, told):
    story = Story(city).report()
    answer = told("li", story, "filing_proposal", category_id=category().id, note="符合立案条件")
    assert answer.status_code == 422
    assert 'id="error-filing_condition_id"' in answer.text
    assert "符合立案条件" in answer.text
    assert condition(category()).text in answer.text


def test_another_category_shows_its_conditions_without_a_script(city, told):
    story = Story(city).report()
    other = category("component", "0101")
    answer = told("li", story, "filing_proposal", category_id=other.id, look_again="1", note="井盖")
    assert answer.status_code == 200
    assert condition(other).text in answer.text
    assert story.case.stage == Stage.reported


def test_conditions_are_fetched_for_a_category(city, visit):
    page = visit("li").get("/desk/filing-conditions", query_string={"category_id": category().id, "area_class": "B"})
    assert condition(category()).text in page.text
    assert "<html" not in page.text


def test_a_report_that_needs_confirmation_cannot_be_filed_before(city, told):
    story = Story(city).report("sun", source=Source.hotline, photos=())
    chosen = category()
    answer = told("li", story, "filing_proposal", **proposal(chosen), note="属实")
    assert answer.status_code == 409
    assert "属实" in answer.text


def test_a_photo_that_is_none_is_refused_beside_the_photos_and_the_text_stays(city, told):
    story = Story(city).filed().signed()
    handler = f"handler.{story.case.department.code}"
    program = (BytesIO(b"MZ this is a program"), "photo.jpg")
    answer = told(handler, story, "handling", note="已经清理干净", photos=program)
    assert answer.status_code == 422
    assert 'id="error-photos"' in answer.text
    assert "已经清理干净" in answer.text
    assert story.case.photo_count == 1
    assert told(handler, story, "handling", note="已清理").status_code == 422


def test_what_was_typed_survives_the_end_of_the_session(city, visit):
    story = Story(city).report().propose()
    zhao, address = visit("zhao"), f"/desk/cases/{story.case_id}/filing"
    with clock.fixed(clock.now() + timedelta(hours=2)):
        answer = zhao.post(address, data={"note": "同意立案，请派遣环卫处"})
        assert answer.status_code == 303
        query = parse_qs(urlsplit(answer.headers["Location"]).query)
        person = {"username": CAST["zhao"], "password": PASSWORD, "next": query["next"][0]}
        back = zhao.post("/sign-in", data=person)
        page = zhao.get(back.headers["Location"])
    assert "同意立案，请派遣环卫处" in page.text
    assert story.case.stage == Stage.pending_filing


def test_a_dispatcher_sees_where_and_until_when_before_and_after(city, told, visit):
    story = Story(city).report()
    story.propose().do("zhao", "filing")
    story.do(story.clerk, "return_request", reason="not_our_duty", note="不属本部门职责").do("wang", "return_grant")
    assert "data-says=" in told("wang", story, "dispatch").text
    browser = visit("wang", language="en")
    with clock.fixed(story.now + timedelta(minutes=5)):
        answer = browser.post(f"/desk/cases/{story.case_id}/dispatch", data={"department_id": city.parks.id})
        assert answer.status_code == 303
        assert f"Dispatched to {city.parks.short_name}, due" in browser.get(answer.headers["Location"]).text
    assert story.case.department_id == city.parks.id


def test_a_step_that_an_administrator_drew_asks_for_its_outcomes(city, told):
    source = (WORKFLOWS / "standard_case.bpmn").read_text("utf-8")
    drawn = source.replace('form="closure" act="closure"', 'form="step" act="step"')
    with unit_of_work():
        definitions.publish("standard_case", drawn, by_id=None, at=clock.now())
    story = Story(city).filed().handled().verified()
    page = told("zhao", story, "step").text
    assert 'value="close"' in page
    assert 'value="rework"' in page
    assert told("zhao", story, "step", outcome="close", note="同意").status_code == 303
    assert story.case.stage == Stage.closed
    assert story.told[-1] == "step"
