from io import BytesIO

import pytest

from engine.kit.config import ROOT
from engine.process import definitions

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
