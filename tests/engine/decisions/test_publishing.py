"""From a draft to a table in force: checked, tested, one at a time, and back again."""

from dataclasses import replace

import pytest

from engine.audit.models import AuditRecord
from engine.decisions import asking, checking, drafting, publishing, queries
from engine.decisions import vocabulary as known
from engine.decisions.content import Content, Example, Row, from_json
from engine.decisions.errors import (
    AlreadyInForce,
    DraftExists,
    NoSuchDecision,
    NotADraft,
    NotInForce,
    PublishedMeanwhile,
    StaleTable,
    TableRefused,
    TooLarge,
)
from engine.decisions.vocabulary import HitPolicy
from engine.kit.db import db, unit_of_work
from engine.kit.errors import Invalid
from tests.engine.decisions.drawing_up import hours

GARBAGE = Example("暴露垃圾", {"category": "0110"}, hours(4))
GOOD = Content(
    inputs=("category",), rows=(Row(("0110",), hours(4), "样例"), Row(("not(0110)",), hours(2, "working_days"))),
    examples=(GARBAGE, Example("其他", {"category": "0111"}, hours(2, "working_days"))),
)  # fmt: skip


@pytest.fixture
def draft(city, at):
    def draft_(content=GOOD, decision="handling_limit"):
        with unit_of_work():
            return drafting.begin(decision, content, by=city.system_admin, at=at("2026-03-02 09:00")).id

    return draft_


@pytest.fixture
def publish(city, at):
    def publish_(table_id, revision=1, *, note="夏季时限", has_read=True):
        with unit_of_work():
            return publishing.publish(table_id, revision=revision, note=note, has_read=has_read, by=city.system_admin,
                                      at=at("2026-03-02 10:00"))  # fmt: skip

    return publish_


def told(content, decision="handling_limit"):
    check = checking.Check(content, known.get(decision))
    return {(one.row, one.example, one.told("en")) for one in check.errors}


def test_a_table_comes_into_force_and_gives_way_to_the_next(draft, publish, city, at):
    first = publish(draft())
    assert (first.version, first.state) == (1, "active")
    assert asking.in_force("handling_limit").version == 1
    with unit_of_work():
        second = drafting.begin("handling_limit", by=city.system_admin, at=at("2026-03-03 09:00"))
        assert from_json(second.content).rows[0].tests == ('"0110"',), "it begins with what is in force"
        changed = replace(GOOD, examples=(GARBAGE,))
        drafting.save(second.id, changed, revision=1, by=city.system_admin, at=at("2026-03-03 09:01"))
    publish(second.id, 2)
    assert [(one.version, one.state) for one in queries.versions("handling_limit")] == [(2, "active"), (1, "retired")]
    acts = db.session.scalars(
        db.select(AuditRecord.action).where(AuditRecord.action.like("decision.%")).order_by(AuditRecord.id)
    ).all()
    assert acts == ["decision.begun", "decision.published"] * 2


def test_an_earlier_version_is_brought_back_and_withdrawn_in_one_act_each(draft, publish, city, at):
    first = publish(draft()).id
    publish(draft(replace(GOOD, rows=GOOD.rows[:1], examples=(GARBAGE,))))
    moment = at("2026-03-04 09:00")
    with pytest.raises(Invalid), unit_of_work():
        publishing.restore(first, reason=" ", by=city.system_admin, at=moment)
    with unit_of_work():
        back = publishing.restore(first, reason="新表有误", by=city.system_admin, at=moment)
    assert (back.version, asking.in_force("handling_limit").version) == (3, 3)
    with pytest.raises(AlreadyInForce), unit_of_work():
        publishing.restore(first, reason="again", by=city.system_admin, at=moment)
    with unit_of_work():
        publishing.withdraw(back.id, reason="不再需要", by=city.system_admin, at=moment)
    assert asking.in_force("handling_limit") is None
    with pytest.raises(NotInForce), unit_of_work():
        publishing.withdraw(back.id, reason="again", by=city.system_admin, at=moment)


def test_nothing_is_published_without_a_reason_read_warnings_and_passing_test_cases(draft, publish, city, at):
    table_id = draft(replace(GOOD, rows=GOOD.rows[:1], examples=(GARBAGE,)))
    with pytest.raises(Invalid) as refused:
        publish(table_id, note="")
    assert set(refused.value.fields) == {"note"}
    with pytest.raises(Invalid) as refused:
        publish(table_id, has_read=False)
    assert set(refused.value.fields) == {"has_read"}, "other categories have no row"
    wrong = replace(GOOD, examples=(replace(GARBAGE, expected=hours(5)),))
    with unit_of_work():
        drafting.save(table_id, wrong, revision=1, by=city.system_admin, at=at("2026-03-02 09:30"))
    with pytest.raises(TableRefused):
        publish(table_id, 2)
    assert asking.in_force("handling_limit") is None


def test_each_contradiction_is_told_with_its_place():
    rows = (Row(("0110",), hours(4)), Row(("not(0111",), {"value": "0", "unit": ""}))
    assert told(Content(inputs=("category",), rows=rows, examples=(GARBAGE,))) == {
        (2, None, ") is missing."),
        (2, None, "The limit must be between 0 and 1000."),
    }
    twice = (Row(("0110",), hours(4)), Row(("-",), hours(8)))
    assert told(Content(inputs=("category",), rows=twice)) == {
        (2, None, "This row and row 1 apply to the same facts: only one may."),
        (None, None, "There is no test case: please say what you expect of at least one."),
    }
    mixed = (Row(("0110",), hours(4)), Row(("-",), hours(8, "working_days")))
    assert told(Content(HitPolicy.collect_min, ("category",), mixed, (GARBAGE,))) >= {
        (None, None, "Only limits in the same unit can be compared: please use one unit in all rows."),
    }
    empty = Content(inputs=("category", "moon"), rows=())
    assert {text for _, _, text in told(empty)} >= {"The table has no row.", "There is no fact called moon."}
    assert told(Content(HitPolicy.collect, ("category",), GOOD.rows, GOOD.examples)) == {
        (None, None, "This hit policy makes no sense for this decision.")
    }


def test_departments_must_exist_and_handle_cases(city):
    rows = tuple(Row((code,), {"department": office}) for code, office in
                 (("0110", "sanitation"), ("0111", "nobody"), ("0112", "center")))  # fmt: skip
    example = Example("", {"category": "0110"}, {"department": "sanitation"})
    found = told(Content(inputs=("category",), rows=rows, examples=(example,)), "dispatch")
    text = "There is no department that handles cases with the code %s."
    assert found == {(2, None, text % "nobody"), (3, None, text % "center")}


def test_a_row_that_no_test_case_meets_and_a_gap_are_warnings():
    content = Content(inputs=("area_class",), rows=(Row(("A",), hours(4)), Row(("B",), hours(8))),
                      examples=(Example("", {"area_class": "A"}, hours(4)),))  # fmt: skip
    check = checking.Check(content, known.get("handling_limit"))
    assert check.errors == []
    assert [one.row for one in check.warnings] == [None, 2]
    assert check.warnings[0].told("en") == 'No row applies here: Area class: "C".'
    assert "没有任何行" in check.warnings[0].told("zh_Hans_CN")


def test_two_people_do_not_overwrite_each_other(draft, publish, city, at):
    table_id = draft()
    with pytest.raises(DraftExists):
        draft()
    moment = at("2026-03-02 09:30")
    with unit_of_work():
        drafting.save(table_id, replace(GOOD, rows=GOOD.rows[:1]), revision=1, by=city.system_admin, at=moment)
    with pytest.raises(StaleTable), unit_of_work():
        drafting.save(table_id, GOOD, revision=1, by=city.security_admin, at=moment)
    with pytest.raises(StaleTable):
        publish(table_id, 1)
    with unit_of_work():
        drafting.discard(table_id, by=city.system_admin, at=moment)
    with pytest.raises(NotADraft):
        publish(table_id, 2)


def test_a_draft_does_not_undo_what_was_published_after_it_was_begun(draft, publish, city, at):
    first = publish(draft()).id
    publish(draft(replace(GOOD, rows=GOOD.rows[:1], examples=(GARBAGE,))))
    late = draft()
    with unit_of_work():
        publishing.restore(first, reason="新表有误", by=city.system_admin, at=at("2026-03-02 11:00"))
    with pytest.raises(PublishedMeanwhile):
        publish(late)


def test_huge_tables_and_unknown_decisions_are_refused(draft):
    with pytest.raises(TooLarge):
        Content(rows=(Row(()),) * 201)
    with pytest.raises(NoSuchDecision):
        draft(decision="moon_phase")
    wide = ", ".join(str(number) for number in range(50))
    rows = tuple(Row((wide,) * 10, hours(1)) for _ in range(60))
    inputs = tuple(one.name for one in known.get("handling_limit").inputs)[:10]
    assert "At most 2000 values stand in one table." in {text for _, _, text in told(Content(inputs=inputs, rows=rows))}
