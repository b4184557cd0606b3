from datetime import date, timedelta

import pytest
from sqlalchemy import delete, insert

from engine.access.actors import SYSTEM
from engine.catalog import queries
from engine.catalog.models import CodeSystem
from engine.dispatch_rules import matching, rehearsal, revision
from engine.dispatch_rules.models import DispatchRule
from engine.kit.db import db
from engine.organization import departments

DAY = date(2026, 3, 2)


@pytest.fixture
def cover(city):
    db.session.execute(delete(DispatchRule))
    return queries.by_code(CodeSystem.gbt_2013, "component", "0102")


@pytest.fixture
def rule(city, cover, at):
    def rule_(department="sanitation", **values):
        values = {"category_id": cover.id, "valid_from": date(2026, 1, 1), **values}
        values["department_id"] = city.department(department).id
        return revision.add(values, by=SYSTEM, at=at("2026-01-05 09:00"))

    return rule_


@pytest.fixture
def ask(cover, at):
    def ask_(category=cover, moment="2026-03-02 09:00", **place):
        place = {"region_code": "640902", "street_code": "640902001", **place}
        return matching.explain(matching.question_about(category, at=at(moment), **place))

    return ask_


def said(explanation):
    return [(verdict.matched, verdict.sentence("en")) for verdict in explanation.verdicts]


def test_one_rule_that_applies_settles_it(rule, ask, city):
    only = rule()
    answer = ask()
    assert answer.winner is only
    assert answer.is_automatic
    assert answer.department_ids == (city.sanitation.id,)
    assert said(answer) == [(True, "It applies.")]
    (kept,) = answer.as_json()
    assert (kept["rule_id"], kept["version"], kept["matched"]) == (only.id, 1, True)


def test_without_a_rule_a_person_dispatches(ask):
    answer = ask()
    assert (answer.winner, answer.is_automatic, answer.why_not) == (None, False, "No rule applies.")


def test_two_departments_at_the_same_priority_are_left_to_a_person(rule, ask, city):
    rule()
    rule("landscaping", street_code="640902001", region_code="640902")
    answer = ask()
    assert (answer.winner, answer.is_automatic) == (None, False)
    assert answer.department_ids == (city.sanitation.id, city.parks.id)
    assert "环卫处" in answer.params["names"]
    assert "园林处" in answer.params["names"]


def test_a_lower_priority_number_comes_first_however_general_it_is(rule, ask, city):
    rule("landscaping", street_code="640902001", region_code="640902")
    general = rule(priority=10)
    answer = ask()
    assert (answer.winner, answer.is_automatic) == (general, True)
    assert said(answer)[1] == (True, "It would apply, but rule 2 comes first.")


def test_two_rules_for_one_department_settle_it_too(rule, ask):
    first = rule()
    rule(region_code="640902")
    assert ask().winner is first
    assert ask().is_automatic


def test_a_rule_may_forbid_automatic_dispatch(rule, ask, city):
    wary = rule(allows_auto=False)
    answer = ask()
    assert (answer.winner, answer.is_automatic) == (wary, False)
    assert answer.why_not % answer.params == "Rule 1 does not allow automatic dispatch."


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"region_code": "640903"}, "It is for another district: 640903."),
        ({"street_code": "640902002"}, "It is for another street: 640902002."),
        ({"valid_from": DAY + timedelta(days=1)}, "It is valid only from 2026-03-03."),
        ({"valid_to": DAY - timedelta(days=1)}, "It expired on 2026-03-01."),
        ({"is_active": False}, "It is switched off."),
        ({"category_id": None, "kind": "event"}, "It is for the other kind of problem."),
    ],
)
def test_a_rule_that_does_not_apply_says_why(rule, ask, values, reason):
    rule(**values)
    answer = ask()
    assert said(answer) == [(False, reason)]
    assert answer.why_not == "No rule applies."


def test_rules_of_an_owner_or_a_grid_say_so(rule, ask, city):
    rule(owner_department_id=city.parks.id)
    rule(responsibility_grid_id=city.grid.id)
    assert [text for _, text in said(ask())] == [
        "It is for components owned by 园林处.",
        f"It is for another responsibility grid: {city.grid.code}.",
    ]
    assert ask(owner_department_id=city.parks.id, responsibility_grid_id=city.grid.id).is_automatic


def test_a_rule_of_a_sibling_category_shows_that_it_is_another(rule, ask):
    other = queries.by_code(CodeSystem.gbt_2013, "component", "0103")
    rule(category_id=other.id)
    assert said(ask()) == [(False, "It is for another category: 雨水井盖.")]


def test_the_day_is_the_citys_day(rule, ask):
    rule(valid_from=DAY, valid_to=DAY)
    assert ask(moment="2026-03-02 00:01").is_automatic
    assert ask(moment="2026-03-02 23:59").is_automatic
    assert not ask(moment="2026-03-03 00:00").is_automatic


def test_a_rule_for_a_major_or_for_a_whole_kind_covers_its_categories(rule, ask):
    rule(category_id=None, code_system="GBT30428.2-2013", kind="component", major_code="01")
    assert ask().is_automatic
    assert not ask(category=queries.by_code(CodeSystem.gbt_2013, "component", "0201")).is_automatic
    assert not ask(category=queries.by_code(CodeSystem.gbt_2013, "event", "0110")).is_automatic


def test_a_rule_in_the_old_codes_serves_cases_in_the_new_ones(rule, ask):
    rule()
    assert ask(category=queries.by_code(CodeSystem.gbt_2026, "component", "01002")).is_automatic
    assert not ask(category=queries.by_code(CodeSystem.gbt_2026, "component", "01003")).is_automatic


def test_the_rules_of_a_merged_department_name_its_successor_in_a_new_version(rule, ask, city, at):
    old = departments.found("sweepers", "清扫队", "municipal", by=SYSTEM, at=at("2026-01-05 08:00"))
    rule("sweepers")
    departments.merge(old, city.sanitation, by=SYSTEM, at=at("2026-03-01 08:00"))
    answer = ask()
    assert (answer.is_automatic, answer.winner.version) == (True, 2)
    assert answer.winner.department_id == city.sanitation.id


def test_a_rule_that_still_names_a_merged_department_says_so(rule, ask, city, at):
    old = departments.found("sweepers", "清扫队", "municipal", by=SYSTEM, at=at("2026-01-05 08:00"))
    rule("sweepers")
    with departments.department_merged.muted():
        departments.merge(old, city.sanitation, by=SYSTEM, at=at("2026-03-01 08:00"))
    assert said(ask()) == [(False, "清扫队 was merged into 环卫处; the rule needs a new version.")]
    assert revision.hand_over(old, city.sanitation, by=SYSTEM, at=at("2026-03-01 09:00")) == 1


def test_a_rule_that_can_not_be_revised_does_not_hold_up_the_merger(rule, ask, city, at):
    handler = departments.found("sweepers", "清扫队", "municipal", by=SYSTEM, at=at("2026-01-05 08:00"))
    owner = departments.found("owners", "产权处", "municipal", by=SYSTEM, at=at("2026-01-05 08:00"))
    rule("sweepers", owner_department_id=owner.id)
    with departments.department_merged.muted():
        departments.merge(handler, city.sanitation, by=SYSTEM, at=at("2026-03-01 08:00"))
    departments.merge(owner, city.sanitation, by=SYSTEM, at=at("2026-03-01 09:00"))
    assert not ask().is_automatic


def test_five_thousand_rules_are_asked_in_a_moment(rule, ask, city, cover, at, statements):
    categories = queries.listing(code_system=CodeSystem.gbt_2013)
    rows = [
        {"number": 100 + n, "version": 1, "category_id": categories[n % len(categories)].id, "priority": 100,
         "department_id": city.parks.id, "valid_from": DAY, "is_active": True, "allows_auto": True, "basis": "",
         "note": "", "created_at": at("2026-01-05 09:00"), "region_code": f"6402{n % 90 + 10}"}
        for n in range(5000)
    ]  # fmt: skip
    db.session.execute(insert(DispatchRule), rows)
    rule()
    ask()
    with statements() as seen:
        answer = ask()
    assert len(seen) <= 3
    assert answer.is_automatic
    assert len(answer.verdicts) == matching.VERDICT_CAP
    assert [verdict.matched for verdict in answer.verdicts[:2]] == [True, False]


def test_a_rehearsal_asks_about_a_point_on_the_map(rule, city, cover, at):
    rule(street_code="640902001", region_code="640902")
    lng, lat = city.spot
    assert rehearsal.rehearse(cover.id, lng=lng, lat=lat, at=at("2026-03-02 09:00")).is_automatic
    assert not rehearsal.rehearse(cover.id, lng=None, lat=None, at=at("2026-03-02 09:00")).is_automatic
    with pytest.raises(queries.CategoryNotFound):
        rehearsal.rehearse(-1, lng=lng, lat=lat, at=at("2026-03-02 09:00"))
