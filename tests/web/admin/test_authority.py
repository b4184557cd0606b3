import re
from io import BytesIO

from sqlalchemy import select

from engine.catalog import queries as catalog
from engine.catalog.models import CodeSystem
from engine.dispatch_rules import queries
from engine.dispatch_rules.models import DispatchRule
from engine.kit.db import db


def rule_of(code):
    category = catalog.by_code(CodeSystem.gbt_2013, "component", code)
    return db.session.scalars(queries.in_force(category_id=category.id)).first()


def values(rule, **changed):
    same = {
        name: getattr(rule, name)
        for name in ("department_id", "category_id", "kind", "code_system", "major_code", "priority", "basis", "note")
    }
    return {**same, "valid_from": rule.valid_from.isoformat(), "allows_auto": "1", "is_active": "1", **changed}


def test_a_changed_rule_becomes_a_new_version(visit, city):
    rule = rule_of("0102")
    answer = visit("system_admin").post(f"/admin/authority/{rule.id}", data=values(rule, department_id=city.parks.id))
    assert answer.status_code == 303
    newer = rule_of("0102")
    assert (newer.number, newer.version, newer.department_id) == (rule.number, 2, city.parks.id)


def test_an_old_version_cannot_be_changed_again(visit, city):
    admin, rule = visit("system_admin"), rule_of("0102")
    first = values(rule, priority=10)
    admin.post(f"/admin/authority/{rule.id}", data=first)
    assert admin.post(f"/admin/authority/{rule.id}", data={**first, "priority": 20}).status_code == 409


def test_a_new_rule_needs_a_department(visit, city):
    admin = visit("system_admin")
    assert admin.post("/admin/authority/new", data={"valid_from": "2026-03-01", "priority": "5"}).status_code == 422
    good = {"valid_from": "2026-03-01", "priority": "5", "department_id": city.parks.id, "is_active": "1"}
    assert admin.post("/admin/authority/new", data=good).status_code == 303
    added = db.session.scalars(select(DispatchRule).order_by(DispatchRule.id.desc())).first()
    assert (added.priority, added.category_id, added.allows_auto) == (5, None, False)


def test_a_kind_that_was_chosen_by_mistake_is_unpicked(visit, city):
    admin, rule = visit("system_admin"), rule_of("0102")
    shown = admin.get(f"/admin/authority/{rule.id}").text
    # Radio buttons: chosen once, only another of them takes the choice away.
    none = re.search(r'<input[^>]*name="kind" value=""[^>]*>', shown)
    assert none
    assert ("checked" in none.group()) is (rule.kind is None)
    chosen = admin.post(f"/admin/authority/{rule.id}", data=values(rule, kind="component"))
    assert chosen.status_code == 303
    left = admin.post(f"/admin/authority/{rule_of('0102').id}", data=values(rule_of("0102"), kind=""))
    assert left.status_code == 303
    assert rule_of("0102").kind is None


def test_a_rehearsal_says_who_would_get_it_and_why(visit, city):
    lng, lat = city.spot
    category = rule_of("0102").category_id
    page = visit("system_admin").get(f"/admin/authority/rehearsal?category={category}&lng={lng}&lat={lat}").text
    assert rule_of("0102").department.name in page


def test_the_list_goes_out_and_comes_in_again(visit, city):
    admin = visit("system_admin")
    workbook = admin.get("/admin/authority/workbook").data
    answer = admin.post("/admin/authority/import", data={"file": (BytesIO(workbook), "rules.xlsx")})
    assert answer.status_code == 303
    assert rule_of("0102").version == 1
