"""Names in pictures keep inside their boxes, whatever they are."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.process.wrapping import CUT, is_cut, lines, width_of


def wrapped(text, width=90, height=72, size=13):
    return lines(text, width=width, height=height, size=size)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("受理", ("受理",)),
        ("派遣员审核申诉", ("派遣员审", "核申诉")),
        ("Review of the feedback", ("Review of", "the feedback")),
        ("Accept 受理登记", ("Accept", "受理登记")),
        ("", ()),
    ],
)
def test_names_break_where_their_language_breaks(text, found):
    assert wrapped(text) == found


def test_what_does_not_fit_is_cut_and_says_so():
    found = wrapped("处置" * 60)
    assert is_cut(found)
    assert len(found) == 4
    assert wrapped("Donaudampfschifffahrtsgesellschaft")[0] == "Donaudampfsc"


@example("000000000 0", 73.0, 20.0)
@given(st.text(max_size=200), st.floats(20, 400), st.floats(20, 200))
def test_no_line_is_wider_than_its_box_and_nothing_is_lost(text, width, height):
    found = lines(text, width=width, height=height, size=13)
    assert all(width_of(line) <= width / 13 + 1e-6 for line in found)
    assert len(found) <= max(int(height / (13 * 1.3)), 1)
    if not is_cut(found):
        assert "".join(found).replace(" ", "") == "".join(text.split())
    assert all(CUT not in line or CUT in text for line in found[:-1])
