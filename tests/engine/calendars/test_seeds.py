"""The standard calendar as it is delivered."""

from collections.abc import Callable
from datetime import date, datetime

from engine.calendars import queries, seeds
from engine.calendars.working_time import Limit, Unit
from engine.kit.db import unit_of_work

At = Callable[[str], datetime]


def test_the_standard_calendar_knows_the_years_from_2015_on(database: str, at: At) -> None:
    with unit_of_work():
        calendar = seeds.ensure_standard("Asia/Shanghai", at=at("2026-01-05 08:00"))
    years = [row.year for row in queries.published_years(calendar.id)]
    assert years[0] == 2015
    assert set(range(2015, 2027)) <= set(years)


def test_national_day_2025_is_off_and_the_saturday_after_is_worked(database: str, at: At) -> None:
    with unit_of_work():
        seeds.ensure_standard("Asia/Shanghai", at=at("2026-01-05 08:00"))
    exceptions = {row.date: row for row in queries.exceptions(queries.find().id, 2025)}
    assert (exceptions[date(2025, 10, 1)].kind, exceptions[date(2025, 10, 1)].note) == ("off", "国庆节")
    assert (exceptions[date(2025, 10, 11)].kind, exceptions[date(2025, 10, 11)].note) == ("work", "国庆节调休上班")
    working = queries.working()
    assert working.add(at("2025-09-30 16:00"), Limit(1, Unit.working_days)).due == at("2025-10-09 16:00")


def test_what_a_city_has_changed_is_left_alone(database: str, at: At) -> None:
    with unit_of_work():
        first = seeds.ensure_standard("Asia/Shanghai", at=at("2026-01-05 08:00"))
        first.name = "本市工作日历"
    with unit_of_work():
        assert seeds.ensure_standard("Asia/Shanghai", at=at("2026-02-05 08:00")).name == "本市工作日历"
    assert len(queries.calendars()) == 1


def test_a_year_whose_notice_is_not_out_is_not_guessed() -> None:
    assert seeds.known_exceptions(2051) is None


def test_a_calendar_of_another_city_has_its_own_zone(database: str, at: At) -> None:
    with unit_of_work():
        boston = seeds.create("Boston", "America/New_York", at=at("2026-01-05 08:00"), published=range(2014, 2017))
    working = queries.working(boston.id)
    due = working.add(datetime.fromisoformat("2015-03-06T16:00-05:00"), Limit(4, Unit.working_hours)).due
    assert due == datetime.fromisoformat("2015-03-09T10:00-04:00")


def test_summer_hours_may_be_chosen(database: str, at: At) -> None:
    with unit_of_work():
        seeds.ensure_standard("Asia/Shanghai", at=at("2026-01-05 08:00"), with_summer=True)
    assert queries.working().add(at("2026-07-01 11:00"), Limit(2, Unit.working_hours)).due == at("2026-07-01 15:30")
