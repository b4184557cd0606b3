"""Decision tables are really asked: for the limit of handling, and for the department, before everything else."""

import pytest
from sqlalchemy import select

from engine.cases import dispatching, limits
from engine.cases.models import TimelineEntry
from engine.cases.round_models import Dispatch
from engine.decisions import drafting, publishing, queries
from engine.decisions.content import Content, Example, Row
from engine.decisions.vocabulary import HitPolicy
from engine.kit.db import db, unit_of_work
from tests.stories import Story


@pytest.fixture
def in_force(city, at):
    def in_force_(decision, inputs, *rows, policy=HitPolicy.unique):
        found = tuple(Row(tests, output) for tests, output in rows)
        never = Example("无", {"category": "9999"})
        content = Content(policy, tuple(inputs.split()), found, (never,))
        with unit_of_work():
            by, moment = city.system_admin, at("2026-03-01 09:00")
            draft = drafting.begin(decision, content, by=by, at=moment)
            return publishing.publish(draft.id, revision=1, note="n", has_read=True, by=by, at=moment).id

    return in_force_


HOURS = {"value": "6", "unit": "working_hours"}


def said(case_id):
    found = queries.taken_about("case", case_id)
    return {table.decision: (taken.facts, taken.rows, taken.outcome) for taken, table in found}


def test_without_a_table_the_catalogue_decides_and_nothing_is_kept(city):
    story = Story(city).filed()
    assert story.case.limit_unit == "working_hours"
    assert said(story.case_id) == {}


def test_the_limit_is_that_of_the_row_and_is_explained(city, in_force):
    in_force("handling_limit", "category area_class month", (("0110", "A", "[1..6]"), HOURS))
    case = Story(city).filed().case
    assert (case.limit_value, case.limit_unit) == (6, "working_hours")
    facts = {"category": "0110", "area_class": "A", "month": 3}
    assert said(case.id)["handling_limit"] == (facts, [1], {"value": 6, "unit": "working_hours"})


def test_where_no_row_applies_all_is_as_if_there_were_no_table_and_that_is_kept(city, in_force):
    before = Story(city).filed().case
    in_force("handling_limit", "category", (("0111",), HOURS))
    case = Story(city).filed().case
    assert (case.limit_value, case.limit_unit) == (before.limit_value, before.limit_unit)
    assert said(case.id)["handling_limit"] == ({"category": "0110"}, [], {})


def test_the_limit_of_a_season_is_that_of_the_moment(city, in_force, at):
    in_force("handling_limit", "category month", (("0110", "[3..4]"), HOURS))
    case = Story(city).filed().case
    assert limits.handling_limit(case, at("2026-04-30 23:00")).value == 6
    assert limits.handling_limit(case, at("2026-05-01 00:00")).value != 6


def test_a_row_dispatches_by_itself_before_the_authority_list(city, in_force):
    in_force("dispatch", "category", (("0110",), {"department": "landscaping"}))
    case = Story(city).filed().case
    assert case.department.code == "landscaping"
    dispatch = db.session.scalars(select(Dispatch).where(Dispatch.case_id == case.id)).one()
    assert (dispatch.mode, dispatch.rule_id) == ("auto", None)
    matched = [verdict["reason"] for verdict in dispatch.explanation if verdict["matched"]]
    assert set(matched) <= {"It would apply, but the decision table comes first."}
    detail = db.session.scalars(
        select(TimelineEntry.detail).where(TimelineEntry.case_id == case.id, TimelineEntry.act == "dispatch")
    ).one()
    assert (detail["mode"], detail["table"]) == ("table", "1 / 1")
    assert said(case.id)["dispatch"] == ({"category": "0110"}, [1], {"departments": ["landscaping"]})


def test_several_departments_are_left_to_a_person(city, in_force):
    rows = ((("0110",), {"department": "landscaping"}), (("0110, 0111",), {"department": "sanitation"}))
    in_force("dispatch", "category", *rows, policy=HitPolicy.collect)
    story = Story(city).report().propose().do("zhao", "filing")
    assert "dispatch" in story.waiting
    found = dispatching.explain(story.case, story.now)
    assert set(found.department_ids) == {city.parks.id, city.sanitation.id}
    assert not found.is_automatic


def test_a_department_that_is_closed_gets_nothing(city, in_force):
    in_force("dispatch", "category", (("0110",), {"department": "landscaping"}))
    with unit_of_work():
        city.parks.is_active = False
    story = Story(city).report().propose().do("zhao", "filing")
    found = dispatching.explain(story.case, story.now)
    assert (found.department_ids, found.is_automatic) == ((), False)
    assert "dispatch" in story.waiting


def test_what_a_withdrawn_table_decided_stays_explained(city, in_force, at):
    table_id = in_force("handling_limit", "category", (("0110",), HOURS))
    case_id = Story(city).filed().case_id
    with unit_of_work():
        publishing.withdraw(table_id, reason="x", by=city.system_admin, at=at("2026-03-03 09:00"))
    assert said(case_id)["handling_limit"][1] == [1]
    assert Story(city).filed().case.limit_value != 6
