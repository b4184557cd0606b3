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


def every_day(*segments: Segment, zone: ZoneInfo = BERLIN, years: range = YEARS) -> WorkingCalendar:
    weeks = (WeeklyHours(dict.fromkeys(range(7), segments)),)
    return WorkingCalendar(Hours(weeks=weeks, published=years), zone, years)


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


MIDNIGHTS = [
    ("America/Sao_Paulo", "2018-11-04"),
    ("Asia/Beirut", "2026-03-29"),
    ("America/Havana", "2026-03-08"),
]
"""Where at midnight the wall clock was put forward to 1:00: the day had 23 hours and no midnight."""


@pytest.mark.parametrize(("name", "day"), MIDNIGHTS)
def test_a_day_without_midnight_keeps_its_other_hours(name: str, day: str) -> None:
    zone = ZoneInfo(name)
    noon = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=zone)
    years = range(noon.year - 1, noon.year + 2)
    eve, next_day = noon - timedelta(hours=12, minutes=1), noon + timedelta(days=1)
    for segment, hours in (((0, 360), 5), ((30, 360), 5), ((30, 90), 0.5), ((0, 1440), 23)):
        counted = every_day(segment, zone=zone, years=years).spent(
            eve, (noon + timedelta(days=1)).replace(hour=0), Unit.working_hours
        )
        assert counted / 3600 == pytest.approx(hours, abs=0.02), segment
    calendar = every_day((480, 720), zone=zone, years=years)
    for start in (noon - timedelta(days=1), noon - timedelta(days=3)):
        # The same hour of the wall clock, on the day itself and after it.
        assert calendar.add(start, Limit((noon - start).days, Unit.calendar_days)).due == noon
        assert calendar.add(start, Limit((next_day - start).days, Unit.calendar_days)).due == next_day


@pytest.mark.parametrize("day", ["1986-05-04", "1987-04-12", "1989-04-16", "1991-04-14"])
def test_chinas_own_summer_time_moves_no_working_day(day: str) -> None:
    """Put forward on a Sunday: Friday 16:00 and one working day are still Monday 16:00, by the wall clock."""
    zone = ZoneInfo("Asia/Shanghai")
    sunday = datetime.fromisoformat(f"{day}T10:00").replace(tzinfo=zone)
    assert sunday.utcoffset() != (sunday - timedelta(days=1)).utcoffset()
    years = range(1985, 1993)
    calendar = WorkingCalendar(Hours(published=years), zone, years)
    friday, monday = (sunday - timedelta(days=2)).replace(hour=16), (sunday + timedelta(days=1)).replace(hour=16)
    for unit, value in ((Unit.working_days, 1), (Unit.working_hours, 8), (Unit.calendar_days, 3)):
        assert calendar.add(friday, Limit(value, unit)).due == monday
    assert calendar.add(friday, Limit(72, Unit.urgent_hours)).due.astimezone(zone).hour == 17
