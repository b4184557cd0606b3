"""Rates agree with the numbers that cities have published (evaluation.md §3)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from engine.evaluation import formulas, sets
from engine.evaluation.formulas import Indicator, percent

WEEK = {
    "accepted": 51571,
    "filed": 51229,
    "dispatched": 49151,
    "due_closure": 52434,
    "closed_due": 43523,
    "closed_on_time": 40394,
    "reworked": 276,
    "extended": 104,
}


@pytest.mark.parametrize(
    ("indicator", "expected"),
    [
        (formulas.FILING, "99.34"),
        (formulas.DISPATCHING, "95.94"),
        (formulas.CLOSURE, "83.01"),
        (formulas.ON_TIME_CLOSURE, "77.04"),
        (formulas.REWORK, "0.53"),
        (formulas.EXTENSION, "0.20"),
    ],
)
def test_the_published_week(indicator: Indicator, expected: str) -> None:
    assert indicator.of(WEEK) == Decimal(expected)


def test_the_other_city() -> None:
    counts = {"due_closure": 972, "closed_due": 911, "closed_on_time": 737}
    assert formulas.CLOSURE.of(counts) == Decimal("93.72")
    assert formulas.ON_TIME_CLOSURE.of(counts) == Decimal("75.82")


def test_nothing_due_is_no_rate() -> None:
    assert formulas.ON_TIME_HANDLING.of({"due_handling": 0}) is None
    assert formulas.ON_TIME_HANDLING.exact({}) is None


def test_halves_go_up() -> None:
    assert percent(1, 800) == Decimal("0.13")  # 0.125
    assert str(percent(1, 2)) == "50.00"


def test_every_indicator_speaks_of_known_sets() -> None:
    codes = [indicator.code for indicator in formulas.INDICATORS]
    assert len(codes) == len(set(codes))
    for indicator in formulas.INDICATORS:
        assert indicator.numerator in sets.SETS
        assert indicator.denominator in sets.SETS


@given(some.integers(0, 10**7), some.integers(1, 10**7))
def test_shares_of_a_set_stay_within_their_bounds(part: int, rest: int) -> None:
    share = percent(part, part + rest)
    assert share is not None
    assert Decimal(0) <= share <= Decimal(100)
    assert abs(share - Decimal(part) * 100 / (part + rest)) <= Decimal("0.005")
