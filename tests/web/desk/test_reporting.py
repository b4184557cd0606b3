"""Problems come in: a collector's report with photos and place, a citizen's call, and what is refused."""

from io import BytesIO

from sqlalchemy import select

from engine.cases.models import Case, CaseReporter, Source, Stage
from engine.kit.db import db
from tests.stories import category, photo


def picture(colour="grey"):
    upload = photo(colour)
    return upload.stream, upload.filename


def place(city):
    return "{:.6f},{:.6f}".format(*city.spot)


def report(city, **changes):
    return {
        "category_id": category().id,
        "description": "路边有暴露垃圾一处",
        "point": place(city),
        "source": "patrol",
        "photos": [picture(), picture("tan")],
    } | changes


def cases():
    return db.session.scalars(select(Case)).all()


def test_a_collector_reports_with_photos(city, visit):
    chen = visit("chen")
    assert chen.get("/desk/reports/new").status_code == 200
    answer = chen.post("/desk/reports/new", data=report(city))
    assert answer.status_code == 303, answer.text
    (case,) = cases()
    assert (case.stage, case.photo_count) == (Stage.reported, 2)
    assert case.unit_grid_id is not None
    assert case.number in chen.get(answer.headers["Location"]).text


def test_what_was_put_right_already_shows_before_and_after(city, visit):
    values = report(city, is_self_handled="1", self_handled_places="3", after_photos=[picture("green")])
    assert visit("chen").post("/desk/reports/new", data=values).status_code == 303
    (case,) = cases()
    assert case.is_self_handled
    assert case.photo_count == 3


def test_beyond_what_he_may_put_right_the_sentence_stands_beside_the_box_and_nothing_typed_is_lost(city, visit):
    values = report(city, is_self_handled="1", self_handled_places="2", place="望江路12号")
    wrong = {
        "is_self_handled": {"category_id": category(code="0409").id, "after_photos": [picture("green")]},
        "self_handled_places": {"self_handled_places": "11", "after_photos": [picture("green")]},
        "after_photos": {"after_photos": [picture()]},
    }
    chen = visit("chen")
    for field, change in wrong.items():
        answer = chen.post("/desk/reports/new", data=report(city, **{**values, **change, "photos": [picture()]}))
        assert answer.status_code == 422, field
        assert f'id="error-{field}"' in answer.text, field
        assert "望江路12号" in answer.text
        assert answer.text.count("checked") >= 2
    assert not cases()
    ordinary = report(city, category_id=category(code="0409").id, self_handled_places="2")
    assert chen.post("/desk/reports/new", data=ordinary).status_code == 303
    assert not cases()[0].is_self_handled


def test_an_urgent_report_goes_to_its_department_at_once(city, visit):
    values = report(city, source="leader", is_urgent="1")
    chen = visit("chen")
    assert 'id="error-department_id"' in chen.post("/desk/reports/new", data=values).text
    answer = chen.post("/desk/reports/new", data=report(city, is_urgent="1", department_id=city.sanitation.id))
    assert answer.status_code == 303
    (case,) = cases()
    assert case.department_id == city.sanitation.id


def test_a_call_keeps_the_caller_apart(city, visit):
    values = {
        "description": "小区门口垃圾桶满溢",
        "place": "锦绣花园东门",
        "category_id": category().id,
        "reporter_phone": "13800001234",
        "reporter_name": "王女士",
        "wants_call_back": "1",
    }
    sun = visit("sun")
    answer = sun.post("/desk/calls/new", data=values)
    assert answer.status_code == 303, answer.text
    (case,) = cases()
    assert case.source == Source.hotline
    assert db.session.get(CaseReporter, case.id).phone == "13800001234"
    assert "13800001234" not in sun.get(answer.headers["Location"]).text


def test_the_same_page_sent_twice_is_one_report(city, visit):
    chen = visit("chen")
    for _ in range(2):
        assert chen.post("/desk/reports/new", data=report(city, page_number="a" * 32)).status_code == 303
    assert len(cases()) == 1


def test_what_cannot_be_accepted_is_said_beside_its_field_and_the_text_stays(city, visit):
    chen = visit("chen")
    wrong = {
        "category_id": {"category_id": "99999999"},
        "point": {"point": "116.397,39.908"},
        "photos": {"photos": [(BytesIO(b"<html>no photo</html>"), "photo.jpg")]},
        "description": {"description": "垃"},
    }
    for field, change in wrong.items():
        answer = chen.post("/desk/reports/new", data=report(city, place="望江路12号", **change))
        assert answer.status_code == 422, field
        assert f'id="error-{field}"' in answer.text, field
        assert "望江路12号" in answer.text
    assert chen.post("/desk/reports/new", data=report(city, photos=[])).status_code == 422
    assert not cases()


def test_a_flood_of_bytes_is_refused_in_words(city, visit):
    flood = BytesIO(b"\xff\xd8" + b"\0" * 200 * 1024 * 1024)
    answer = visit("chen").post("/desk/reports/new", data=report(city, photos=[(flood, "photo.jpg")]))
    assert answer.status_code == 413
    assert "20 MB" in answer.text
    assert not cases()


def test_components_near_the_place_are_offered(city, visit):
    page = visit("chen").get("/desk/components", query_string={"point": place(city)})
    assert page.status_code == 200
    assert "group-component_id" in page.text


def test_only_those_who_report_may(city, visit):
    assert visit("clerk").get("/desk/reports/new").status_code == 403
    assert visit("chen").get("/desk/calls/new").status_code == 403


def test_the_city_is_drawn_from_its_own_outlines(city, visit):
    chen = visit("chen")
    whole = chen.get("/desk/grids").json
    lng, lat = city.spot
    near = chen.get(f"/desk/grids?box={lng - 0.001},{lat - 0.001},{lng + 0.001},{lat + 0.001}").json
    assert whole["type"] == near["type"] == "FeatureCollection"
    assert any(one["properties"].get("code") for one in near["features"])
    assert chen.get("/desk/grids?box=a,b").status_code == 422


def test_the_summary_names_the_field_of_a_refused_file_once(city, visit):
    broken = (BytesIO(b"no picture at all"), "t.jpg")
    page = visit("chen", language="en").post("/desk/reports/new", data=report(city, photos=[broken])).text
    summary = page.split('class="form-summary"')[1].split("</ul>")[0]
    assert summary.count("#field-photos") == 1
    assert "was not accepted: " in summary
