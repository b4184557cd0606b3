import pytest
from sqlalchemy import select

from engine.access.actors import SYSTEM
from engine.audit.models import AuditRecord
from engine.catalog import code_system, editing, importing, queries
from engine.catalog.models import CodeSystem
from engine.kit.db import db
from engine.kit.errors import Invalid
from engine.settings import values


@pytest.fixture
def cover(database, at):
    importing.load_builtin(at("2026-03-02 09:00"))
    return queries.by_code(CodeSystem.gbt_2013, "component", "0102")


def test_a_changed_limit_is_audited_with_the_old_one(cover, at):
    condition = queries.conditions_of(cover.id)[1]
    editing.change_condition(condition, {"limit_a": 3.0, "number": 9}, by=SYSTEM, at=at("2026-03-03 09:00"))
    assert (condition.limit_a, condition.number) == (3, 2)
    record = db.session.scalars(select(AuditRecord).order_by(AuditRecord.id.desc())).first()
    assert (record.action, record.detail) == ("catalog.change_filing_condition", {"limit_a": [4.0, 3.0]})


@pytest.mark.parametrize("limit", [0, -1, 1001])
def test_a_limit_out_of_bounds_is_refused(cover, at, limit):
    with pytest.raises(Invalid):
        editing.change_condition(
            queries.conditions_of(cover.id)[0], {"limit_b": limit}, by=SYSTEM, at=at("2026-03-03 09:00")
        )


def test_a_new_condition_comes_last_with_one_limit_for_all_areas(cover, at):
    values = {"text": "井盖异响", "limit_value": 5, "limit_unit": "working_days"}
    added = editing.add_condition(cover, values, by=SYSTEM, at=at("2026-03-03 09:00"))
    assert (added.number, added.limit_a, added.limit_c) == (5, 5, 5)


def test_a_renamed_category_is_found_by_its_new_initials(cover, at):
    editing.change_category(cover, {"name": "排污井盖", "code": "0777"}, by=SYSTEM, at=at("2026-03-03 09:00"))
    assert (cover.code, cover.pinyin, cover.certainty) == ("0102", "pwjg", "city")


def test_the_city_files_under_2013_until_it_switches(cover, at):
    assert code_system.current() == CodeSystem.gbt_2013
    values.set(code_system.CODE_SYSTEM, "GBT47678.5-2026", by=SYSTEM, at=at("2026-07-01 00:00"))
    assert code_system.current() == CodeSystem.gbt_2026
