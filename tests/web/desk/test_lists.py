"""My work and the list of cases, through their pages."""

from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, update

from engine.audit.models import AuditRecord
from engine.cases.models import SavedSearch, Source
from engine.cases.reporting import Reporter
from engine.kit.db import db, unit_of_work
from engine.process.models import OpenTask
from tests.stories import Story, photo


def test_my_work_shows_what_waits_for_me_and_nothing_else(city, visit):
    story = Story(city).report()
    assert story.case.number in visit("li").get("/desk/work").text
    assert story.case.number not in visit("zhao").get("/desk/work").text


def test_queues_count_what_they_open(city, visit):
    Story(city).report()
    Story(city).report()
    page = visit("li").get("/desk/work?queue=accept").text
    assert page.count('class="list-title"') == 2


def test_words_of_two_characters_find_a_case(city, visit):
    story = Story(city).report(description="人行道井盖松动有异响", place="望江路12号")
    for words in ("井盖", "异响", "望江路", story.case.number, "井盖 松动"):
        assert story.case.number in visit("li").get("/desk/cases", query_string={"q": words}).text, words
    assert story.case.number not in visit("li").get("/desk/cases", query_string={"q": "路灯"}).text


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-02-30", "yesterday"])
def test_a_day_that_cannot_be_asked_for_narrows_nothing(city, visit, day):
    story = Story(city).report()
    page = visit("li").get(f"/desk/cases?from={day}").text
    assert story.case.number in page or day == "9999-12-31"
    assert visit("li").get(f"/desk/cases?from={day}&until={day}").status_code == 200
    assert visit("audit_admin").get(f"/admin/audit?since={day}&until={day}").status_code == 200


@pytest.mark.parametrize("sign", ["%", "_", "%%", "\\", "'", "*"])
def test_a_sign_is_no_word_and_finds_no_case(city, visit, sign):
    story = Story(city).report()
    visitor = visit("li", language="en")
    for where in ("/desk/cases", "/desk/work"):
        assert story.case.number not in visitor.get(where, query_string={"q": sign}).text
    assert story.case.number not in visitor.get("/desk/cases", query_string={"place": sign}).text
    assert "Only letters and digits" in visitor.get("/desk/cases", query_string={"q": sign}).text


def test_words_are_found_as_they_were_typed_not_in_pieces(city, visit):
    story = Story(city).report(description="井盖松动，锅盖丢失")
    assert story.case.number not in visit("li").get("/desk/cases", query_string={"q": "井盖丢"}).text
    assert story.case.number in visit("li").get("/desk/cases", query_string={"q": "井盖 丢失"}).text


def test_words_and_a_place_narrow_together(city, visit):
    near = Story(city).report(description="人行道井盖松动", place="望江路12号")
    far = Story(city).report(description="人行道井盖松动", place="滨河路3号")
    other = Story(city).report(description="路灯不亮", place="望江路12号")
    page = visit("li").get("/desk/cases", query_string={"q": "井盖", "place": "望江路"}).text
    assert near.case.number in page
    assert far.case.number not in page
    assert other.case.number not in page


def test_words_narrow_my_work(city, visit):
    story = Story(city).report(description="人行道井盖松动有异响")
    for words in ("井盖", "井盖松动", "井盖 异响"):
        assert story.case.number in visit("li").get("/desk/work", query_string={"q": words}).text, words
    for words in ("路灯", "井盖异响"):
        assert story.case.number not in visit("li").get("/desk/work", query_string={"q": words}).text, words


def test_words_find_only_what_one_may_see(city, visit):
    story = Story(city).filed(description="人行道井盖松动有异响")
    other = "parks_clerk" if story.case.department.code != "landscaping" else "clerk"
    for words in ("井盖", "井盖松动"):
        page = {"q": words}
        assert story.case.number in visit("chen").get("/desk/cases", query_string=page).text, words
        own = visit(f"clerk.{story.case.department.code}").get("/desk/cases", query_string=page).text
        assert story.case.number in own, words
        assert story.case.number not in visit(other).get("/desk/cases", query_string=page).text, words


def test_a_department_sees_its_own_cases_only(city, visit):
    story = Story(city).filed()
    other = "parks_clerk" if story.case.department.code != "landscaping" else "clerk"
    assert story.case.number in visit(f"clerk.{story.case.department.code}").get("/desk/cases").text
    assert story.case.number not in visit(other).get("/desk/cases").text


def test_the_rows_seen_are_exported(city, visit):
    story = Story(city).report(description="=cmd()|'/c calc'!A1 井盖丢失")
    answer = visit("wang").get("/desk/cases.xlsx?state=open")
    sheet = load_workbook(BytesIO(answer.data)).active
    rows = list(sheet.iter_rows(min_row=2))
    assert [row[0].value for row in rows] == [story.case.number]
    assert rows[0][1].data_type == "s"


def test_a_search_is_kept_and_forgotten(city, visit):
    li = visit("li")
    li.post("/desk/saved-searches", data={"name": "超期在办", "query": "lamp=red&state=open", "page_name": "cases"})
    page = li.get("/desk/cases").text
    assert "超期在办" in page
    assert "lamp=red" in page


def test_a_page_of_work_and_a_page_of_cases_cost_few_statements(city, visit, statements):
    for _ in range(3):
        Story(city).report()
    li = visit("li")
    for address in ("/desk/work", "/desk/cases?q=垃圾"):
        li.get(address)
        with statements() as seen:
            li.get(address)
        assert len(seen) <= 12, "\n".join(seen)


def test_an_export_is_on_record_with_what_was_asked_for_but_not_the_words(city, visit):
    Story(city).report()
    assert (
        visit("wang").get("/desk/cases.xlsx?state=open&q=13800001234&place=x&13800001234=1&page=2").status_code == 200
    )
    record = db.session.scalars(select(AuditRecord).where(AuditRecord.action == "cases.exported")).one()
    assert record.user_name == city.wang.name
    assert record.detail == {"rows": 0, "filters": ["place", "q", "state"]}


def test_a_kept_search_of_somebody_else_stays(city, visit):
    visit("li").post("/desk/saved-searches", data={"name": "李的搜索", "query": "lamp=red", "page_name": "cases"})
    kept = db.session.scalars(select(SavedSearch)).one()
    visit("wang").post(f"/desk/saved-searches/{kept.id}/removal", data={"page_name": "cases"})
    assert "李的搜索" in visit("li").get("/desk/cases").text
    assert "李的搜索" not in visit("wang").get("/desk/cases").text


def test_nothing_that_lists_cases_holds_a_citizens_number(city, visit):
    reporter = Reporter("王小芳", "13800001234")
    said = "王小芳13800001234反映垃圾"
    Story(city).report("sun", source=Source.hotline, photos=(), description=said, reporter=reporter)
    Story(city).report(description="另一处垃圾")
    li, zhao = visit("li"), visit("zhao")
    for path in ("/desk/cases", "/desk/work", "/desk/cases.geojson", "/desk/map", "/desk/cases/1", "/desk/cases/2"):
        text = li.get(path).text
        assert "13800001234" not in text, path
        assert "王小芳" not in text, path
    sheet = load_workbook(BytesIO(zhao.get("/desk/cases.xlsx").data)).active
    assert not [cell for row in sheet.iter_rows(values_only=True) for cell in row if "13800001234" in str(cell)]


def test_a_list_tells_the_step_that_is_due_before_handling_begins_and_a_dash_after_an_end(city, visit):
    story = Story(city).report()
    li = visit("li", language="en")
    page = li.get("/desk/cases").text
    assert "over</time>" in page, "the acceptor's own clock ran, long ago"
    assert story.case.number in li.get("/desk/cases?lamp=unlit").text
    assert story.case.number not in li.get("/desk/cases?lamp=grey").text
    story.do("li", "rejection", reason="untrue", note="现场无此问题")
    assert story.case.clock_state == "none"
    page = li.get("/desk/cases").text
    assert story.case.number in page
    assert "over</time>" not in page
    assert "not begun</" not in page.split('class="list-sheet"')[1]
    assert story.case.number not in li.get("/desk/cases?lamp=unlit").text


def test_a_step_without_a_time_limit_is_not_called_suspended(city, visit):
    story = Story(city).report(is_self_handled=True, after_photos=(photo("green"),))
    assert story.waiting == {"review_self_handling"}
    with unit_of_work():
        # As where an administrator has drawn it without a clock.
        review = update(OpenTask).where(OpenTask.node == "review_self_handling")
        db.session.execute(review.values(due_at=None, amber_at=None))
    li = visit("li", language="en")
    rows = li.get("/desk/work").text.split('class="list-sheet"')[1]
    assert "no time limit" in rows
    assert "Suspended" not in rows
    assert story.case.number in li.get("/desk/work?lamp=unlit").text
    assert story.case.number not in li.get("/desk/work?lamp=grey").text


def test_maps_tell_cases_without_a_clock_from_suspended_ones(city, visit):
    Story(city).report()
    points = visit("li").get("/desk/cases.geojson").json["features"]
    assert [point["properties"]["lamp"] for point in points] == ["unlit"]
    for page in (visit("li").get("/desk/map").text, visit("zhou").get("/supervision/wall").text):
        assert "未起算" in page
