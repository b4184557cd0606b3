"""Periods that move with the calendar."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from engine.evaluation import periods, slices
from engine.evaluation.errors import NotAPeriod
from engine.kit.errors import Invalid
from engine.statistics import spans
from tests.city import ZONE, at

DAYS = some.dates(date(2000, 1, 10), date(2100, 1, 1))


@given(DAYS)
def test_this_holds_today_and_last_ends_the_day_before(today: date) -> None:
    for part in ("week", "month", "quarter", "year"):
        first, last = spans.days(f"this_{part}", today)
        before, ended = spans.days(f"last_{part}", today)
        assert first <= today <= last
        assert before <= ended == first - timedelta(days=1)
        assert spans.days(f"this_{part}", ended) == (before, ended)


@given(DAYS)
def test_no_kind_is_longer_than_allowed(today: date) -> None:
    for kind in spans.KINDS:
        first, last = spans.days(kind, today)
        assert 0 <= (last - first).days < spans.MOST_DAYS


def test_what_each_is_on_a_day_of_november() -> None:
    today = date(2026, 11, 21)
    assert spans.days("last_week", today) == (date(2026, 11, 9), date(2026, 11, 15))
    assert spans.days("last_month", today) == (date(2026, 10, 1), date(2026, 10, 31))
    assert spans.days("last_quarter", today) == (date(2026, 7, 1), date(2026, 9, 30))
    assert spans.days("last_7_days", today) == (date(2026, 11, 15), today)


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        ("", "2026-10-01", "from"),
        ("2026-10-32", "2026-10-01", "from"),
        ("0001-01-01", "2026-10-01", "from"),
        ("2026-10-02", "nonsense", "until"),
        ("2026-10-02", "2026-10-01", "until"),
        ("2024-10-02", "2026-10-01", "until"),
        ("2026-10-02", "9999-12-31", "until"),
    ],
)
def test_days_that_make_no_sense_are_refused_beside_their_field(first: str, last: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        spans.chosen(first, last)
    assert list(refused.value.fields) == [field]


@given(DAYS, some.integers(0, 120), some.sampled_from(sorted(slices.KINDS)))
def test_slices_cover_a_period_without_gaps_and_are_read_back(first: date, days: int, kind: str) -> None:
    period = periods.span(first, first + timedelta(days=days), ZONE, as_of=at("2026-11-21 09:00"))
    parts = slices.of(kind, period, ZONE)
    assert parts[0].start <= period.start
    assert parts[-1].end >= period.end
    for one, after in pairwise(parts):
        assert one.end == after.start
    assert [slices.read(kind, one.key, ZONE) for one in parts] == parts


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("day", "2026-W41"),
        ("day", "20261005"),
        ("week", "2026-10"),
        ("week", "2026-W99"),
        ("week", "W"),
        ("calendar_month", "2026-13"),
        ("calendar_month", "x"),
        ("day", "9999-12-31"),
    ],
)
def test_what_is_no_slice_is_not_found(kind: str, key: str) -> None:
    with pytest.raises(NotAPeriod):
        slices.read(kind, key, ZONE)


@pytest.mark.parametrize("name", ["2026-10-31..2026-10-01", "2026-10-01..9999-12-31", "2026-10-01", "..", "x..y"])
def test_what_is_no_span_is_not_found(name: str) -> None:
    with pytest.raises(NotAPeriod):
        periods.span(*periods.days_of(name), ZONE, as_of=at("2026-11-21 09:00"))
