"""An administrator makes a decision table with the keyboard, is told what is wrong, mends it and puts it in force."""

import pytest

from engine.decisions import asking, queries
from engine.decisions.content import from_json
from engine.kit.db import db
from tests.web.accessibility import violations
from tests.web.conftest import PHONE

pytestmark = pytest.mark.browser
ATTACK = '"><img src=x onerror="document.title=\'owned\'"><b>'


def add_column(page, name):
    page.select_option("#field-new_input", name)
    with page.expect_navigation():
        page.click("button[value='add-input:']")


def press(page, keys):
    with page.expect_navigation():
        page.keyboard.press(keys)


def cells_now():
    db.session.rollback()
    return [row.tests for row in from_json(queries.draft_of("handling_limit").content).rows]


@pytest.fixture
def editor(browse):
    with browse("system_admin") as page:
        page.goto("/studio/tables")
        with page.expect_navigation():
            page.click("section[aria-labelledby=decision-handling_limit] form[action$='/drafts'] button")
        add_column(page, "category")
        with page.expect_navigation():
            page.click("#input-1 [data-act=remove-input]")
        add_column(page, "area_class")
        yield page


def test_rows_are_added_moved_and_walked_through_with_the_keyboard(city, editor):
    editor.fill("[name='row.1.0']", "0110")
    editor.focus("[name='row.1.1']")
    press(editor, "Alt+Enter")
    assert editor.evaluate("document.activeElement.name") == "row.2.0"
    editor.keyboard.type("0111，0112")
    press(editor, "Alt+ArrowUp")
    assert cells_now() == [('"0111", "0112"', "-"), ('"0110"', "-")]
    editor.focus("[name='row.1.1']")
    editor.keyboard.press("ArrowDown")
    assert editor.evaluate("document.activeElement.name") == "row.2.1"
    editor.keyboard.type("B")
    press(editor, "Enter")
    assert cells_now()[1] == ('"0110"', '"B"'), "Enter saves"
    assert not editor.complaints, editor.complaints


def test_what_is_wrong_is_told_mended_and_the_table_put_in_force(city, editor):
    page = editor
    page.fill("[name='row.1.0']", "0110")
    page.fill("[name='row.1.1']", "D")
    page.fill("[name='row.1.note']", ATTACK)
    page.fill("[name='row.1.out.value']", "4")
    page.select_option("[name='row.1.out.unit']", "working_hours")
    with page.expect_navigation():
        page.click("button[value^='add-example:']")
    assert page.inner_text("#error-row\\.1\\.1") == "“D”不存在。"
    assert page.get_attribute("[name='row.1.1']", "aria-invalid") == "true"
    assert violations(page) == []
    page.fill("[name='row.1.1']", "A")
    page.fill("[name='example.1.fact.category']", "0110")
    page.select_option("[name='example.1.fact.area_class']", "A")
    page.fill("[name='example.1.out.value']", "4")
    page.select_option("[name='example.1.out.unit']", "working_hours")
    page.fill("#field-note", "城区四小时")
    with page.expect_navigation():
        page.click("button[formaction]")
    assert page.input_value("#field-note") == "城区四小时", "the warnings were not read yet; nothing is lost"
    page.check("[name=has_read]")
    with page.expect_navigation():
        page.click("button[formaction]")
    assert violations(page) == []
    assert page.title() != "owned"
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    db.session.rollback()
    assert asking.in_force("handling_limit").version == 1
