import io

import openpyxl
import pytest
from sqlalchemy import func, select

from engine.access.actors import SYSTEM
from engine.dispatch_rules import excel, queries
from engine.dispatch_rules.models import DispatchRule
from engine.kit.db import db
from engine.kit.spreadsheets import Unreadable


@pytest.fixture
def exported(city):
    stream = io.BytesIO()
    excel.export_rules(stream, locale="en")
    return openpyxl.load_workbook(io.BytesIO(stream.getvalue()))


@pytest.fixture
def take(at):
    def take_(book, **more):
        stream = io.BytesIO()
        book.save(stream)
        stream.seek(0)
        return excel.import_rules(stream, by=SYSTEM, at=at("2026-03-03 09:00"), **more)

    return take_


def cell(sheet, line, heading):
    column = next(cell.column for cell in sheet[1] if cell.value == heading)
    return sheet.cell(line, column)


def count():
    return db.session.scalar(select(func.count(DispatchRule.id)))


def test_an_export_comes_back_without_a_change(exported, take):
    before = count()
    assert take(exported) == excel.Imported(0, 0, before)
    assert count() == before


def test_a_changed_line_is_a_new_version_and_a_line_without_a_number_a_new_rule(exported, take):
    before = count()
    sheet = exported.active
    number = cell(sheet, 10, "Rule no.").value
    cell(sheet, 10, "Department").value = "园林处"
    sheet.append([None, 20, None, "event", *[None] * 7, "环卫处", "2026-03-01"])
    assert take(exported, dry_run=True) == excel.Imported(1, 1, before - 1)
    assert count() == before
    assert take(exported) == excel.Imported(1, 1, before - 1)
    newest, old = queries.history(number)
    assert (newest.department.short_name, newest.version, old.version) == ("园林处", 2, 1)


def test_every_bad_line_is_named_and_nothing_is_changed(exported, take):
    before = count()
    sheet = exported.active
    cell(sheet, 10, "Department").value = "无此部门"
    cell(sheet, 11, "Category code").value = "0777"
    cell(sheet, 12, "Rule no.").value = 99999
    cell(sheet, 13, "District code").value = "640999"
    cell(sheet, 14, "Valid from").value = None
    cell(sheet, 16, "Rule no.").value = cell(sheet, 15, "Rule no.").value
    with pytest.raises(Unreadable) as refused:
        take(exported)
    assert [(error.line, error.column) for error in refused.value.errors] == [
        (10, "Department"), (11, "Category code"), (12, "Rule no."), (13, "District code"), (14, "Valid from"),
        (15, "Rule no."), (16, "Rule no."),
    ]  # fmt: skip
    assert count() == before


def test_a_rule_that_contradicts_itself_is_named_by_its_column(exported, take):
    cell(exported.active, 10, "Valid to").value = "2020-01-01"
    with pytest.raises(Unreadable) as refused:
        take(exported)
    assert [(error.line, error.column) for error in refused.value.errors] == [(10, "Valid to")]
