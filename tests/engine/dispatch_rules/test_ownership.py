from datetime import date

import pytest
from sqlalchemy import delete, select

from engine.access.actors import SYSTEM
from engine.audit.models import AuditRecord
from engine.catalog import mapping, queries
from engine.catalog.models import CodeSystem
from engine.components.models import Component
from engine.dispatch_rules import matching, ownership, revision
from engine.dispatch_rules.errors import OwnershipEnded, OwnershipHeld
from engine.dispatch_rules.models import ConfirmedOwnership, DispatchRule
from engine.kit.db import db
from engine.kit.errors import Invalid
from engine.organization import departments

HERE = {"region_code": "640902", "street_code": "640902001"}


@pytest.fixture
def cover(city):
    db.session.execute(delete(DispatchRule))
    return queries.by_code(CodeSystem.gbt_2013, "component", "0102")


@pytest.fixture
def rule(city, cover, at):
    values = {"category_id": cover.id, "valid_from": date(2026, 1, 1), "department_id": city.sanitation.id}
    return revision.add(values, by=SYSTEM, at=at("2026-01-05 09:00"))


@pytest.fixture
def confirm(city, cover, at):
    def confirm_(department="landscaping", when="2026-03-01 09:00", replacing=False, **values):
        given = {
            "department_id": city.department(department).id,
            "basis": "联席会议",
            "minutes_number": "2026-3",
            "valid_from": date(2026, 3, 1),
            **(values or {"category_id": cover.id, "street_code": "640902001"}),
        }
        return ownership.confirm(given | values, by=SYSTEM, at=at(when), replacing=replacing)

    return confirm_


@pytest.fixture
def ask(cover, at):
    def ask_(category=cover, moment="2026-03-02 09:00", **place):
        return matching.explain(matching.question_about(category, at=at(moment), **(place or HERE)))

    return ask_


def said(explanation):
    return [(verdict.matched, verdict.sentence("en")) for verdict in explanation.verdicts]


def test_what_was_confirmed_comes_before_every_rule(rule, confirm, ask, city):
    row = confirm()
    answer = ask()
    assert (answer.ownership, answer.winner, answer.is_automatic) == (row, None, True)
    assert answer.department_id == city.parks.id
    assert said(answer) == [
        (True, "Confirmed by the minutes no. 2026-3, in force since 2026-03-01."),
        (True, "It would apply, but the confirmed ownership comes first."),
    ]
    kept = answer.as_json()[0]
    assert (kept["rule_id"], kept["ownership_id"], kept["department_id"]) == (None, row.id, city.parks.id)


def test_elsewhere_the_rules_go_on(rule, confirm, ask, city):
    confirm()
    answer = ask(street_code="640902002", region_code="640902")
    assert (answer.ownership, answer.department_id) == (None, city.sanitation.id)


def test_a_component_is_more_exact_than_a_grid_and_that_than_a_street(confirm, ask, city, cover):
    code, grid = db.session.scalars(select(Component.code).order_by(Component.id)).first(), city.grid.id
    by_street = confirm()
    by_grid = confirm("sanitation", category_id=cover.id, responsibility_grid_id=grid)
    assert ask(responsibility_grid_id=grid, **HERE).ownership is by_grid
    by_component = confirm("landscaping", component_code=code)
    answer = ask(responsibility_grid_id=grid, component_codes=(code,), **HERE)
    assert answer.ownership is by_component
    assert [verdict.ownership_id for verdict in answer.verdicts] == [by_component.id, by_grid.id, by_street.id]
    assert said(answer)[1] == (True, "It would apply, but a more exact confirmed ownership comes first.")


def test_it_holds_for_the_same_category_in_the_other_code_system(confirm, ask, cover):
    row = confirm()
    other = mapping.counterpart(cover)
    assert other is not None
    assert ask(category=other).ownership is row


@pytest.mark.parametrize(
    ("moment", "sentence"),
    [
        ("2026-02-28 23:00", "It is valid only from 2026-03-01."),
        ("2026-04-01 00:30", "It expired on 2026-03-31."),
    ],
)
def test_outside_its_days_the_rules_decide_and_it_says_so(rule, confirm, ask, cover, moment, sentence):
    confirm(category_id=cover.id, street_code="640902001", valid_to=date(2026, 3, 31))
    answer = ask(moment=moment)
    assert answer.winner is rule
    assert said(answer)[0] == (False, sentence)


def test_a_merged_department_is_followed_by_its_successor(confirm, ask, city, at):
    old = departments.found("sweepers", "清扫队", "municipal", by=SYSTEM, at=at("2026-01-05 08:00"))
    row = confirm("sweepers")
    departments.merge(old, city.sanitation, by=SYSTEM, at=at("2026-03-01 12:00"))
    answer = ask()
    assert (answer.department_id, answer.is_automatic) == (city.sanitation.id, True)
    assert row.department_id == old.id  # the row still says who was named
    assert said(answer)[0][1] == "Confirmed for 清扫队, merged since, by 2026-3; in force since 2026-03-01."


def test_a_closed_department_gets_nothing(rule, confirm, ask, city):
    confirm()
    city.department("landscaping").is_active = False
    answer = ask()
    assert answer.winner is rule
    assert said(answer)[0] == (False, "园林处 is closed.")


def test_one_thing_has_one_owner_until_a_newer_decision(confirm, ask, city):
    first = confirm()
    with pytest.raises(OwnershipHeld):
        confirm("sanitation")
    second = confirm("sanitation", replacing=True)
    db.session.refresh(first)
    assert (first.end_reason, first.ended_at is not None) == ("Decided anew.", True)
    assert ask().ownership is second


def test_the_database_refuses_a_second_one_that_was_decided_at_the_same_moment(confirm, monkeypatch):
    confirm()
    monkeypatch.setattr(ownership, "_make_room", lambda *_, **__: [])
    with pytest.raises(OwnershipHeld):
        confirm("sanitation")


def test_one_that_expired_makes_room(confirm, cover):
    scope = {"category_id": cover.id, "street_code": "640902001"}
    confirm(**scope, valid_to=date(2026, 3, 31))
    assert confirm("sanitation", **(scope | {"valid_from": date(2026, 4, 1)})).ended_at is None


def test_an_ended_one_is_kept_and_the_rules_are_asked_again(rule, confirm, ask, at):
    row = confirm()
    ownership.end(row, "产权移交", by=SYSTEM, at=at("2026-03-02 08:00"))
    assert ask().winner is rule
    with pytest.raises(OwnershipEnded):
        ownership.end(row, "再次", by=SYSTEM, at=at("2026-03-02 08:01"))
    kept = db.session.scalars(select(ConfirmedOwnership)).one()
    assert (kept.end_reason, kept.minutes_number) == ("产权移交", "2026-3")
    audited = select(AuditRecord.action).where(AuditRecord.object_kind == "confirmed_ownership")
    assert set(db.session.scalars(audited)) == {"dispatch_rules.confirm", "dispatch_rules.end_ownership"}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"component_code": "6409020101029999"}, "component_code"),
        ({"component_code": "1", "street_code": "640902001"}, "component_code"),
        ({"street_code": "640902001"}, "category_id"),
        ({"category_id": 1}, "responsibility_grid_id"),
        ({"category_id": 1, "street_code": "640902001", "responsibility_grid_id": 1}, "responsibility_grid_id"),
        ({"category_id": 1, "street_code": "640902001", "department_id": None}, "department_id"),
        ({"category_id": 1, "street_code": "640902001", "basis": ""}, "basis"),
        ({"category_id": 1, "street_code": "640902001", "valid_from": None}, "valid_from"),
        ({"category_id": 1, "street_code": "640902001", "valid_to": date(2026, 2, 1)}, "valid_to"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(confirm, wrong, field):
    with pytest.raises(Invalid) as refused:
        confirm(**wrong)
    assert set(refused.value.fields) == {field}


def test_asking_takes_one_statement_more(rule, confirm, ask, statements):
    confirm()
    ask()
    db.session.expire_all()
    with statements() as seen:
        ask()
    assert len([sql for sql in seen if "FROM confirmed_ownership" in sql]) == 1
