"""Working hours in the night in which the wall clock is put forward or back: no moment twice, none backwards."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendars.hours import Hours, Segment, WeeklyHours
from engine.calendars.working_time import Limit, Unit, WorkingCalendar

BERLIN = ZoneInfo("Europe/Berlin")
YEARS = range(2026, 2028)
SPRING = datetime(2026, 3, 28, 12, tzinfo=BERLIN)  # at 2:00 the wall clock shows 3:00
AUTUMN = datetime(2026, 10, 24, 12, tzinfo=BERLIN)  # at 3:00 it shows 2:00


def every_day(*segments: Segment) -> WorkingCalendar:
    weeks = (WeeklyHours(dict.fromkeys(range(7), segments)),)
    return WorkingCalendar(Hours(weeks=weeks, published=YEARS), BERLIN, YEARS)


@pytest.mark.parametrize(
    ("segments", "spring", "autumn"),
    [
        (((120, 180),), 0, 2),  # 2–3, which there is not in spring, and twice in autumn
        (((150, 180),), 0, 1.5),  # from the first 2:30 to 3:00
        (((150, 240),), 1, 2.5),
        (((60, 150),), 1, 1.5),
        (((120, 180), (480, 720)), 4, 6),
        (((0, 1440),), 23, 25),
    ],
)
def test_segments_at_the_turn_count_what_was_worked(
    segments: tuple[Segment, ...], spring: float, autumn: float
) -> None:
    calendar = every_day(*segments)
    midnights = [noon.replace(hour=0) + timedelta(days=1) for noon in (SPRING, AUTUMN)]
    counted = [
        calendar.spent(start, start + timedelta(days=1), Unit.working_hours) / 3600  # wall time: to the next midnight
        for start in midnights
    ]
    assert counted == [spring, autumn]


nights = st.lists(st.integers(0, 16).map(lambda half_hour: half_hour * 30), min_size=2, max_size=6, unique=True).map(
    lambda marks: tuple(zip(sorted(marks)[::2], sorted(marks)[1::2], strict=False))
)


@given(nights, st.sampled_from([SPRING, AUTUMN]), st.sampled_from(Unit))
def test_time_never_runs_backwards(segments: tuple[Segment, ...], noon: datetime, unit: Unit) -> None:
    calendar = every_day(*segments)
    since = int(noon.timestamp())
    counted = [calendar.position(datetime.fromtimestamp(since + 600 * step, BERLIN), unit) for step in range(24 * 6)]
    assert counted == sorted(counted)


@given(nights, st.sampled_from([SPRING, AUTUMN]), st.sampled_from(Unit), st.integers(0, 86400), st.integers(1, 40))
def test_what_is_added_is_what_was_spent(
    segments: tuple[Segment, ...], noon: datetime, unit: Unit, later: int, quarters: int
) -> None:
    calendar, limit = every_day(*segments), Limit(quarters / 4, unit)
    start = datetime.fromtimestamp(int(noon.timestamp()) + later, BERLIN)
    due = calendar.add(start, limit).due
    assert due > start
    assert abs(calendar.spent(start, due, unit) - limit.seconds) <= 60
