"""An administrator adds a second approval before closure: draws it, is told what is wrong, and mends it."""

import pytest

from engine.kit import clock
from engine.kit.config import ROOT
from engine.kit.db import db, unit_of_work
from engine.process import definitions, linting, parser, xml
from engine.studio import bringing, drafting, editing
from tests.journeys.drawing_board import FITS, SIZE, Board
from tests.web.accessibility import violations
from tests.web.conftest import PHONE

pytestmark = pytest.mark.browser
FOREIGN = ROOT / "tests" / "engine" / "process" / "foreign" / "camunda_7.bpmn"
ATTACK = '"><img src=x onerror="document.title=\'owned\'"><b>'


def the_draft():
    """The open draft as the server has it now."""
    db.session.rollback()
    return drafting.open_drafts()[0]


def drawing():
    """The open draft as XML."""
    return xml.read(the_draft().xml)


def test_a_second_approval_is_drawn_told_wrong_and_mended(city, browse):
    with browse("system_admin", size=SIZE) as page:
        board = Board(page).open().choose("approve_closure_to_closure_result").beside("delete")
        board.choose("approve_closure").beside("append.user-task")
        step = board.element
        board.set("name", "领导复审").saved()
        assert "环节“领导复审”未指定表单。" in board.findings
        assert board.marked(step)

        board.set("act", "step").set("role", "leader").set("clock", "closure").saved()
        assert "表单" not in board.findings
        assert "“领导复审”之后没有后续环节。" in board.findings
        page.click("[data-part=findings] button:has-text('领导复审')")
        board.beside("connect")
        page.click("[data-element-id=closure_result] .djs-hit", force=True)
        board.saved()
        assert board.findings == FITS
        assert not page.complaints, page.complaints

    root = drawing()
    [task] = xml.find(root, f".//bpmn:userTask[@id='{step}']")
    assert task.get("name") == "领导复审"
    drawn = parser.task_of(task)
    assert [drawn[name] for name in ("form", "act", "clock")] == ["step", "step", "closure"]
    assert parser.roles_by_node(root)[step] == "leader"
    assert linting.check(the_draft().xml) == []
    assert definitions.active("standard_case").version == 1


def test_the_board_is_accessible_in_both_languages_and_quiet(city, browse):
    with browse("system_admin", size=SIZE) as page:
        board = Board(page).open().choose("approve_closure")
        assert violations(page) == []
        page.click(".top-language button")
        board.ready().choose("closure_result_to_rework")
        assert "When this way is taken" in page.inner_text("[data-part=panel]")
        assert violations(page) == []
        page.goto("/studio/")
        assert violations(page) == []
        page.goto("/studio/drafts/new")
        assert violations(page) == []
        assert not page.complaints, page.complaints


def test_what_the_tools_say_of_themselves_is_said_in_chinese(city, browse):
    with browse("system_admin", size=SIZE) as page:
        Board(page).open().choose("accept")
        page.click("[data-tool=simulate]")
        assert "推演记录" in page.text_content(".bts-log")
        page.click("[data-tool=simulate]")
        symbols = page.locator(".djs-palette .entry")
        said = symbols.evaluate_all("all => all.map(one => one.title)")
        assert "模板：会签（两人同时办理）" in said
        assert all(said)
        hints = page.locator("#studio [title]").evaluate_all("all => all.map(one => one.title)")
        # The mark of its makers stays as their licence wants it.
        assert [hint for hint in hints if hint.isascii() and not hint.isdigit()] == ["Powered by bpmn.io"]
        assert not page.complaints, page.complaints


def test_a_condition_is_chosen_from_lists_and_shown_as_it_is_run(city, browse):
    with browse("system_admin", size=SIZE) as page:
        board = Board(page).open().choose("closure_result_to_rework")
        assert page.input_value("[data-entry-id=cel] textarea") == 'outcome == "rework"'
        page.click("button[data-entry-id=add]")
        board.set("fact-1", "return_count").set("comparison-1", ">=").set("value-1", "2").saved()
        assert page.input_value("[data-entry-id=cel] textarea") == 'outcome == "rework" && return_count >= 2'
        board.set("cel", "outcome = 5")
        page.wait_for_selector("#cel-problem")
        assert "CEL" in page.inner_text("#cel-problem")
        page.click("[data-tool=undo]")
        assert page.input_value("[data-entry-id=cel] textarea") == 'outcome == "rework" && return_count >= 2'
        board.saved()
    [flow] = xml.find(drawing(), ".//bpmn:sequenceFlow[@id='closure_result_to_rework']")
    assert "".join(flow.itertext()).strip() == 'outcome == "rework" && return_count >= 2'


def test_steps_are_copied_from_one_process_to_another(city, browse):
    with browse("system_admin", size=SIZE) as page:
        board = Board(page).open("extension").choose("review_by_duty_officer")
        page.click("[data-tool=copy]")
        board.open("appeal")
        page.click("[data-tool=paste]")
        lane = page.locator("[data-element-id=dispatcher_lane] > .djs-hit").first.bounding_box()
        x, y = lane["x"] + lane["width"] - 90, lane["y"] + lane["height"] / 2
        page.mouse.move(x - 5, y)
        page.mouse.move(x, y)
        page.mouse.click(x, y)
        page.wait_for_selector(".djs-context-pad.open")
        board.saved()
        assert not page.complaints, page.complaints
    db.session.rollback()
    appeal = next(draft for draft in drafting.open_drafts() if draft.key == "appeal")
    [pasted] = xml.find(xml.read(appeal.xml), ".//bpmn:userTask[@name='值班长审批延期']")
    assert parser.task_of(pasted)["form"] == "extension_approval"


def test_who_was_faster_is_named_and_nothing_is_lost(city, browse):
    with browse("system_admin", size=SIZE) as page:
        board = Board(page).open().choose("accept").set("name", "受理登记").saved()
        draft = the_draft()
        with unit_of_work():
            at = clock.now()
            editing.take_over(draft.id, by=city.zhao, at=at)
            text = draft.xml.replace('name="派遣"', 'name="派遣处置"', 1)
            drafting.save(draft.id, text, revision=draft.revision, by=city.zhao, at=at)
            editing.take_over(draft.id, by=city.system_admin, at=at)
        board.choose("sign").set("name", "签收确认")
        page.wait_for_selector("dialog[open]")
        told = page.inner_text("dialog")
        assert city.zhao.name in told
        assert "派遣处置" in told
        with page.expect_download() as copy:
            page.click("[data-part=conflict-copy]")
        assert "签收确认" in copy.value.path().read_text("utf-8")
        page.click("[data-part=conflict-load]")
        page.wait_for_selector("dialog:not([open])", state="attached")
        board.choose("sign").set("name", "签收确认").saved()
    text = the_draft().xml
    assert "派遣处置" in text
    assert "签收确认" in text


def test_what_somebody_wrote_into_names_and_comments_never_runs(city, browse):
    with browse("system_admin", size=SIZE) as page:
        board = Board(page).open().choose("accept").set("name", ATTACK)
        page.fill("[data-part=comment-text]", ATTACK)
        page.click("[data-part=comment-form] button")
        page.wait_for_selector("[data-part=comments] li")
        board.saved()
        page.click("[data-tool=minimap]")
        page.click("[data-tool=simulate]")
        page.click("[data-element-id=reported] .djs-hit", force=True)
        page.click("[data-tool=simulate]")
        page.reload()
        board.ready().choose("accept")
        assert page.input_value("[data-entry-id=name] input") == ATTACK
        assert ATTACK in page.inner_text("[data-part=comments]")
        assert page.locator("#studio img[src=x]").count() == 0
        assert page.title() != "owned"
        assert not page.complaints, page.complaints


def test_a_step_is_given_to_another_department_than_has_the_case(city, browse):
    with browse("system_admin", size=SIZE) as page:
        board = Board(page).open("appeal").choose("review_by_dispatcher")
        assert page.locator("[data-entry-id=department]").count() == 0
        board.set("role", "handling_clerk").set("department", "above").saved()
        assert board.findings == FITS
        assert violations(page) == []
        board.set("role", "director").saved()
        assert "面向全市" in board.findings
        assert not page.complaints, page.complaints
    [task] = xml.find(drawing(), ".//bpmn:userTask[@id='review_by_dispatcher']")
    assert parser.task_of(task)["properties"]["department"] == "above"


def test_a_step_without_a_pool_shows_and_keeps_its_role_itself(city, browse):
    with unit_of_work():
        file = bringing.File(FOREIGN.name, FOREIGN.read_bytes())
        bringing.bring(file, key="pothole", locale="zh_Hans_CN", by=city.system_admin, at=clock.now())
    told = "环节“Check”不在已指定角色的泳道内。"
    with browse("system_admin", size=SIZE) as page:
        page.goto(f"/studio/drafts/{the_draft().id}")
        board = Board(page).ready().choose("check")
        assert page.input_value("[data-entry-id=role] select") == "dispatcher"
        assert "由环节自身记下角色" in page.inner_text("[data-part=panel]")
        board.set("role", "").saved()
        assert told in board.findings
        board.set("role", "leader").saved()
        assert told not in board.findings
        assert not page.complaints, page.complaints
    assert parser.roles_by_node(drawing())["check"] == "leader"


def test_on_a_phone_the_drawing_is_there_to_look_at(city, browse):
    with browse("system_admin", size=SIZE) as page:
        Board(page).open()
    with browse("system_admin", size=PHONE) as page:
        Board(page).open()
        assert page.is_visible("text=绘制需要使用电脑")
        assert page.locator("[data-part=canvas] [data-element-id=accept]").count() == 1
        assert page.locator(".djs-palette").count() == 0
        assert violations(page) == []
        assert not page.complaints, page.complaints
