from sqlalchemy import select

from engine.audit.models import AuditRecord
from engine.kit.db import db, unit_of_work
from engine.organization import details, queries


def test_a_new_name_is_found_by_its_pinyin(city, at):
    with unit_of_work():
        details.change_user(city.user("chen"), {"name": "程采集"}, by=city.system_admin, at=at("2026-03-02 09:00"))
    assert [user.username for user in queries.search("ccj")] == ["collector.chen"]


def test_what_was_before_is_on_record(city, at):
    with unit_of_work():
        values = {"phone": "0951-1234567", "name": city.parks.name, "code": "other"}
        details.change_department(city.parks, values, by=city.system_admin, at=at("2026-03-02 09:00"))
    record = db.session.scalars(select(AuditRecord).where(AuditRecord.action == "department.changed")).one()
    assert record.detail == {"before": {"phone": None}, "after": {"phone": "0951-1234567"}}
    assert city.parks.code == "landscaping"


def test_changing_nothing_leaves_no_record(city, at):
    with unit_of_work():
        details.change_user(city.user("chen"), {"name": "陈采集"}, by=city.system_admin, at=at("2026-03-02 09:00"))
    assert db.session.scalar(select(AuditRecord).where(AuditRecord.action == "user.changed")) is None
