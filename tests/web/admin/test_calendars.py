from datetime import date

from engine.calendars import queries


def test_an_exception_is_entered_and_removed(visit, city):
    admin, standard = visit("system_admin"), queries.find()
    page = f"/admin/calendars/{standard.id}"
    answer = admin.post(page, data={"date": "2026-06-30", "kind": "off", "note": "停电检修"})
    assert answer.status_code == 303
    assert [one.note for one in queries.exceptions(standard.id, 2026) if one.date == date(2026, 6, 30)] == ["停电检修"]
    assert "停电检修" in admin.get(f"{page}?year=2026").text
    admin.post(f"{page}/exceptions/2026-06-30/removal")
    assert not [one for one in queries.exceptions(standard.id, 2026) if one.date == date(2026, 6, 30)]


def test_a_date_that_is_none_stands_beside_its_field(visit, city):
    page = f"/admin/calendars/{queries.find().id}"
    answer = visit("system_admin").post(page, data={"date": "30 June", "kind": "off"})
    assert answer.status_code == 422
    assert 'id="error-date"' in answer.text


def test_a_year_is_published(visit, city):
    standard = queries.find()
    visit("system_admin").post(f"/admin/calendars/{standard.id}/years/2031")
    assert 2031 in [one.year for one in queries.published_years(standard.id)]
