from datetime import date

import pytest
from sqlalchemy import delete, select

from engine.access.actors import SYSTEM
from engine.audit.models import AuditRecord
from engine.catalog import queries
from engine.catalog.models import CodeSystem
from engine.dispatch_rules import queries as rules
from engine.dispatch_rules import revision
from engine.dispatch_rules.errors import RuleNotFound, RuleSuperseded
from engine.dispatch_rules.models import DispatchRule
from engine.kit.db import db
from engine.kit.errors import Invalid


@pytest.fixture
def values(city):
    db.session.execute(delete(DispatchRule))
    cover = queries.by_code(CodeSystem.gbt_2013, "component", "0102")
    return {"category_id": cover.id, "department_id": city.sanitation.id, "valid_from": date(2026, 1, 1)}


def test_a_change_makes_a_new_version_and_keeps_the_old_one(values, city, at):
    first = revision.add(values, by=SYSTEM, at=at("2026-03-02 09:00"))
    second = revision.revise(first, {"department_id": city.parks.id}, by=SYSTEM, at=at("2026-03-03 09:00"))
    assert (second.number, second.version, second.department_id) == (first.number, 2, city.parks.id)
    db.session.refresh(first)
    assert (first.department_id, first.superseded_at) == (city.sanitation.id, at("2026-03-03 09:00"))
    assert list(db.session.scalars(rules.in_force())) == [second]
    assert rules.history(first.number) == [second, first]
    detail = db.session.scalars(select(AuditRecord.detail).where(AuditRecord.action == "dispatch_rules.revise")).one()
    assert detail["department_id"] == [city.sanitation.id, city.parks.id]


def test_a_change_of_nothing_makes_no_version(values, at):
    first = revision.add(values, by=SYSTEM, at=at("2026-03-02 09:00"))
    assert revision.revise(first, {"priority": 100}, by=SYSTEM, at=at("2026-03-03 09:00")) is first


def test_the_slower_of_two_administrators_is_told(values, at):
    first = revision.add(values, by=SYSTEM, at=at("2026-03-02 09:00"))
    revision.revise(first, {"priority": 50}, by=SYSTEM, at=at("2026-03-03 09:00"))
    with pytest.raises(RuleSuperseded):
        revision.revise(first, {"priority": 10}, by=SYSTEM, at=at("2026-03-03 09:01"))


def test_a_rule_for_a_category_names_its_major_and_another_category_its_own(values, at):
    first = revision.add(values, by=SYSTEM, at=at("2026-03-02 09:00"))
    assert (first.code_system, first.kind, first.major_code) == ("GBT30428.2-2013", "component", "01")
    lamp = queries.by_code(CodeSystem.gbt_2026, "component", "02001")
    second = revision.revise(first, {"category_id": lamp.id}, by=SYSTEM, at=at("2026-03-03 09:00"))
    assert (second.code_system, second.major_code) == ("GBT47678.5-2026", "02")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"department_id": None}, "department_id"),
        ({"valid_from": None}, "valid_from"),
        ({"valid_to": date(2025, 12, 31)}, "valid_to"),
        ({"major_code": "02"}, "category_id"),
        ({"category_id": None, "major_code": "01"}, "major_code"),
        ({"region_code": "640903", "street_code": "640902001"}, "street_code"),
    ],
)
def test_a_rule_that_contradicts_itself_is_refused(values, at, change, field):
    with pytest.raises(Invalid) as refused:
        revision.add(values | change, by=SYSTEM, at=at("2026-03-02 09:00"))
    assert set(refused.value.fields) == {field}


def test_a_closed_department_answers_for_nothing_new(values, city, at):
    city.parks.is_active = False
    with pytest.raises(Invalid):
        revision.add(values | {"department_id": city.parks.id}, by=SYSTEM, at=at("2026-03-02 09:00"))


def test_what_does_not_exist_is_not_found(database):
    with pytest.raises(RuleNotFound):
        rules.get(-1)
