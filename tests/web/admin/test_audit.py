import re

from engine.kit.config import ROOT
from engine.simulation import month
from web.admin import details, wording

RECORDED = re.compile(r'(?:record|announce)\(\s*"([a-z_]+\.[a-z_]+)"')
OBJECT = re.compile(r'object_kind="([a-z_]+)"')


def test_records_are_read_by_person_act_and_day(visit, city):
    visit("system_admin").post("/admin/people/new", data={"username": "ma.li", "name": "马丽"})
    auditor = visit("audit_admin")
    page = auditor.get("/admin/audit?user_name=系统管理员&action=user.hired").text
    assert "ma.li" in page
    assert "collector.chen" not in page
    assert "collector.chen" in auditor.get("/admin/audit?since=2026-01-05&until=2026-01-05").text


def test_a_day_that_is_none_asks_for_all(visit, city):
    assert visit("audit_admin").get("/admin/audit?since=yesterday").status_code == 200


def test_every_act_on_record_and_what_it_was_done_to_has_a_name():
    program = "".join(path.read_text() for floor in ("engine", "web") for path in (ROOT / floor).rglob("*.py"))
    assert set(RECORDED.findall(program)) <= wording.ACTS.keys()
    assert set(OBJECT.findall(program)) <= wording.OBJECTS.keys()
    assert {month.BEGUN, month.ENDED} <= wording.ACTS.keys()


def test_what_was_done_is_told_as_text(visit, city):
    visit("system_admin").post("/admin/people/new", data={"username": "ma.li", "name": "马丽"})
    page = visit("audit_admin").get("/admin/audit?action=user.hired").text
    assert "\\u" not in page
    assert "<pre>{" not in page


def test_details_are_lines_of_names_and_values():
    detail = {
        "name": "马丽",
        "roles": ["clerk", "chief"],
        "limit": {"before": None, "after": 3},
        "moved": [{"ok": True}],
    }
    told = [
        "name: 马丽",
        "roles: clerk, chief",
        "limit:",
        "  before: –",
        "  after: 3",
        "moved:",
        "  1:",
        "    ok: true",
    ]
    assert details.readable(detail).splitlines() == told
