import pytest

from engine.catalog import importing, queries
from engine.catalog.models import CodeSystem


@pytest.fixture(autouse=True)
def catalogue(database, at):
    importing.load_builtin(at("2026-03-02 09:00"))


def names(text, **more):
    return [category.name for category in queries.search(text, code_system=CodeSystem.gbt_2013, **more)]


def test_a_category_is_found_by_code_name_and_initials():
    assert names("0102")[0] == "污水井盖"
    assert names("污水井")[0] == "污水井盖"
    assert names("wsjg") == ["污水井盖"]
    assert names("WSJG") == ["污水井盖"]
    assert "污水井盖" in names("jg")


def test_those_that_begin_with_it_come_first():
    found = names("井盖")
    assert "污水井盖" in found
    assert names("雨水")[0].startswith("雨水")


def test_a_search_can_be_kept_to_one_kind():
    assert {each.kind for each in queries.search("0101", code_system=CodeSystem.gbt_2013)} == {"component", "event"}
    assert {each.kind for each in queries.search("0101", code_system=CodeSystem.gbt_2013, kind="event")} == {"event"}


@pytest.mark.parametrize("text", ["%", "_", "'", "\\", "🜁"])
def test_signs_of_the_database_are_only_signs(text):
    assert names(text) == []


def test_majors_of_a_system():
    majors = queries.majors(code_system=CodeSystem.gbt_2026, kind="event")
    assert [code for _, code, _ in majors] == ["06", "07", "08", "09", "10"]
    assert queries.code_systems() == [CodeSystem.gbt_2013, CodeSystem.gbt_2026]


def test_what_does_not_exist_is_not_found():
    with pytest.raises(queries.CategoryNotFound):
        queries.get(-1)
    with pytest.raises(queries.ConditionNotFound):
        queries.condition(-1)
