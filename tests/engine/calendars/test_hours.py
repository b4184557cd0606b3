"""Which hours of a date are worked."""

from datetime import date

from engine.calendars.hours import ORDINARY, Exceptional, Hours, WeeklyHours

MONDAY, SATURDAY, SUNDAY = date(2026, 3, 2), date(2026, 3, 7), date(2026, 3, 8)
HALF = ((9 * 60, 12 * 60),)


def test_a_weekday_has_its_hours_and_the_weekend_none() -> None:
    assert Hours(published=(2026,)).on(MONDAY) == ORDINARY
    assert Hours(published=(2026,)).on(SATURDAY) == ()


def test_a_day_worked_in_exchange_has_ordinary_hours_unless_its_own_are_given() -> None:
    hours = Hours(exceptions={SATURDAY: Exceptional(is_work=True), SUNDAY: Exceptional(is_work=True, segments=HALF)})
    assert hours.on(SATURDAY) == ORDINARY
    assert hours.on(SUNDAY) == HALF


def test_a_saturday_that_is_worked_every_week_keeps_its_own_hours_in_exchange_too() -> None:
    week = WeeklyHours({0: ORDINARY, 5: HALF})
    assert Hours((week,), {SATURDAY: Exceptional(is_work=True)}).on(SATURDAY) == HALF


def test_a_season_may_run_over_new_year() -> None:
    winter = WeeklyHours({0: HALF}, ("11-15", "03-15"))
    hours = Hours((WeeklyHours({0: ORDINARY}), winter), published=(2026,))
    assert hours.on(MONDAY) == HALF
    assert hours.on(date(2026, 11, 16)) == HALF
    assert hours.on(date(2026, 6, 1)) == ORDINARY


def test_fixed_days_count_only_until_the_year_is_published() -> None:
    labour_day = date(2026, 5, 1)
    assert Hours(fixed_holidays=("05-01",)).on(labour_day) == ()
    assert Hours(fixed_holidays=("05-01",), published=(2026,)).on(labour_day) == ORDINARY
