from io import BytesIO

import openpyxl

from engine.catalog import queries
from engine.catalog.models import CodeSystem


def cover():
    return queries.by_code(CodeSystem.gbt_2013, "component", "0102")


def condition(**changed):
    limits = {"limit_value": "6", "limit_unit": "working_hours", "clock": "working"}
    return {"text": "井盖松动", **limits, "is_active": "1", **changed}


def test_a_category_is_found_by_its_initials(visit, city):
    page = visit("system_admin").get("/admin/catalogue?q=wsjg").text
    assert "污水井盖" in page


def test_a_filing_condition_is_added_and_changed(visit, city):
    admin = visit("system_admin")
    assert admin.post(f"/admin/catalogue/{cover().id}/conditions/new", data=condition()).status_code == 303
    added = queries.conditions_of(cover().id)[-1]
    assert (added.text, added.limit_a, added.limit_c) == ("井盖松动", 6, 6)
    admin.post(f"/admin/catalogue/conditions/{added.id}", data=condition(limit_value="8", limit_b="12"))
    changed = queries.condition(added.id)
    assert (changed.limit_value, changed.limit_a, changed.limit_b) == (8, 8, 12)


def test_a_limit_of_nothing_is_refused(visit, city):
    page = f"/admin/catalogue/{cover().id}/conditions/new"
    assert visit("system_admin").post(page, data=condition(limit_value="0")).status_code == 422


def test_the_catalogue_goes_out_and_comes_in_again(visit, city):
    admin = visit("system_admin")
    workbook = admin.get("/admin/catalogue/workbook").data
    answer = admin.post("/admin/catalogue/import", data={"file": (BytesIO(workbook), "catalogue.xlsx"), "try": "1"})
    assert answer.status_code == 200
    answer = admin.post("/admin/catalogue/import", data={"file": (BytesIO(workbook), "catalogue.xlsx")})
    assert answer.status_code == 303


def test_every_bad_cell_is_named_and_nothing_changes(visit, city):
    admin = visit("system_admin")
    book = openpyxl.load_workbook(BytesIO(admin.get("/admin/catalogue/workbook").data))
    sheet = book.worksheets[1]
    headings = [cell.value for cell in sheet[1]]
    sheet.cell(row=3, column=headings.index("时限") + 1 if "时限" in headings else 6, value="soon")
    stream = BytesIO()
    book.save(stream)
    stream.seek(0)
    answer = admin.post("/admin/catalogue/import", data={"file": (stream, "catalogue.xlsx")})
    assert answer.status_code == 422
    assert "3" in answer.text.split("form-summary")[1]


def test_without_a_file_the_page_asks_for_one(visit, city):
    assert visit("system_admin").post("/admin/catalogue/import", data={}).status_code == 422
