"""The calendar office through HTTP: drafts, previews, applying, progress, workbooks; every refusal says why."""

import re
from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook

from engine.access.actors import SYSTEM
from engine.calendars import drafting, queries
from engine.calendars.excel import LAYOUT
from engine.calendars.working_time import Limit, Unit
from engine.deadlines import clocks, jobs
from engine.deadlines.models import Clock, Recalculation
from engine.kit import clock
from engine.kit.db import db, unit_of_work
from engine.kit.spreadsheets import write
from tests.stories import Story

DAY = "2026-06-30"


@pytest.fixture
def admin(visit):
    return visit("system_admin")


@pytest.fixture
def page(city):
    return f"/admin/calendars/{queries.find().id}"


def revision():
    db.session.rollback()
    return drafting.revision_of(queries.find())


def planned(day: str):
    db.session.rollback()
    return drafting.plan(queries.find()).days.get(date.fromisoformat(day))


def enter(admin, page, day=DAY, **values):
    return admin.post(f"{page}/days/{day}", data={"kind": "off", "revision": revision(), **values})


def apply(admin, page):
    answer = surely(admin, f"{page}/draft/application")
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def surely(admin, address):
    return admin.post(address, data={"revision": revision(), "is_sure": "1"})


def run_workers():
    db.session.rollback()
    while jobs.run_due(clock.now()):
        db.session.rollback()


def test_a_day_is_clicked_and_lies_in_the_draft_until_it_is_applied(admin, page):
    assert f'href="{page}/days/{DAY}"' in admin.get(f"{page}?year=2026").text
    assert enter(admin, page, note="停电检修").status_code == 303
    shown = admin.get(f"{page}?year=2026").text
    assert "停电检修" in shown
    assert "is-drafted" in shown
    assert date.fromisoformat(DAY) not in queries.plan(queries.find()).days
    apply(admin, page)
    db.session.rollback()
    assert queries.plan(queries.find()).days[date.fromisoformat(DAY)].note == "停电检修"
    enter(admin, page, kind="weekday")
    assert planned(DAY) is None


def test_what_is_wrong_stands_beside_its_field(admin, page):
    worked = enter(admin, page, kind="work", hours="morning")
    assert worked.status_code == 422
    assert 'id="error-hours"' in worked.text
    needless = enter(admin, page, kind="work")
    assert 'id="error-kind"' in needless.text
    assert admin.get(f"{page}/days/yesterday").status_code == 404


def test_two_administrators_lose_nothing(admin, page, visit):
    seen = revision()
    enter(admin, page, "2026-06-29")
    late = visit("system_admin", language="en").post(
        f"{page}/days/{DAY}", data={"kind": "off", "note": "停电检修", "revision": seen}
    )
    assert late.status_code == 422
    assert "has changed this draft since you opened the page" in late.text
    assert "停电检修" in late.text
    assert f'name="revision" value="{revision()}"' in late.text
    assert planned("2026-06-29") is not None


def test_weekly_hours_and_seasons(admin, page):
    days = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "9:00-12:00 13:00-17:00")
    assert admin.post(f"{page}/hours", data=days | {"revision": revision()}).status_code == 303
    season = {"season_from": "06-01", "season_to": "09-30"}
    assert admin.post(f"{page}/seasons/new", data=days | season | {"revision": revision()}).status_code == 303
    overlapping = {"season_from": "09-01", "season_to": "10-15"}
    refused = admin.post(f"{page}/seasons/new", data=days | overlapping | {"revision": revision()})
    assert 'id="error-season_from"' in refused.text
    moved = {"season_from": "06-15", "season_to": "09-15"}
    assert admin.post(f"{page}/seasons/06-01_09-30", data=days | moved | {"revision": revision()}).status_code == 303
    assert "06-15" in admin.get(f"{page}/hours").text
    assert admin.get(f"{page}/seasons/06-15_09-15").status_code == 200
    admin.post(f"{page}/seasons/06-15_09-15/removal", data={"revision": revision()})
    assert [week.season for week in drafting.plan(queries.find()).weeks] == [None]
    empty = admin.post(f"{page}/hours", data={"revision": revision()})
    assert 'id="error-monday"' in empty.text


def test_a_year_is_published_when_its_notice_is_entered(admin, page, visit):
    early = visit("system_admin", language="en").post(f"{page}/years/2027", data={"revision": revision()})
    assert early.status_code == 409
    assert "No holiday of 2027 has been entered" in early.text
    enter(admin, page, "2027-01-01", note="元旦")
    admin.post(f"{page}/years/2027", data={"revision": revision()})
    apply(admin, page)
    db.session.rollback()
    assert 2027 in queries.plan(queries.find()).published
    surely(admin, f"{page}/years/2027/removal")
    apply(admin, page)
    db.session.rollback()
    assert 2027 not in queries.plan(queries.find()).published


def test_before_a_year_is_removed_the_page_says_how_many_run_into_it(page, visit, city):
    now = clock.now()
    with unit_of_work():
        clocks.start("paper", 1, "handling", Limit(3, Unit.working_days), at=now, by=SYSTEM)
    year = db.session.query(Clock).one().due_at.year
    text = visit("system_admin", language="en").get(f"{page}?year={year}").text
    assert f"1 open time limits run into {year} or beyond" in text


def test_a_preview_and_a_recalculation_tell_their_figures(admin, page, city, visit):
    story = Story(city).filed().signed()
    before = story.case.due_at
    day = before.astimezone(queries.working().zone).date().isoformat()
    enter(admin, page, day, note="停电检修")
    with clock.fixed(story.now):
        preview = admin.post(f"{page}/draft/preview", data={"revision": revision()}).headers["Location"]
        running = admin.get(preview).text
        assert 'hx-trigger="every 1s"' in running
        assert "<progress" in running
        run_workers()
        done = visit("system_admin", language="en").get(preview, headers={"HX-Request": "true"}).text
        assert "hx-trigger" not in done
        assert story.case.number in done
        assert "<html" not in done
        assert story.case.due_at == before
        applied = apply(admin, page)
        run_workers()
    db.session.expire_all()
    assert story.case.due_at > before
    assert story.case.number in admin.get(applied).text


def test_a_recalculation_is_cancelled_and_continued(admin, page):
    enter(admin, page)
    where = apply(admin, page)
    assert admin.post(f"{where}/cancellation").status_code == 303
    assert db.session.query(Recalculation).one().state == "cancelled"
    assert admin.post(f"{where}/cancellation").status_code == 409
    assert where in admin.get(page).text
    assert admin.post(f"{where}/continuation").status_code == 303
    run_workers()
    assert admin.post(f"{where}/continuation").status_code == 409


def test_a_draft_is_discarded(admin, page):
    enter(admin, page)
    surely(admin, f"{page}/draft/removal")
    assert planned(DAY) is None
    assert admin.post(f"{page}/draft/preview").status_code == 409
    assert surely(admin, f"{page}/draft/application").status_code == 409


@pytest.mark.parametrize("act", ["draft/application", "draft/removal", "years/2026/removal"])
def test_a_grave_act_without_its_tick_asks_and_sends_the_revision_along(admin, page, act):
    enter(admin, page)
    asked = admin.post(f"{page}/{act}", data={"revision": revision()})
    assert asked.status_code == 422
    assert 'name="is_sure"' in asked.text
    assert f'<input type="hidden" name="revision" value="{revision()}">' in asked.text
    assert planned(DAY) is not None
    assert surely(admin, f"{page}/{act}").status_code == 303


def test_further_calendars(admin, page):
    made = admin.post("/admin/calendars/new", data={"name": "夜班日历", "time_zone": "Asia/Urumqi"})
    assert made.status_code == 303
    assert "夜班日历" in admin.get(page).text
    again = admin.post("/admin/calendars/new", data={"name": "夜班日历", "time_zone": "Moon/Base"})
    assert 'id="error-name"' in again.text
    nowhere = admin.post("/admin/calendars/new", data={"name": "月球日历", "time_zone": "Moon/Base"})
    assert 'id="error-time_zone"' in nowhere.text


def test_a_year_goes_out_as_a_workbook_and_comes_in_again(admin, page):
    answer = admin.get(f"{page}/workbook?year=2026")
    rows = [row for row in load_workbook(BytesIO(answer.data)).active.iter_rows(min_row=2, values_only=True) if row[0]]
    assert rows[0][0] == "2026-01-01"
    came_back = send(admin, page, BytesIO(answer.data), year=2026)
    assert came_back.status_code == 303
    db.session.rollback()
    assert drafting.differences(queries.find()) == []


def test_a_notice_is_imported_into_the_draft(admin, page):
    notice = workbook(
        {"date": date(2027, 1, 1), "kind": "off", "note": "元旦"},
        {"date": date(2027, 1, 3), "kind": "work", "hours": "9:00-12:00", "note": "元旦调休上班"},
    )
    assert send(admin, page, notice, year=2027).status_code == 303
    assert planned("2027-01-03").segments == ((540, 720),)


def test_each_bad_cell_is_named_and_nothing_is_changed(page, visit):
    notice = workbook(
        {"date": date(2027, 1, 1), "kind": "off"},
        {"date": date(2026, 1, 3), "kind": "off"},
        {"date": date(2027, 1, 1), "kind": "off"},
        {"date": date(2027, 1, 5), "kind": "work", "hours": "9-12"},
        {"date": date(2027, 1, 6), "kind": "off", "hours": "9:00-12:00"},
    )
    answer = send(visit("system_admin", language="en"), page, notice, year=2027)
    assert answer.status_code == 422
    for line in (3, 4, 5, 6):
        assert f"line {line}, " in answer.text
    assert planned("2027-01-01") is None
    needless = workbook({"date": date(2027, 1, 5), "kind": "work"})
    assert "is a working day already" in send(visit("system_admin", language="en"), page, needless, year=2027).text


def test_a_missing_year_is_told_on_every_page_of_whoever_may_enter_it(app, visit, at):
    with clock.fixed(at("2026-10-02 09:00")):
        assert re.search(r"notice-warning.*2027", visit("system_admin").get("/admin/people").text, re.S)
        assert "2027" not in visit("audit_admin").get("/admin/audit").text
    with clock.fixed(at("2026-09-02 09:00")):
        assert "notice-warning" not in visit("system_admin").get("/admin/people").text


@pytest.mark.parametrize("has_draft", [True, False])
def test_the_page_costs_few_statements(admin, page, statements, has_draft):
    if has_draft:
        enter(admin, page)
        admin.post(f"{page}/draft/preview", data={"revision": revision()})
    admin.get(page)
    with statements() as seen:
        admin.get(page)
    assert len(seen) <= 12, "\n".join(seen)


def workbook(*rows):
    stream = BytesIO()
    write(stream, [(LAYOUT, rows)], "zh_Hans_CN")
    stream.seek(0)
    return stream


def send(admin, page, stream, *, year):
    address = f"{page}/import?year={year}&revision={revision()}"
    return admin.post(address, data={"file": (stream, "year.xlsx")}, content_type="multipart/form-data")
