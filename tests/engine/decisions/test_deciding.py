"""What a table says, by each hit policy; and that overlaps and gaps are found where they are, and only there."""

import itertools
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendars.working_time import Limit, Unit
from engine.decisions import deciding
from engine.decisions.overlaps import Coverage
from engine.decisions.vocabulary import HitPolicy
from tests.engine.decisions.drawing_up import LIMITS, OFFICES, table

P = HitPolicy


def asked(content, decision=LIMITS, **facts):
    return deciding.compiled(content, decision).decide(facts)


def said(content, **facts):
    limit = asked(content, **facts).outcome.limit
    return limit.value if limit else None


TWO = (("A,B", "-", "4"), ("A", ">= 2", "8"))


@pytest.mark.parametrize(
    ("policy", "answer", "rows"),
    [(P.unique, None, (1, 2)), (P.first, 4, (1,)), (P.any, None, (1, 2)), (P.collect_min, 4, (1, 2)),
     (P.collect_max, 8, (1, 2))],
)  # fmt: skip
def test_where_two_rows_apply_the_hit_policy_decides(policy, answer, rows):
    content = table("area count", *TWO, policy=policy)
    assert said(content, area="A", count=3) == answer
    assert asked(content, area="A", count=3).rows == rows
    assert said(content, area="B", count=3) == 4
    assert said(content, area="C", count=3) is None


def test_rows_that_agree_are_one_answer_under_any():
    content = table("area", ("A", "4"), ("not(B)", "4"), policy=P.any)
    assert asked(content, area="A").outcome.limit == Limit(4, Unit.working_hours)


def test_every_department_that_applies_is_offered_under_collect():
    content = table("area", ("A", "parks"), ("A,B", "roads"), policy=P.collect)
    assert asked(content, OFFICES, area="A").outcome.departments == ("parks", "roads")
    assert asked(content, OFFICES, area="B").outcome.departments == ("roads",)


def coverage(content):
    return Coverage(deciding.compiled(content, LIMITS), LIMITS)


def test_overlaps_hidden_rows_and_gaps_are_told():
    content = table("area count", ("A,B", "[0..5]", "4"), ("A", ">= 5", "8"), ("B", "2", "2"), ("C", "-", "1"))
    found = coverage(content)
    assert list(found.overlaps()) == [(1, 2), (1, 3)]
    assert found.never() == [3]
    assert found.gaps() == [{"area": '"B"', "count": ">= 6"}]


def test_gaps_between_codes_are_told_as_all_others():
    found = coverage(table("code urgent", ("0110, 0111", "-", "4"), ("-", "true", "2")))
    assert found.gaps() == [{"code": 'not("0110", "0111")', "urgent": "false"}]
    ranges = coverage(table("code", ('["01".."05"]', "4"), ('> "07"', "2")))
    assert ranges.gaps() == [{"code": '< "01", ("05".."07"]'}]


def test_nothing_lies_between_whole_numbers_nor_outside_of_their_bounds():
    assert coverage(table("month", ("[1..3]", "1"), ("[4..9]", "2"), (">= 10", "3"))).gaps() == []
    assert coverage(table("share", ("<= 1", "1"), (">= 2", "2"))).gaps() == [{"share": "(1..2)"}]


AREAS = st.sampled_from(["-", "A", "A, B", "not(C)", "C"])
COUNTS = st.sampled_from(["-", "0", ">= 2", "[1..3]", "(1..4)", "not(2)", "< 3"])
TRUTHS = st.sampled_from(["-", "true", "false"])
ROWS = st.lists(st.tuples(AREAS, COUNTS, TRUTHS, st.sampled_from(["1", "2"])), min_size=1, max_size=6)
EVERYTHING = list(itertools.product("ABC", range(8), (False, True)))


@given(ROWS)
def test_what_is_found_is_what_trying_everything_finds(rows):
    content = table("area count urgent", *rows, policy=P.collect_min)
    ruled = [asked(content, area=a, count=c, urgent=u).rows for a, c, u in EVERYTHING]
    found = coverage(content)
    pairs = {pair for hits in ruled for pair in itertools.combinations(hits, 2)}
    assert set(found.overlaps()) == pairs
    first = {hits[0] for hits in ruled if hits}
    assert set(found.never()) == set(range(1, len(rows) + 1)) - first
    gaps = found.gaps()
    assert bool(gaps) == any(not hits for hits in ruled)
    for gap in gaps:
        row = (*(gap.get(name, "-") for name in ("area", "count", "urgent")), "1")
        within = table("area count urgent", row)
        met = [hits for (a, c, u), hits in zip(EVERYTHING, ruled, strict=True)
               if asked(within, area=a, count=c, urgent=u).rows]  # fmt: skip
        assert met == [()] * len(met)
        assert met


@given(ROWS, st.sampled_from(["A", "B", "C"]), st.integers(0, 9), st.booleans())
def test_first_is_the_row_that_a_reader_finds_first(rows, area, count, urgent):
    def reads(cells):
        return asked(table("area count urgent", cells), area=area, count=count, urgent=urgent).rows

    expected = next((number for number, row in enumerate(rows, 1) if reads(row)), None)
    content = table("area count urgent", *rows, policy=P.first)
    assert asked(content, area=area, count=count, urgent=urgent).rows == ((expected,) if expected else ())


def test_the_largest_table_is_looked_through_in_a_moment():
    chance = random.Random(7)
    rows = [
        (chance.choice(["-", "A", "A, B"]), ", ".join(f"{chance.randrange(9999):04}" for _ in range(9)),
         chance.choice(["-", "> 3", "[1..4]"]), chance.choice(["-", "true"]), "4")
        for _ in range(200)
    ]  # fmt: skip
    began = time.perf_counter()
    found = coverage(table("area code count urgent", *rows, policy=P.first))
    assert list(found.overlaps())
    assert found.gaps()
    found.never()
    assert time.perf_counter() - began < 5
