"""Cells are read as DMN writes them, and as people type them; nothing in them is ever run."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.decisions import cells
from engine.decisions.cells import Part, Test
from engine.kit.cells import Refused
from tests.engine.decisions.drawing_up import AREA, CODE, COUNT, SHARE, URGENT


@pytest.mark.parametrize(
    ("typed", "asked", "kept"),
    [
        ("", AREA, "-"),
        (" — ", COUNT, "-"),
        ("A,B", AREA, '"A", "B"'),
        ("“A”，“B”", AREA, '"A", "B"'),
        ("inner city、c", AREA, '"A", "C"'),
        ("not(A)", AREA, 'not("A")'),
        ("0110；0111", CODE, '"0110", "0111"'),
        ('["01".."05")', CODE, '["01".."05")'),
        ("≥3", COUNT, ">= 3"),
        ("1, >5", COUNT, "1, > 5"),
        ("]1..5]", COUNT, "(1..5]"),
        ("not(（1..5])", COUNT, "not((1..5])"),
        ("-1.50", SHARE, "-1.5"),
        ("是", URGENT, "true"),
        ("No", URGENT, "false"),
    ],
)
def test_what_people_type_is_kept_in_its_customary_form(typed, asked, kept):
    assert cells.tidy(typed, asked) == kept
    assert cells.tidy(kept, asked) == kept


@pytest.mark.parametrize(
    ("typed", "asked", "why"),
    [
        ("D", AREA, "D is not known."),
        ("< A", AREA, "Its values have no order: please list them."),
        ("1..5", COUNT, "This is not understood from here: .."),
        ("1.5", COUNT, "A whole number is needed."),
        ("many", COUNT, "A number is needed."),
        ("9999999999999", COUNT, "A number is needed."),
        ("[5..1]", COUNT, "A range goes from the smaller to the larger value."),
        ("[1..5", COUNT, "A range ends with ] or )."),
        ("not(A", AREA, ") is missing."),
        ("A,", AREA, "A value is missing."),
        ("maybe", URGENT, "Please write true or false."),
        ('"0110', CODE, 'This is not understood from here: "0110'),
        ("x" * 401, CODE, "At most 400 characters."),
        (",".join(["1"] * 51), COUNT, "At most 50 values stand in one cell."),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(typed, asked, why):
    with pytest.raises(Refused) as refused:
        cells.read(typed, asked)
    assert refused.value.text % refused.value.params == why
    assert cells.tidy(typed, asked) == typed.strip()


@pytest.mark.parametrize(
    "attack",
    [
        '__import__("os").system("id")',
        "count.__class__",
        "${7*7}",
        "[1,2,3].all(x, true)",
        "? > 3",
        'matches("(a+)+$")',
        "1 if 1 else 1",
        "(" * 300,
        "not(" * 90,
        '"\\u0022',
        "-" * 300,
        "\x00",
    ],
)
@pytest.mark.parametrize("asked", [CODE, COUNT, URGENT, AREA], ids=lambda one: one.name)
def test_nothing_that_would_run_is_understood(attack, asked):
    began = time.perf_counter()
    with pytest.raises(Refused):
        cells.read(attack, asked)
    assert time.perf_counter() - began < 1


NUMBERS = st.integers(-20, 20)


@st.composite
def parts(draw):
    low, high = sorted(draw(st.lists(NUMBERS, min_size=2, max_size=2, unique=True)))
    shape = draw(st.sampled_from(["one", "from", "to", "range"]))
    if shape == "one":
        return Part(low, low)
    if shape == "range":
        return Part(low, high, draw(st.booleans()), draw(st.booleans()))
    is_open = draw(st.booleans())
    return Part(low, None, low_open=is_open) if shape == "from" else Part(None, high, high_open=is_open)


TESTS = st.builds(
    lambda found, is_not: Test(tuple(found), is_not), st.lists(parts(), min_size=1, max_size=9), st.booleans()
)


@given(TESTS)
def test_what_is_written_is_read_again(test):
    if len(cells.written(test)) <= cells.MOST_CHARACTERS:
        assert cells.read(cells.written(test), COUNT) == test


def naive(part, value):
    if part.low is None:
        return value < part.high if part.high_open else value <= part.high
    if part.high is None:
        return value > part.low if part.low_open else value >= part.low
    return value in range(part.low + part.low_open, part.high + 1 - part.high_open)


@given(TESTS, NUMBERS)
def test_a_cell_holds_where_counting_on_fingers_says_so(test, value):
    assert test.holds(value) == (any(naive(part, value) for part in test.parts) is not test.is_not)
