from sqlalchemy import select

from engine.dispatch_rules.models import ConfirmedOwnership
from engine.kit.db import db
from tests.stories import category


def values(city, **changed):
    given = {
        "category_id": category().id,
        "street_code": "640902001",
        "department_id": city.parks.id,
        "basis": "联席会议",
        "minutes_number": "2026-3",
        "valid_from": "2026-03-01",
    }
    return given | changed


def only():
    db.session.expire_all()
    return db.session.scalars(select(ConfirmedOwnership)).one()


def test_it_is_written_down_listed_and_ended(visit, city):
    admin = visit("system_admin")
    assert admin.post("/admin/authority/ownership/new", data=values(city)).status_code == 303
    row = only()
    page = admin.get("/admin/authority/ownership").text
    assert "2026-3" in page
    assert "园林" in page
    address = f"/admin/authority/ownership/{row.id}/end"
    assert admin.get(address).status_code == 200
    assert admin.post(address, data={}).status_code == 422
    assert admin.post(address, data={"reason": "产权移交"}).status_code == 303
    assert (only().end_reason, only().ended_by_id) == ("产权移交", city.system_admin.id)
    assert "2026-3" not in admin.get("/admin/authority/ownership").text
    assert "产权移交" in admin.get("/admin/authority/ownership?ended=1").text
    # Ended twice, from a second window: said on the form.
    again = admin.post(address, data={"reason": "再次"})
    assert again.status_code == 422
    assert only().end_reason == "产权移交"


def test_a_second_one_for_the_same_is_refused_beside_the_form(visit, city):
    admin = visit("system_admin")
    admin.post("/admin/authority/ownership/new", data=values(city))
    again = admin.post("/admin/authority/ownership/new", data=values(city, department_id=city.sanitation.id))
    assert again.status_code == 422
    assert only().department_id == city.parks.id


def test_neither_nothing_nor_everything_is_confirmed(visit, city):
    admin = visit("system_admin")
    assert admin.post("/admin/authority/ownership/new", data=values(city, street_code="")).status_code == 422
    assert admin.post("/admin/authority/ownership/new", data=values(city, component_code="1")).status_code == 422
    assert db.session.scalars(select(ConfirmedOwnership)).all() == []


def test_one_that_is_not_there_is_not_found(visit):
    assert visit("system_admin").get("/admin/authority/ownership/999/end").status_code == 404


def test_a_rehearsal_names_it(visit, city):
    lng, lat = city.spot
    admin = visit("system_admin")
    admin.post("/admin/authority/ownership/new", data=values(city))
    page = admin.get(f"/admin/authority/rehearsal?category={category().id}&lng={lng}&lat={lat}").text
    assert "2026-3" in page
