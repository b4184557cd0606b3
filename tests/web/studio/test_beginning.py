"""Beginning a process: with a name, or with a file that somebody brings."""

import re
from html import unescape
from io import BytesIO

import pytest

from engine.kit.config import ROOT
from engine.process import definitions, importing
from engine.studio import blank, drafting
from tests.engine.studio.redrawing import renamed, standard
from tests.engine.studio.test_bringing import BOMB, LOSING

FOREIGN = ROOT / "tests" / "engine" / "process" / "foreign"
NEW = "/studio/drafts/new"


def file(text, name="a.bpmn", **more):
    return {"file": (BytesIO(text if isinstance(text, bytes) else text.encode()), name), **more}


def kept(page):
    found = re.search(r'<textarea name="text" hidden>(.*?)</textarea>', page, re.DOTALL)
    return unescape(found[1]) if found else None


def test_a_process_begins_from_nothing_with_a_name(visit, city):
    admin = visit("system_admin")
    answer = admin.post(NEW, data={"name": "行道树修剪"})
    drawing = admin.get(f"{answer.headers['Location']}/drawing").json
    assert (drawing["name"], drawing["key"]) == ("行道树修剪", "xingdaoshuxiujian")
    assert drawing["is_mine"]


def test_the_page_says_on_which_processes_cases_begin(visit, city):
    told = visit("system_admin").get(NEW).text
    assert "appeal, extension, standard_case, suspension" in told


def test_a_process_begins_with_a_file_of_another_tool(visit, city):
    text = blank.drawing("trees", "Trees")
    admin = visit("system_admin")
    data = {"file": (BytesIO(text.encode()), "trees.bpmn"), "key": "trees"}
    assert admin.post(NEW, data=data).status_code == 303
    assert drafting.open_drafts()[0].key == "trees"


@pytest.mark.parametrize("data", [{}, {"name": "x", "key": "No!"}, {"file": b"PK\x03\x04"}])
def test_what_cannot_begin_is_said_and_what_was_typed_stays(visit, city, data):
    sent = data | ({"file": (BytesIO(data["file"]), "a.bpmn")} if "file" in data else {})
    answer = visit("system_admin").post(NEW, data=sent)
    assert answer.status_code == 422
    assert "form-summary" in answer.text
    assert f'value="{data.get("name", "")}"' in answer.text
    assert drafting.open_drafts() == []


def test_a_file_is_reviewed_before_it_is_in_force(visit, city):
    answer = visit("system_admin").post(NEW, data=file(renamed("handle", "repair")))
    assert answer.status_code == 303
    assert definitions.active("standard_case").version == 1
    assert [(one.key, one.state) for one in drafting.open_drafts()] == [("standard_case", "drawing")]


def test_what_was_lost_is_read_by_whoever_draws_and_whoever_reviews(visit, city):
    admin = visit("system_admin")
    page = admin.post(NEW, data=file(LOSING)).location
    assert "条意见" in admin.get(page).text
    review = visit("qian").get(f"{page}/review").text
    assert "&lt;img src=x" in review
    assert "<img src=x" not in review


def test_a_refused_file_is_told_beside_its_field(visit, city):
    for broken in ("<not-a-drawing/>", BOMB, b"PK\x03\x04", "<a"):
        answer = visit("system_admin").post(NEW, data=file(broken, name="x.bpmn") | {"key": "trees"})
        assert answer.status_code == 422
        assert 'id="error-file"' in answer.text
        assert 'value="trees"' in answer.text
        assert kept(answer.text) is None
    assert drafting.open_drafts() == []


def test_the_reason_is_told_in_the_readers_language(visit, city):
    answer = visit("system_admin").post(NEW, data=file("<a/>"))
    assert "it is not a BPMN drawing" not in answer.text


def test_the_file_is_kept_where_something_else_was_refused(visit, city):
    admin = visit("system_admin")
    refused = admin.post(NEW, data=file(standard(), key="No!"))
    assert refused.status_code == 422
    assert kept(refused.text).strip() in standard()
    again = {"text": kept(refused.text).replace("\n", "\r\n"), "file_name": "a.bpmn", "key": "trees"}
    assert admin.post(NEW, data=again).status_code == 303
    assert drafting.open_drafts()[0].key == "trees"


def test_a_second_draft_of_a_process_is_409_and_loses_nothing(visit, city):
    admin = visit("system_admin")
    admin.post(NEW, data=file(standard()))
    answer = admin.post(NEW, data=file(renamed("handle", "repair")))
    assert answer.status_code == 409
    assert city.system_admin.name in answer.text
    assert "repair" in kept(answer.text)


def test_a_file_of_20_megabytes_is_refused_in_a_sentence(visit, city):
    answer = visit("system_admin").post(NEW, data=file("<a/>" * 5_000_000))
    assert answer.status_code == 422
    assert "1 MB" in answer.text
    assert len(answer.text) < 100_000


@pytest.mark.parametrize("name", sorted(path.stem for path in FOREIGN.glob("*.bpmn")))
def test_foreign_drawings_become_drafts(visit, city, name):
    answer = visit("system_admin").post(NEW, data=file((FOREIGN / f"{name}.bpmn").read_bytes(), name=f"{name}.bpmn"))
    assert answer.status_code == 303
    assert visit("system_admin").get(answer.location).status_code == 200


def test_a_city_gives_its_drawing_out_for_other_tools(visit, city):
    address = f"/studio/versions/{definitions.active('standard_case').id}/bpmn"
    text = visit("system_admin").get(address).text
    assert "CityLoop" in text
    assert importing.read(text).losses == ()
    assert visit("system_admin").get("/studio/versions/999/bpmn").status_code == 404
