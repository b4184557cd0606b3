import pytest
from sqlalchemy import select

from engine.access import granting, queries
from engine.access.errors import AdministratorsTakeNoPart, DutiesMustBeApart, OwnRole
from engine.access.models import Role
from engine.access.permissions import Permission, Scope
from engine.audit.models import AuditRecord
from engine.kit.db import db, unit_of_work
from engine.kit.errors import Invalid
from engine.organization import hiring


def role(code):
    return db.session.scalars(select(Role).where(Role.code == code)).one()


def grant(city, at, code, *permissions):
    granting.grant(role(code), permissions, by=city.security_admin, at=at("2026-03-02 09:00"))


def test_a_role_gains_and_loses_permissions(city, at):
    with unit_of_work():
        grant(city, at, "leader", Permission.evaluation_read, Permission.case_export)
    assert city.actor("wu").permissions == {"evaluation.read", "case.export"}


def test_a_change_of_rights_is_on_record(city, at):
    with unit_of_work():
        grant(city, at, "leader", Permission.evaluation_read, Permission.case_export)
    record = db.session.scalars(select(AuditRecord).where(AuditRecord.action == "role.permissions_changed")).one()
    assert record.detail == {"given": ["case.export"], "taken": ["case.comment", "supervision.read"]}
    assert record.user_name == "安全管理员"


def test_granting_what_a_role_already_has_changes_nothing(city, at):
    held = [Permission(one.permission) for one in role("leader").grants]
    with unit_of_work():
        grant(city, at, "leader", *held)
    assert db.session.scalar(select(AuditRecord).where(AuditRecord.action == "role.permissions_changed")) is None


def test_no_role_unites_two_duties(city, at):
    with pytest.raises(DutiesMustBeApart), unit_of_work():
        grant(city, at, "audit_administrator", Permission.audit_read, Permission.settings_manage)


def test_no_administrator_takes_part_in_cases(city, at):
    with pytest.raises(AdministratorsTakeNoPart), unit_of_work():
        grant(city, at, "system_administrator", Permission.organization_manage, Permission.case_close)


def test_a_change_may_not_unite_duties_in_a_person_who_holds_two_roles(city, at):
    center = city.department("center")
    with unit_of_work():
        posts = [(center, "system_administrator", None), (center, "leader", None)]
        grant(city, at, "leader", Permission.evaluation_read)
        hiring.hire("both", "两职", None, posts, by=city.security_admin, at=at("2026-03-02 09:00"))
    with pytest.raises(AdministratorsTakeNoPart), unit_of_work():
        grant(city, at, "leader", Permission.evaluation_read, Permission.case_comment)
    assert {one.permission for one in role("leader").grants} == {"evaluation.read"}


def test_nobody_changes_his_own_role(city, at):
    with pytest.raises(OwnRole), unit_of_work():
        grant(city, at, "security_administrator", Permission.access_manage, Permission.evaluation_read)


def test_a_city_makes_its_own_roles(city, at):
    by, when = city.security_admin, at("2026-03-02 09:00")
    with unit_of_work():
        granting.create("archivist", "档案员", "Archivist", Scope.city, [Permission.case_export], by=by, at=when)
    assert [one.code for one in queries.roles()][-1] == "archivist"
    with pytest.raises(Invalid), unit_of_work():
        granting.create("archivist", "档案员", "Archivist", Scope.city, [], by=by, at=when)
