import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.grids import codes


def test_a_unit_grid_code_falls_into_its_regions():
    parts = codes.read_unit_grid("640104001003012")
    assert parts == codes.UnitGridCode("640104", "640104001", "640104001003", "012")


@pytest.mark.parametrize(
    "code", ["", "64010400100301", "6401040010030121", "940104001003012", "640104001003000", "64010400100301a"]
)
def test_what_is_no_unit_grid_code_is_none(code):
    assert codes.read_unit_grid(code) is None


@pytest.mark.parametrize(
    ("code", "parts"),
    [
        ("3205080101000001", ("320508", "0101", "000001")),
        ("64010401001000001", ("640104", "01001", "000001")),
        ("6401049998000007", ("640104", "9998", "000007")),
    ],
)
def test_a_component_code_is_read_by_its_length(code, parts):
    assert codes.read_component(code) == codes.ComponentCode(*parts)


@pytest.mark.parametrize("code", ["3205080101000000", "320508010100000", "640104010010000011", "0205080101000001"])
def test_what_is_no_component_code_is_none(code):
    assert codes.read_component(code) is None


@pytest.mark.parametrize(
    ("code", "level", "parent"),
    [
        ("640100", "city", None),
        ("640104", "district", "640100"),
        ("640104001", "street", "640104"),
        ("640104001003", "community", "640104001"),
    ],
)
def test_levels_and_parents_of_regions(code, level, parent):
    assert (codes.level_of(code), codes.parent_of(code)) == (level, parent)


def test_the_check_character_of_a_credit_code():
    assert codes.credit_check_digit("12640100MB0000000") == "U"
    assert codes.is_credit_code("12640100MB0000000U")
    assert not codes.is_credit_code("12640100MB0000000A")
    assert not codes.is_credit_code("12640100IO0000000U")


characters = st.sampled_from(codes.CREDIT_ALPHABET)


@given(st.text(characters, min_size=9, max_size=9), st.integers(0, 8), characters)
def test_one_wrong_character_is_always_found(body, place, other):
    right = f"12640100{body}"
    wrong = f"12640100{body[:place]}{other}{body[place + 1 :]}"
    right += codes.credit_check_digit(right)
    assert codes.is_credit_code(right)
    assert codes.is_credit_code(wrong + right[17]) == (wrong == right[:17])
