"""Decision tables in the browser's words: edited, refused, published, explained; by those who may."""

from io import BytesIO

import pytest

from engine.decisions import asking, queries
from engine.decisions.content import from_json
from engine.kit.db import db
from tests.stories import Story
from tests.web.desk.test_statements import walk

SURE = {"is_sure": "1"}
FORM = {
    "hit_policy": "unique",
    "input": ["category", "is_urgent"],
    "rows": "1",
    "row.1.0": "0110，0111",
    "row.1.1": "",
    "row.1.out.value": "6",
    "row.1.out.unit": "working_hours",
    "row.1.note": "夏季",
    "examples": "1",
    "example.1.name": "暴露垃圾",
    "example.1.fact.category": "0110",
    "example.1.fact.is_urgent": "false",
    "example.1.out.value": "6",
    "example.1.out.unit": "working_hours",
    "revision": "1",
}
PUBLISH = {"note": "夏季时限", "has_read": "1"}


@pytest.fixture
def begin(visit):
    def begin_(decision="handling_limit"):
        browser = visit("system_admin")
        answer = browser.post(f"/studio/tables/{decision}/drafts")
        assert answer.status_code == 303
        return browser, answer.location

    return begin_


def saved(address):
    return from_json(queries.get(int(address.rpartition("/")[2])).content)


def test_a_table_is_typed_put_in_force_asked_and_explained(begin, visit, city):
    browser, address = begin()
    answer = browser.post(f"{address}/revisions", data=FORM)
    assert answer.status_code == 303
    assert saved(address).rows[0].tests == ('"0110", "0111"', "-")
    page = browser.get(address).text
    assert "符合预期" in page
    assert "没有任何行适用于" in page
    assert '<option value="0110">0110 ' in page, "codes are proposed with their names"
    assert "暴露垃圾 (事件)" in page
    published = browser.post(f"{address}/publication", data=FORM | PUBLISH | {"revision": "2"})
    assert published.status_code == 303, published.text
    assert "第 1 版" in browser.get(published.location).text
    story = Story(city).filed()
    assert (story.case.limit_value, story.case.limit_unit) == (6, "working_hours")
    told = visit("wang", language="en").get(f"/desk/cases/{story.case_id}/decisions").text
    assert "Time limit of handling: 6 working hours" in told
    assert "row 1 applied." in told
    assert "<code>&#34;0110&#34;, &#34;0111&#34;</code>" in told
    assert f'href="/desk/cases/{story.case_id}/decisions"' in visit("wang").get(f"/desk/cases/{story.case_id}").text
    assert visit("parks_clerk").get(f"/desk/cases/{story.case_id}/decisions").status_code == 404
    assert "决策表" in visit("system_admin").get("/admin/catalogue").text


def test_buttons_add_move_and_remove_and_lead_back_to_the_place(begin):
    browser, address = begin()
    two = FORM | {"do": "add-row:1"}
    assert browser.post(f"{address}/revisions", data=two).location == f"{address}#row-2"
    grown = FORM | {"revision": "2", "rows": "2", "row.2.0": "0112", "do": "raise-row:2"}
    assert browser.post(f"{address}/revisions", data=grown).location == f"{address}#row-1"
    assert [row.tests[0] for row in saved(address).rows] == ['"0112"', '"0110", "0111"']
    less = FORM | {"revision": "3", "do": "remove-input:2"}
    assert browser.post(f"{address}/revisions", data=less).status_code == 303
    assert saved(address).inputs == ("category",)
    more = FORM | {"revision": "4", "input": ["category"], "do": "add-input:", "new_input": "month"}
    browser.post(f"{address}/revisions", data=more)
    browser.post(f"{address}/revisions", data=FORM | {"revision": "5", "do": "remove-example:1"})
    assert saved(address).examples == ()
    assert (
        browser.post(f"{address}/revisions", data=FORM | {"revision": "6", "do": "drop-database:1"}).status_code == 303
    )


def test_what_is_wrong_stands_beside_its_cell_and_keeps_it_from_being_put_in_force(begin):
    browser, address = begin()
    wrong = FORM | {"row.1.1": "maybe", "row.1.out.value": "-3", "row.1.note": '"><script>alert(1)</script>'}
    refused = browser.post(f"{address}/publication", data=wrong | PUBLISH)
    assert refused.status_code == 422
    assert "请填写 true 或 false" in refused.text
    assert 'value="maybe"' in refused.text
    assert 'id="error-row.1.1"' in refused.text
    assert "<script>alert(1)" not in refused.text
    assert "夏季时限" in refused.text, "nothing typed is lost"
    assert saved(address).rows[0].tests == ("-",), "nothing was kept"
    assert asking.in_force("handling_limit") is None
    without = browser.post(f"{address}/publication", data=FORM | {"has_read": "1"})
    assert without.status_code == 422
    assert "请说明原因" in without.text


def test_of_two_administrators_the_second_is_told_and_keeps_what_he_typed(begin):
    browser, address = begin()
    browser.post(f"{address}/revisions", data=FORM)
    late = browser.post(f"{address}/revisions", data=FORM | {"row.1.0": "0199"})
    assert late.status_code == 409
    assert "0199" in late.text
    assert "系统管理员" in late.text
    assert browser.post("/studio/tables/handling_limit/drafts").status_code == 409


def test_departments_are_chosen_from_a_list(begin, city):
    browser, address = begin("dispatch")
    page = browser.get(address).text
    assert 'value="sanitation"' in page
    assert 'value="center"' not in page
    form = {name: value for name, value in FORM.items() if ".out." not in name}
    form |= {"row.1.out.department": "landscaping", "example.1.out.department": "landscaping"}
    assert browser.post(f"{address}/publication", data=form | PUBLISH).status_code == 303
    assert Story(city).filed().case.department.code == "landscaping"
    assert "决策表" in browser.get("/admin/authority").text


def test_versions_are_withdrawn_and_brought_back_with_a_reason(begin):
    browser, address = begin()
    browser.post(f"{address}/publication", data=FORM | PUBLISH)
    assert browser.post(f"{address}/withdrawal", data={"reason": "x"}).status_code == 422, "no tick"
    assert browser.post(f"{address}/withdrawal", data=SURE | {"reason": ""}).status_code == 422
    assert browser.post(f"{address}/withdrawal", data=SURE | {"reason": "有误"}).status_code == 303
    assert "有误" in browser.get(address).text
    assert browser.post(f"{address}/revisions", data=FORM).status_code == 409, "it is no draft any more"
    back = browser.post(f"{address}/restoration", data=SURE | {"reason": "无误"})
    assert back.status_code == 303
    db.session.rollback()
    assert asking.in_force("handling_limit").version == 2
    assert "2" in browser.get("/studio/tables").text


def test_huge_and_strange_requests_are_refused(begin):
    browser, address = begin()
    many = {f"row.{number}.0": "1" for number in range(1, 202)}
    assert browser.post(f"{address}/revisions", data=FORM | many | {"rows": "201"}).status_code == 422
    assert browser.post(f"{address}/revisions", data=FORM | {"rows": "99999"}).status_code == 422
    assert browser.post(f"{address}/revisions", data=FORM | {"hit_policy": "__class__"}).status_code == 422
    long = browser.post(f"{address}/revisions", data=FORM | {"row.1.0": "1" * 100_000})
    assert long.status_code == 303
    assert len(saved(address).rows[0].tests[0]) <= 800
    assert (
        browser.post(
            f"{address}/revisions", data=FORM | {"revision": "2", "input": ["<img src=x>", "os.system"]}
        ).status_code
        == 303
    )
    assert "<img src=x>" not in browser.get(address).text


def test_only_who_may_administer_tables_finds_them(begin, visit):
    _, address = begin()
    for name in ("wang", "qian", "security_admin", "audit_admin"):
        browser = visit(name)
        for path in ("/studio/tables", address):
            assert browser.get(path).status_code == 403
        assert browser.post(f"{address}/publication", data=FORM | PUBLISH).status_code == 403


def test_pages_of_tables_take_few_statements(begin, statements):
    browser, address = begin()
    browser.post(f"{address}/revisions", data=FORM)
    for path in (address, "/studio/tables"):
        browser.get(path)
        with statements() as seen:
            assert browser.get(path).status_code == 200
        assert len(seen) <= 12, path
    with statements() as seen:
        assert browser.post(f"{address}/publication", data=FORM | PUBLISH | {"revision": "2"}).status_code == 303
    assert len(seen) <= 20


def test_a_table_leaves_as_a_file_and_comes_back_as_a_draft(begin):
    browser, address = begin()
    browser.post(f"{address}/revisions", data=FORM)
    file = browser.get(f"{address}/dmn")
    assert "handling_limit-draft.dmn" in file.headers["Content-Disposition"]
    before = saved(address)
    browser.post(f"{address}/discarding")
    answer = browser.post("/studio/tables/handling_limit/files", data={"file": (BytesIO(file.data), "x.dmn")})
    assert answer.status_code == 303
    assert saved(answer.location) == before
    again = browser.post("/studio/tables/handling_limit/files", data={"file": (BytesIO(file.data), "x.dmn")})
    assert again.status_code == 409


def test_files_that_cannot_be_read_are_refused_in_words(begin, visit):
    browser = visit("system_admin")
    for content, text in ((b"<html/>", "这不是 DMN 文件"), (b"", "文件"), (b"PK\x03\x04", "请先解压")):
        name = "x.dmn" if content else ""
        answer = browser.post("/studio/tables/dispatch/files", data={"file": (BytesIO(content), name)})
        assert answer.status_code == 422
        assert text in answer.text


def test_tables_in_force_cost_an_act_no_question_and_a_dispatch_one_row(begin, city, visit, statements):
    browser, address = begin()
    assert browser.post(f"{address}/publication", data=FORM | PUBLISH).status_code == 303
    browser, address = begin("dispatch")
    form = {name: value for name, value in FORM.items() if ".out." not in name} | {"hit_policy": "collect"}
    offices = ["landscaping", "sanitation"]
    both = {"row.1.out.department": offices, "example.1.out.department": offices}
    assert browser.post(f"{address}/publication", data=form | both | PUBLISH).status_code == 303
    took = walk(city, visit, statements)
    assert "dispatch" in {act for act, _ in took}, "several departments: a person dispatches"
    asked = {act: [one.split()[0] for one in seen if "decision_" in one] for act, seen in took}
    assert {act: kinds for act, kinds in asked.items() if kinds} == {"dispatch": ["INSERT"]}
