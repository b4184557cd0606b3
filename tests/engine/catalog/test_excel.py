import io

import openpyxl
import pytest
from sqlalchemy import func, select

from engine.access.actors import SYSTEM
from engine.audit.models import AuditRecord
from engine.catalog import excel, importing, queries
from engine.catalog.models import Category, CodeSystem
from engine.kit.db import db
from engine.kit.spreadsheets import Unreadable


@pytest.fixture
def exported(database, at):
    importing.load_builtin(at("2026-03-02 09:00"))
    stream = io.BytesIO()
    excel.export_catalogue(stream, code_system=CodeSystem.gbt_2013, locale="en")
    return openpyxl.load_workbook(io.BytesIO(stream.getvalue()))


@pytest.fixture
def take(at):
    def import_(book, **more):
        stream = io.BytesIO()
        book.save(stream)
        stream.seek(0)
        return excel.import_catalogue(stream, by=SYSTEM, at=at("2026-03-03 09:00"), **more)

    return import_


def cell(sheet, line, heading):
    column = next(cell.column for cell in sheet[1] if cell.value == heading)
    return sheet.cell(line, column)


def test_an_export_comes_back_without_a_change(exported, take):
    assert take(exported) == excel.Imported(0, 0, 206 + 585)


def test_codes_keep_their_zeros(exported):
    assert cell(exported["Categories"], 2, "Category code").value == "0101"


def test_a_changed_limit_and_a_new_category_are_taken_in_and_audited(exported, take):
    conditions = exported["Filing conditions"]
    cell(conditions, 2, "Time limit").value = 3
    exported["Categories"].append(["CITY-6409", "component", "0199", "充电桩", "01", "公用设施"])
    conditions.append(["CITY-6409", "component", "0199", 1, "桩体损坏", 2, "working days"])
    assert take(exported) == excel.Imported(2, 1, 206 + 584)
    charger = queries.by_code("CITY-6409", "component", "0199")
    (condition,) = queries.conditions_of(charger.id)
    assert (condition.limit_a, condition.limit_c, charger.pinyin) == (2, 2, "cdz")
    detail = db.session.scalars(select(AuditRecord.detail).where(AuditRecord.action == "catalog.import")).one()
    assert detail["changes"] == [{"what": "GBT30428.2-2013/component/0101#1", "limit_value": [2.0, 3.0]}]


def test_every_bad_row_is_named_and_nothing_is_changed(exported, take):
    categories, conditions = exported["Categories"], exported["Filing conditions"]
    cell(categories, 2, "Name").value = "上水井盖（改）"
    cell(categories, 3, "Category code").value = 102
    cell(categories, 4, "Kind").value = "thing"
    cell(categories, 5, "Major code").value = "03"
    cell(categories, 7, "Category code").value = cell(categories, 8, "Category code").value
    cell(conditions, 2, "Time limit").value = -1
    cell(conditions, 3, "Unit").value = "weeks"
    cell(conditions, 4, "Category code").value = "0777"
    cell(conditions, 5, "Time limit").value = "=1+1"
    with pytest.raises(Unreadable) as refused:
        take(exported)
    assert [(error.sheet, error.line, error.column) for error in refused.value.errors] == [
        ("Categories", 3, "Category code"),
        ("Categories", 4, "Kind"),
        ("Categories", 5, "Major code"),
        ("Categories", 7, ""),
        ("Categories", 8, ""),
        ("Filing conditions", 2, "Time limit"),
        ("Filing conditions", 3, "Unit"),
        ("Filing conditions", 4, "Category code"),
        ("Filing conditions", 5, "Time limit"),
    ]
    said = refused.value.errors[0].sentence("en")
    assert said.startswith("Categories, line 3, column Category code: ")
    db.session.expire_all()
    assert queries.by_code(CodeSystem.gbt_2013, "component", "0101").name == "上水井盖"


def test_a_rehearsal_counts_and_changes_nothing(exported, take):
    cell(exported["Categories"], 2, "Name").value = "上水井盖（改）"
    exported["Categories"].append(["CITY-6409", "component", "0199", "充电桩", "01", "公用设施"])
    assert take(exported, dry_run=True) == excel.Imported(1, 1, 205 + 585)
    db.session.commit()
    assert db.session.scalar(select(func.count(Category.id))) == 609
    assert queries.by_code(CodeSystem.gbt_2013, "component", "0101").name == "上水井盖"
