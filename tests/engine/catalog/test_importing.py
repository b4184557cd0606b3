from sqlalchemy import func, select

from engine.catalog import importing, limits, mapping, queries
from engine.catalog.models import Category, CodeSystem, FilingCondition
from engine.kit.db import db


def test_both_code_systems_are_loaded_with_what_is_known_of_them(database, at):
    assert importing.load_builtin(at("2026-03-02 09:00")) == 609
    counted = db.session.execute(
        select(Category.code_system, Category.kind, func.count()).group_by(Category.code_system, Category.kind)
    )
    assert {(system, kind): count for system, kind, count in counted} == {
        ("GBT30428.2-2013", "component"): 128,
        ("GBT30428.2-2013", "event"): 78,
        ("GBT47678.5-2026", "component"): 153,
        ("GBT47678.5-2026", "event"): 250,
    }
    assert db.session.scalar(select(func.count()).where(FilingCondition.is_verified)) == 0
    bases = set(db.session.scalars(select(FilingCondition.basis).distinct()))
    assert bases == {"city:运城", "city:运城(扩展类映射)", "default"}


def test_loading_again_leaves_the_citys_own_changes(database, at):
    importing.load_builtin(at("2026-03-02 09:00"))
    queries.by_code("GBT30428.2-2013", "component", "0102").name = "污水井盖（本市）"
    assert importing.load_builtin(at("2026-03-03 09:00")) == 0
    assert queries.by_code("GBT30428.2-2013", "component", "0102").name == "污水井盖（本市）"


def test_a_2013_category_and_its_2026_counterpart_share_their_conditions(database, at):
    importing.load_builtin(at("2026-03-02 09:00"))
    old = queries.by_code(CodeSystem.gbt_2013, "component", "0102")
    new = mapping.counterpart(old)
    assert (new.code_system, new.code, new.name) == ("GBT47678.5-2026", "01002", "污水井盖")
    assert mapping.counterpart(new) is old
    first, other = (queries.conditions_of(category.id)[0] for category in (old, new))
    assert (first.text, first.limit_value, first.limit_unit) == (other.text, 2, "urgent_hours")
    assert first.is_urgent
    assert first.clock == "continuous"


def test_the_same_code_is_two_categories_of_different_kinds(database, at):
    importing.load_builtin(at("2026-03-02 09:00"))
    names = [queries.by_code(CodeSystem.gbt_2013, kind, "0110").name for kind in ("component", "event")]
    assert len(set(names)) == 2
    mirror = queries.by_code(CodeSystem.gbt_2026, "event", "01001")
    assert not mirror.is_active


def test_what_has_no_counterpart_is_listed_and_not_guessed(database, at):
    importing.load_builtin(at("2026-03-02 09:00"))
    dropped = mapping.unmapped(CodeSystem.gbt_2013)
    assert dropped
    assert all(mapping.counterpart(category) is None for category in dropped)
    assert "路面塌陷" in {category.name for category in dropped}


def test_the_limit_depends_on_the_class_of_the_area(database, at):
    importing.load_builtin(at("2026-03-02 09:00"))
    condition = queries.conditions_of(queries.by_code(CodeSystem.gbt_2013, "component", "0102").id)[1]
    assert [limits.limit_of(condition, area) for area in "ABC"] == [
        (4, "working_hours"), (6, "working_hours"), (8, "working_hours"),
    ]  # fmt: skip
