"""Administrators are told in autumn that the next year of a calendar is missing: once a day, as long as it is."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest

from engine.access.actors import SYSTEM
from engine.calendars import editing, jobs, queries, seeds
from engine.calendars.models import Calendar
from engine.kit.db import unit_of_work
from engine.settings import values
from tests.city import City

At = Callable[[str], datetime]


@pytest.fixture
def heard() -> Iterator[list[tuple[str, list[int]]]]:
    told: list[tuple[str, list[int]]] = []

    def hear(calendar: Calendar, years: list[int], at: datetime) -> None:
        told.append((calendar.name, years))

    jobs.year_missing.connect(hear)
    yield told
    jobs.year_missing.disconnect(hear)


def test_once_a_day_from_october_on(city: City, at: At, heard: list) -> None:
    name = queries.find().name
    for when in ("2026-09-30 23:00", "2026-10-01 00:10", "2026-10-01 06:00", "2026-10-02 00:10"):
        jobs.tell_missing_years(at(when))
    assert heard == [(name, [2027]), (name, [2027])]


def test_a_clock_that_was_set_back_tells_nobody_twice(city: City, at: At, heard: list) -> None:
    jobs.tell_missing_years(at("2026-10-02 00:10"))
    assert jobs.tell_missing_years(at("2026-10-01 23:50")) == 0
    assert len(heard) == 1


def test_no_longer_when_the_year_is_published(city: City, at: At, heard: list) -> None:
    with unit_of_work():
        editing.publish_year(queries.find(), 2027, by=SYSTEM, at=at("2026-10-01 09:00"))
    assert jobs.tell_missing_years(at("2026-10-02 00:10")) == 0


def test_the_first_day_is_a_setting(city: City, at: At, heard: list) -> None:
    with unit_of_work():
        values.set(queries.WARN_FROM, "11-15", by=SYSTEM, at=at("2026-09-01 09:00"))
    assert jobs.tell_missing_years(at("2026-11-14 12:00")) == 0
    assert jobs.tell_missing_years(at("2026-11-15 12:00")) == 1


def test_each_calendar_that_is_kept_up_is_told_of(city: City, at: At, heard: list) -> None:
    with unit_of_work():
        seeds.create("夜班日历", "Asia/Shanghai", at=at("2026-01-05 09:00"), published=[2026])
        seeds.create("旧系统日历", "Asia/Shanghai", at=at("2026-01-05 09:00"), published=[2015])
    assert jobs.tell_missing_years(at("2026-10-01 09:00")) == 2
    assert {name for name, _ in heard} == {queries.find().name, "夜班日历"}
