"""Edits of a calendar: they count at once, are audited, and cost readers nothing."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from sqlalchemy import select

from engine.access.actors import SYSTEM
from engine.audit.models import AuditRecord
from engine.calendars import editing, queries, seeds
from engine.calendars.errors import NoCalendar
from engine.calendars.hours import WeeklyHours
from engine.calendars.models import Calendar
from engine.calendars.working_time import Limit, Unit
from engine.kit.db import db, unit_of_work
from engine.kit.errors import Invalid

At = Callable[[str], datetime]


@pytest.fixture
def standard(database: str, at: At) -> Calendar:
    with unit_of_work():
        return seeds.ensure_standard("Asia/Shanghai", at=at("2026-01-05 08:00"))


def one_day(at: At, start: str) -> datetime:
    return queries.working().add(at(start), Limit(1, Unit.working_days)).due


def test_a_day_off_is_passed_over(standard: Calendar, at: At) -> None:
    with unit_of_work():
        editing.set_exception(standard, date(2026, 3, 3), "off", by=SYSTEM, at=at("2026-03-01 09:00"), note="暴雪停工")
    assert one_day(at, "2026-03-02 16:00") == at("2026-03-04 16:00")
    with unit_of_work():
        editing.remove_exception(standard, date(2026, 3, 3), by=SYSTEM, at=at("2026-03-01 10:00"))
    assert one_day(at, "2026-03-02 16:00") == at("2026-03-03 16:00")


def test_a_weekend_day_may_be_worked_with_hours_of_its_own(standard: Calendar, at: At) -> None:
    with unit_of_work():
        editing.set_exception(
            standard, date(2026, 3, 7), "work", by=SYSTEM, at=at("2026-03-01 09:00"), segments=[(540, 660)]
        )
    assert queries.working().add(at("2026-03-07 08:00"), Limit(3, Unit.working_hours)).due == at("2026-03-09 09:00")


def test_an_edit_is_audited_and_counts_the_version_up(standard: Calendar, at: At) -> None:
    before = standard.version
    with unit_of_work():
        editing.publish_year(standard, 2027, by=SYSTEM, at=at("2026-11-20 09:00"))
    record = db.session.scalars(select(AuditRecord)).one()
    assert (record.action, record.detail) == ("calendar.year_published", {"year": 2027})
    assert standard.version == before + 1


def test_hours_are_replaced(standard: Calendar, at: At) -> None:
    week = WeeklyHours(dict.fromkeys(range(6), ((540, 1020),)))
    with unit_of_work():
        editing.set_hours(standard, [week], by=SYSTEM, at=at("2026-03-01 09:00"))
    assert one_day(at, "2026-03-06 16:00") == at("2026-03-07 16:00")


@pytest.mark.parametrize("segments", [[(720, 480)], [(480, 720), (700, 900)], [(480, 1500)], [(600, 600)]])
def test_hours_that_cannot_be_are_refused(standard: Calendar, at: At, segments: list[tuple[int, int]]) -> None:
    with pytest.raises(Invalid) as refused:
        editing.set_exception(
            standard, date(2026, 3, 7), "work", by=SYSTEM, at=at("2026-03-01 09:00"), segments=segments
        )
    assert "segments" in refused.value.fields


def test_a_week_without_work_is_refused(standard: Calendar, at: At) -> None:
    with pytest.raises(Invalid):
        editing.set_hours(standard, [WeeklyHours({})], by=SYSTEM, at=at("2026-03-01 09:00"))


def test_reckoning_costs_no_statement(standard: Calendar, at: At, statements: Callable) -> None:
    queries.working()
    with statements() as seen:
        one_day(at, "2026-03-02 16:00")
        queries.working(standard.id)
    assert seen == []


@pytest.mark.parametrize(
    ("today", "years"),
    [
        ("2026-09-30 23:00", []),
        ("2026-10-01 00:00", [2027]),
        ("2027-01-02 09:00", [2027]),
        ("2027-10-02 09:00", [2027, 2028]),
    ],
)
def test_administrators_are_warned_from_october_on(standard: Calendar, at: At, today: str, years: list[int]) -> None:
    assert [warning.year for warning in queries.warnings(at(today))] == years


def test_the_warning_ends_with_the_publication(standard: Calendar, at: At) -> None:
    with unit_of_work():
        editing.publish_year(standard, 2027, by=SYSTEM, at=at("2026-11-20 09:00"))
    assert queries.warnings(at("2026-11-20 10:00")) == []
    assert not queries.working().add(at("2026-12-31 16:00"), Limit(1, Unit.working_days)).is_provisional


def test_without_a_calendar_nothing_is_reckoned(database: str) -> None:
    with pytest.raises(NoCalendar):
        queries.working()
