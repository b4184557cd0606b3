import re
from html import unescape
from io import BytesIO

import pytest

from engine.kit.config import ROOT
from engine.process import definitions, importing

DRAWING = ROOT / "workflows" / "standard_case.bpmn"


def upload(text, **more):
    return {"file": (BytesIO(text.encode()), "standard_case.bpmn"), **more}


@pytest.fixture
def changed():
    """The standard drawing with another name for its first step."""
    return DRAWING.read_text("utf-8").replace('name="受理"', 'name="受理登记"', 1)


def test_the_list_says_which_version_runs(visit, city):
    page = visit("system_admin").get("/admin/processes").text
    assert "standard_case" in page


def test_a_good_drawing_is_checked_without_publishing(visit, city, changed):
    answer = visit("system_admin").post("/admin/processes/new", data=upload(changed, check="1"))
    assert answer.status_code == 200
    assert definitions.active("standard_case").version == 1


def test_a_published_drawing_is_the_next_version(visit, city, changed):
    answer = visit("system_admin").post("/admin/processes/new", data=upload(changed))
    assert answer.status_code == 303
    assert definitions.active("standard_case").version == 2


@pytest.mark.parametrize("more", [{}, {"check": "1"}])
def test_a_faulty_drawing_is_refused_with_what_is_wrong(visit, city, more):
    answer = visit("system_admin").post("/admin/processes/new", data=upload("<not-a-drawing/>", **more))
    assert answer.status_code == 422
    assert "form-summary" in answer.text
    assert definitions.active("standard_case").version == 1


def test_without_a_file_the_page_asks_for_one(visit, city):
    assert visit("system_admin").post("/admin/processes/new", data={}).status_code == 422


def test_a_version_is_drawn(visit, city):
    page = visit("system_admin").get(f"/admin/processes/{definitions.active('standard_case').id}").text
    assert "<svg" in page
    assert "drawing-lane" in page
    assert "值班长" in page


def test_a_version_is_given_out_as_its_file(visit, city):
    answer = visit("system_admin").get(f"/admin/processes/{definitions.active('standard_case').id}/bpmn")
    assert "bpmn" in answer.text
    assert visit("system_admin").get("/admin/processes/999/bpmn").status_code == 404


FOREIGN = ROOT / "tests" / "engine" / "process" / "foreign"
LOSING = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="x"
 xmlns:camunda="http://camunda.org/schema/1.0/bpmn"><process id="lost" name="Lost">
 <startEvent id="begin"/><sequenceFlow sourceRef="begin" targetRef="look"/>
 <userTask id="look" name="Look" camunda:candidateGroups="acceptor"
 camunda:assignee="&lt;img src=x onerror=alert(1)&gt;"/>
 <sequenceFlow sourceRef="look" targetRef="done"/><endEvent id="done"/></process></definitions>"""


def kept(page):
    return unescape(re.search(r'<textarea name="text" hidden>(.*?)</textarea>', page, re.DOTALL)[1])


def test_what_is_translated_and_lost_is_shown_before_anything_is_published(visit, city):
    client = visit("system_admin")
    page = client.post("/admin/processes/new", data=upload(LOSING, check="1")).text
    assert "What was left out" in page or "去除" in page
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page
    assert definitions.active("standard_case").version == 1


def test_the_file_is_kept_after_a_check_and_need_not_be_chosen_again(visit, city, changed):
    client = visit("system_admin")
    page = client.post("/admin/processes/new", data=upload(changed, check="1")).text
    again = {"text": kept(page).replace("\n", "\r\n"), "name": "standard_case.bpmn"}
    assert client.post("/admin/processes/new", data=again).status_code == 303
    assert definitions.active("standard_case").version == 2


def test_losses_are_consented_to_before_a_drawing_goes_live(visit, city):
    client = visit("system_admin")
    refused = client.post("/admin/processes/new", data=upload(LOSING, key="lost"))
    assert refused.status_code == 422
    assert definitions.active("lost") is None
    again = {"text": kept(refused.text), "name": "lost.bpmn", "key": "lost", "is_sure": "1"}
    assert client.post("/admin/processes/new", data=again).status_code == 303
    assert definitions.active("lost").version == 1


@pytest.mark.parametrize("name", sorted(path.stem for path in FOREIGN.glob("*.bpmn")))
def test_foreign_drawings_are_answered_with_a_page(visit, city, name):
    data = {"file": (BytesIO((FOREIGN / f"{name}.bpmn").read_bytes()), f"{name}.bpmn"), "check": "1"}
    assert visit("system_admin").post("/admin/processes/new", data=data).status_code in {200, 422}


def test_a_file_of_20_megabytes_is_refused_in_a_sentence(visit, city):
    answer = visit("system_admin").post("/admin/processes/new", data=upload("<a/>" * 5_000_000, check="1"))
    assert answer.status_code == 422
    assert "1 MB" in answer.text
    assert len(answer.text) < 100_000


def test_a_city_gives_its_drawing_out_for_other_tools(visit, city):
    address = f"/admin/processes/{definitions.active('standard_case').id}/bpmn"
    text = visit("system_admin").get(address).text
    assert "CityLoop" in text
    assert importing.read(text).losses == ()
