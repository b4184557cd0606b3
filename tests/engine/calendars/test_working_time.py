"""Working time: worked examples of process.md §5, real years with 调休, zones with summer time, and laws."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.calendars.errors import OutsideCalendar
from engine.calendars.hours import ORDINARY, Exceptional, Hours, WeeklyHours
from engine.calendars.seeds import STATUTORY_DAYS, SUMMER, WORKWEEK, known_exceptions
from engine.calendars.working_time import Limit, Unit, WorkingCalendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")


def holidays(*years: int) -> dict[date, Exceptional]:
    return {row.date: Exceptional(row.kind == "work") for year in years for row in known_exceptions(year) or ()}


PLAIN = WorkingCalendar(Hours(published=range(2025, 2028)), SHANGHAI, range(2025, 2028))
REAL = WorkingCalendar(
    Hours(exceptions=holidays(2025, 2026), fixed_holidays=STATUTORY_DAYS, published=(2025, 2026)),
    SHANGHAI,
    range(2024, 2032),
)


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def due(calendar: WorkingCalendar, start: str, value: float, unit: str) -> str:
    return f"{calendar.add(at(start, calendar.zone), Limit(value, Unit(unit))).due.astimezone(calendar.zone):%F %H:%M}"


@pytest.mark.parametrize(
    ("start", "value", "unit", "expected"),
    [
        ("2026-03-06 16:00", 4, "working_hours", "2026-03-09 10:00"),  # Friday: two hours today, two on Monday
        ("2026-03-06 16:00", 1, "working_days", "2026-03-09 16:00"),
        ("2026-03-06 16:00", 8, "working_hours", "2026-03-09 16:00"),
        ("2026-03-07 10:00", 4, "working_hours", "2026-03-09 12:00"),  # Saturday; a full segment is due at its end
        ("2026-03-07 10:00", 2, "urgent_hours", "2026-03-07 12:00"),
        ("2026-03-06 23:30", 4, "urgent_hours", "2026-03-07 03:30"),
        ("2026-03-06 16:00", 3, "calendar_days", "2026-03-09 16:00"),
        ("2026-03-06 12:30", 1, "working_hours", "2026-03-06 15:00"),  # in the lunch break
        ("2026-03-06 07:00", 1, "working_days", "2026-03-06 18:00"),
        ("2026-03-06 16:00", 0.5, "working_days", "2026-03-09 10:00"),
        ("2026-03-06 17:45", 0.25, "working_hours", "2026-03-06 18:00"),
        ("2026-03-06 17:50", 0.25, "working_hours", "2026-03-09 08:05"),
    ],
)
def test_the_worked_examples_of_the_standard(start: str, value: float, unit: str, expected: str) -> None:
    assert due(PLAIN, start, value, unit) == expected


@pytest.mark.parametrize(
    ("start", "value", "unit", "expected"),
    [
        ("2025-09-26 16:00", 1, "working_days", "2025-09-28 16:00"),  # Sunday 28 September was worked
        ("2025-09-30 16:00", 1, "working_days", "2025-10-09 16:00"),  # eight days of National Day and Mid-Autumn
        ("2025-10-10 16:00", 1, "working_days", "2025-10-11 16:00"),  # and Saturday 11 October again
        ("2025-09-30 16:00", 4, "working_hours", "2025-10-09 10:00"),
        ("2025-09-30 16:00", 4, "urgent_hours", "2025-09-30 20:00"),  # urgent hours know no holiday
        ("2025-09-30 16:00", 3, "calendar_days", "2025-10-03 16:00"),
        ("2026-02-13 17:00", 2, "working_hours", "2026-02-14 09:00"),  # the Saturday before Spring Festival
        ("2026-02-14 17:00", 2, "working_hours", "2026-02-24 09:00"),
        ("2026-02-27 16:00", 2, "working_days", "2026-03-02 16:00"),  # Saturday 28 February was worked
        ("2026-09-18 16:00", 1, "working_days", "2026-09-20 16:00"),  # Sunday 20 September was worked
        ("2026-09-30 16:00", 1, "working_days", "2026-10-08 16:00"),
        ("2026-10-09 16:00", 1, "working_days", "2026-10-10 16:00"),
    ],
)
def test_days_off_and_worked_in_exchange_in_real_years(start: str, value: float, unit: str, expected: str) -> None:
    assert due(REAL, start, value, unit) == expected


def test_a_due_in_a_year_not_published_is_provisional_and_minds_the_statutory_days() -> None:
    reckoned = REAL.add(at("2026-12-31 16:00"), Limit(1, Unit.working_days))
    assert reckoned.is_provisional
    # Friday 1 January 2027 is off by law; nobody knows yet whether Sunday the 3rd will be worked.
    assert reckoned.due == at("2027-01-04 16:00")


@pytest.mark.parametrize(
    ("start", "value", "unit", "provisional"),
    [
        ("2026-12-31 16:00", 2, "working_hours", False),  # due with the year's last hour
        ("2026-12-31 16:00", 3, "working_hours", True),
        ("2026-12-31 16:00", 40, "urgent_hours", False),  # elapsed time needs no calendar
        ("2026-12-31 16:00", 3, "calendar_days", False),
        ("2027-03-01 09:00", 1, "working_hours", True),
        ("2024-12-31 09:00", 2, "working_days", True),  # before the first published year
    ],
)
def test_only_what_needs_the_missing_year_is_provisional(
    start: str, value: float, unit: str, provisional: bool
) -> None:
    assert REAL.add(at(start), Limit(value, Unit(unit))).is_provisional is provisional


def test_beyond_its_years_a_calendar_says_so() -> None:
    with pytest.raises(OutsideCalendar):
        REAL.add(at("2031-12-31 16:00"), Limit(10, Unit.working_days))
    with pytest.raises(OutsideCalendar):
        REAL.add(at("2023-06-01 09:00"), Limit(1, Unit.working_hours))


def test_summer_hours_move_the_afternoon_not_its_length() -> None:
    calendar = WorkingCalendar(Hours(weeks=(WORKWEEK, SUMMER), published=(2026,)), SHANGHAI, range(2026, 2027))
    assert due(calendar, "2026-05-29 17:00", 2, "working_hours") == "2026-06-01 09:00"  # the last day before the season
    assert due(calendar, "2026-06-01 17:00", 1, "working_hours") == "2026-06-01 18:00"
    assert due(calendar, "2026-06-01 11:00", 2, "working_hours") == "2026-06-01 15:30"
    assert due(calendar, "2026-09-30 18:00", 1, "working_days") == "2026-10-01 17:30"


def test_where_a_day_is_not_eight_hours_days_count_as_days_and_hours_as_hours() -> None:
    short = WeeklyHours(dict.fromkeys(range(5), ((9 * 60, 12 * 60), (14 * 60, 17 * 60))), ("12-01", "02-28"))
    calendar = WorkingCalendar(Hours(weeks=(WORKWEEK, short), published=(2026,)), SHANGHAI, range(2026, 2027))
    # Friday 27 February has six hours, Monday 2 March eight: three quarters of either are 15:30 and 16:00.
    assert due(calendar, "2026-02-27 15:30", 1, "working_days") == "2026-03-02 16:00"
    assert due(calendar, "2026-02-27 15:30", 8, "working_hours") == "2026-03-02 16:30"
    assert calendar.spent(at("2026-02-27 09:00"), at("2026-02-27 17:00"), Unit.working_days) == 8 * 3600


def test_spent_counts_the_units_own_time() -> None:
    friday, monday = at("2026-03-06 16:00"), at("2026-03-09 10:00")
    assert PLAIN.spent(friday, monday, Unit.working_hours) == 4 * 3600
    assert PLAIN.spent(friday, monday, Unit.working_days) == 4 * 3600
    assert PLAIN.spent(friday, monday, Unit.urgent_hours) == 66 * 3600
    assert PLAIN.spent(friday, monday, Unit.calendar_days) == 66 * 3600
    assert PLAIN.spent(monday, friday, Unit.working_hours) == -4 * 3600


class TestSummerTime:
    """New York's clocks sprang forward on 8 March 2015 and fell back on 1 November 2015, both at 2:00."""

    calendar = WorkingCalendar(Hours(published=range(2014, 2017)), NEW_YORK, range(2014, 2017))
    around = WorkingCalendar(
        Hours(weeks=(WeeklyHours(dict.fromkeys(range(7), ((0, 1440),))),), published=range(2014, 2017)),
        NEW_YORK,
        range(2014, 2017),
    )

    def test_urgent_hours_are_elapsed_time(self) -> None:
        assert due(self.calendar, "2015-03-07 20:00", 12, "urgent_hours") == "2015-03-08 09:00"
        assert due(self.calendar, "2015-10-31 20:00", 12, "urgent_hours") == "2015-11-01 07:00"

    def test_working_hours_are_the_wall_clocks(self) -> None:
        assert due(self.calendar, "2015-03-06 16:00", 4, "working_hours") == "2015-03-09 10:00"
        assert due(self.calendar, "2015-10-30 16:00", 1, "working_days") == "2015-11-02 16:00"

    def test_calendar_days_end_at_the_same_moment_of_the_day(self) -> None:
        assert due(self.calendar, "2015-03-07 16:00", 1, "calendar_days") == "2015-03-08 16:00"
        assert due(self.calendar, "2015-10-31 16:00", 1, "calendar_days") == "2015-11-01 16:00"

    def test_a_moment_that_the_clock_skips_is_the_moment_of_the_jump(self) -> None:
        assert due(self.calendar, "2015-03-07 02:30", 1, "calendar_days") == "2015-03-08 03:00"

    def test_a_moment_that_the_clock_shows_twice_is_the_first(self) -> None:
        reckoned = self.calendar.add(at("2015-10-31 01:30", NEW_YORK), Limit(1, Unit.calendar_days))
        assert reckoned.due == datetime(2015, 11, 1, 5, 30, tzinfo=UTC)

    def test_a_day_worked_around_the_clock_has_23_or_25_hours(self) -> None:
        spring, autumn = at("2015-03-08 00:00", NEW_YORK), at("2015-11-01 00:00", NEW_YORK)
        assert self.around.spent(spring, at("2015-03-09 00:00", NEW_YORK), Unit.working_hours) == 23 * 3600
        assert self.around.spent(autumn, at("2015-11-02 00:00", NEW_YORK), Unit.working_hours) == 25 * 3600
        assert due(self.around, "2015-03-08 00:00", 1, "working_days") == "2015-03-09 00:00"

    def test_china_had_summer_time_too(self) -> None:
        calendar = WorkingCalendar(Hours(published=range(1985, 1993)), SHANGHAI, range(1985, 1993))
        assert due(calendar, "1988-04-16 23:00", 4, "urgent_hours") == "1988-04-17 04:00"
        assert due(calendar, "1988-04-15 16:00", 4, "working_hours") == "1988-04-18 10:00"


# Segments of a day as cuts at quarter hours, so that days of many lengths come up.
segments = st.lists(st.integers(0, 96), min_size=2, max_size=6, unique=True).map(
    lambda cuts: tuple((a * 15, b * 15) for a, b in zip(*(iter(sorted(cuts)),) * 2, strict=False))
)
weeks = st.dictionaries(st.integers(0, 6), segments, min_size=1).map(WeeklyHours)
calendars = st.builds(
    lambda week, off, zone: WorkingCalendar(
        Hours((week,), {date(2015, 1, 1) + timedelta(day): Exceptional(is_work=False) for day in off}, (), (2015,)),
        zone,
        range(2014, 2018),
    ),
    weeks,
    st.sets(st.integers(0, 364), max_size=20),
    st.sampled_from([SHANGHAI, NEW_YORK]),
)
moments = st.integers(0, 365 * 86400).map(
    lambda second: datetime(2015, 1, 1, 12, tzinfo=UTC) + timedelta(seconds=second)
)
limits = st.builds(Limit, st.integers(1, 80).map(lambda quarter: quarter / 4), st.sampled_from(Unit))


@given(calendars, moments, limits)
def test_what_is_added_is_what_is_spent(calendar: WorkingCalendar, start: datetime, limit: Limit) -> None:
    reached = calendar.add(start, limit).due
    over = calendar.spent(start, reached, limit.unit) - limit.seconds
    # Whole seconds are due: the second in which a share of a day of another length falls may reach a little further.
    tolerance = 8 * 3600 // 900 + 1 if limit.unit is Unit.working_days else 0
    if limit.unit is Unit.calendar_days:
        tolerance = 3600  # the hour that the wall clock skips
    assert 0 <= over <= tolerance


@given(calendars, moments, limits)
def test_due_is_the_first_moment_at_which_enough_has_counted(
    calendar: WorkingCalendar, start: datetime, limit: Limit
) -> None:
    reached = calendar.add(start, limit).due
    wanted = calendar.position(start, limit.unit) + calendar.amount(limit)
    before = reached - timedelta(seconds=1)
    assert calendar.position(before, limit.unit) < wanted <= calendar.position(reached, limit.unit)


@given(calendars, moments, moments, limits)
def test_who_starts_later_is_due_no_earlier(
    calendar: WorkingCalendar, one: datetime, other: datetime, limit: Limit
) -> None:
    first, second = sorted((one, other))
    assert calendar.add(first, limit).due <= calendar.add(second, limit).due


@given(calendars, moments, moments, moments, st.sampled_from(Unit))
def test_time_spent_adds_up_and_never_exceeds_elapsed_time(
    calendar: WorkingCalendar, one: datetime, two: datetime, three: datetime, unit: Unit
) -> None:
    a, b, c = sorted((one, two, three))
    position = {moment: calendar.position(moment, unit) for moment in (a, b, c)}
    assert position[a] <= position[b] <= position[c]
    if unit in {Unit.urgent_hours, Unit.working_hours}:
        assert calendar.spent(a, c, unit) <= (c - a).total_seconds()
        assert calendar.spent(a, b, unit) + calendar.spent(b, c, unit) == calendar.spent(a, c, unit)


@given(moments, st.integers(1, 50))
def test_in_days_of_eight_hours_a_day_is_eight_hours(start: datetime, days: int) -> None:
    calendar = WorkingCalendar(Hours(published=(2015, 2016)), SHANGHAI, range(2014, 2018))
    assume(start < datetime(2015, 12, 1, tzinfo=UTC))
    assert (
        calendar.add(start, Limit(days, Unit.working_days)).due
        == calendar.add(start, Limit(8 * days, Unit.working_hours)).due
    )


@pytest.mark.parametrize("value", [0, -1, float("nan"), 1e6])
def test_a_limit_of_nothing_is_no_limit(value: float) -> None:
    with pytest.raises(ValueError, match="time limit"):
        Limit(value, Unit.working_hours)


def test_ordinary_hours_are_eight() -> None:
    assert sum(end - start for start, end in ORDINARY) == 8 * 60
