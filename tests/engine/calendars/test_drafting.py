"""Drafts: changed together by several administrators, felt by nobody, refused where they cannot be."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from engine.audit.models import AuditRecord
from engine.calendars import drafting, publishing, queries
from engine.calendars.errors import CalendarMoved, NoDraft, NothingChanged, StaleDraft, YearEmpty, YearTooFar
from engine.calendars.hours import ORDINARY, WeeklyHours, read_segments, shown
from engine.calendars.models import Calendar
from engine.calendars.plans import Plan, PlannedDay
from engine.calendars.working_time import Limit, Unit
from engine.kit.db import db, unit_of_work
from engine.kit.errors import Invalid
from tests.city import City

At = Callable[[str], datetime]
NOTHING = {"segments": (), "note": ""}


@pytest.fixture
def standard(city: City) -> Calendar:
    return queries.find()


class Office:
    """The administrator's desk: each change is a transaction and names the revision that was seen last."""

    def __init__(self, city: City, at: At) -> None:
        self.by, self.at = city.system_admin, at("2026-11-20 09:00")

    def do(self, act: Callable, *given, **named):
        calendar = queries.find()
        named.setdefault("revision", drafting.revision_of(calendar))
        with unit_of_work():
            return act(queries.find(), *given, by=self.by, at=self.at, **named)


@pytest.fixture
def office(city: City, at: At) -> Office:
    return Office(city, at)


def due(at: At, start: str) -> datetime:
    return queries.working().add(at(start), Limit(1, Unit.working_days)).due


def test_a_draft_moves_nobodys_clock_until_it_is_applied(standard, office, at):
    office.do(drafting.set_day, date(2026, 11, 25), "off", note="停电检修")
    assert due(at, "2026-11-24 16:00") == at("2026-11-25 16:00")
    (told,) = drafting.differences(standard)
    assert (told.day, told.before, told.after) == (date(2026, 11, 25), None, PlannedDay("off", (), "停电检修"))
    before = standard.version
    assert office.do(publishing.apply) == before + 1
    assert due(at, "2026-11-24 16:00") == at("2026-11-26 16:00")
    assert drafting.find(standard) is None
    with pytest.raises(NoDraft):
        office.do(publishing.apply)


def test_a_day_follows_its_weekday_again(standard, office):
    office.do(drafting.set_day, date(2026, 11, 25), "off")
    office.do(drafting.clear_day, date(2026, 11, 25))
    assert drafting.differences(standard) == []
    with pytest.raises(NothingChanged):
        office.do(publishing.apply)


def test_whoever_shows_an_old_page_is_told_who_was_faster(standard, office):
    seen = drafting.revision_of(standard)
    office.do(drafting.set_day, date(2026, 11, 25), "off")
    with pytest.raises(StaleDraft) as refused:
        office.do(drafting.set_day, date(2026, 11, 26), "off", revision=seen)
    assert office.by.name in refused.value.sentence
    assert [each.day for each in drafting.differences(standard)] == [date(2026, 11, 25)]


def test_a_page_of_a_draft_that_was_discarded_is_old_too(standard, office):
    office.do(drafting.set_day, date(2026, 11, 25), "off")
    seen = drafting.revision_of(standard)
    office.do(drafting.discard)
    office.do(drafting.set_day, date(2026, 11, 26), "off")
    assert drafting.revision_of(standard) > seen
    with pytest.raises(StaleDraft):
        office.do(drafting.set_day, date(2026, 11, 27), "off", revision=seen)


def test_a_draft_of_a_calendar_that_was_changed_otherwise_is_not_applied(standard, office):
    office.do(drafting.set_day, date(2026, 11, 25), "off")
    with unit_of_work():
        queries.find().version += 1
    with pytest.raises(CalendarMoved):
        office.do(publishing.apply)


def test_a_working_day_is_not_worked_in_exchange(standard, office):
    for segments in ((), ORDINARY):
        with pytest.raises(Invalid) as refused:
            office.do(drafting.set_day, date(2026, 11, 25), "work", segments=segments)
        assert "kind" in refused.value.fields
    office.do(drafting.set_day, date(2026, 11, 25), "work", segments=((480, 720),))
    office.do(drafting.set_day, date(2026, 11, 28), "work")


def test_a_year_without_holidays_is_not_published(standard, office):
    with pytest.raises(YearEmpty):
        office.do(drafting.publish_year, 2027)
    office.do(drafting.set_day, date(2027, 1, 1), "off", note="元旦")
    office.do(drafting.publish_year, 2027)
    office.do(publishing.apply)
    assert 2027 in [row.year for row in queries.published_years(standard.id)]
    office.do(drafting.remove_year, 2027)
    office.do(publishing.apply)
    assert 2027 not in [row.year for row in queries.published_years(standard.id)]
    assert len(queries.exceptions(standard.id, 2027)) == 1


def test_seasons_come_move_and_go(standard, office, at):
    summer = WeeklyHours(dict.fromkeys(range(5), ((480, 720), (900, 1140))), ("06-01", "08-31"))
    office.do(drafting.set_week, summer)
    later = WeeklyHours(summer.days, ("06-15", "09-15"))
    office.do(drafting.set_week, later, replaces=summer.season)
    assert [week.season for week in drafting.plan(standard).weeks] == [None, later.season]
    office.do(publishing.apply)
    assert due(at, "2027-06-21 18:30") == at("2027-06-22 18:30")
    office.do(drafting.remove_season, later.season)
    office.do(publishing.apply)
    assert [week.season for week in queries.plan(queries.find()).weeks] == [None]


@pytest.mark.parametrize(
    ("days", "season", "field"),
    [
        ({0: ((720, 480),)}, None, "segments"),
        ({0: ((480, 720), (700, 900))}, None, "segments"),
        ({}, None, "segments"),
        ({0: ORDINARY}, ("02-30", "03-01"), "season_from"),
        ({0: ORDINARY}, ("06-01", "spring"), "season_to"),
        ({0: ORDINARY}, ("09-01", "11-01"), "season_from"),
        ({0: ORDINARY}, ("12-01", "06-01"), "season_from"),
    ],
)
def test_hours_that_cannot_be_are_refused(standard, office, days, season, field):
    office.do(drafting.set_week, WeeklyHours({0: ORDINARY}, ("06-01", "09-01")))
    with pytest.raises(Invalid) as refused:
        office.do(drafting.set_week, WeeklyHours(days, season))
    assert list(refused.value.fields) == [field]


def test_every_change_is_on_record(standard, office):
    office.do(drafting.set_day, date(2026, 11, 25), "off", note="停电检修")
    office.do(publishing.apply)
    office.do(drafting.set_day, date(2026, 11, 26), "off")
    office.do(drafting.discard)
    kept = db.session.scalars(select(AuditRecord).where(AuditRecord.action.like("calendar.%")).order_by(AuditRecord.id))
    records = {row.action: row for row in kept}
    assert list(records) == ["calendar.draft_day", "calendar.applied", "calendar.draft_discarded"]
    assert records["calendar.applied"].detail["changes"] == [
        {"day": "2026-11-25", "before": None, "after": "off 停电检修"}
    ]
    assert {row.user_name for row in records.values()} == {office.by.name}


def test_a_plan_is_the_same_after_it_was_kept():
    days = {date(2026, 2, 15): PlannedDay("work", ((540, 660),), "补"), date(2026, 1, 1): PlannedDay("off")}
    week = WeeklyHours({0: ORDINARY, 5: ((540, 600),)}, ("11-01", "03-01"))
    plan = Plan((week,), days, frozenset({2026}))
    assert Plan.from_json(plan.as_json()) == plan


@pytest.mark.parametrize(
    "text", ["8:00-12:00 14:00-18:00", "08:00–12:00, 14:00–18:00", "8：00 至 12：00，14:00～18:00".replace("～", "~")]
)
def test_hours_are_read_as_people_write_them(text):
    assert read_segments(text) == ORDINARY
    assert read_segments(shown(ORDINARY)) == ORDINARY


@pytest.mark.parametrize("text", ["8-12", "morning", "8:75-9:00", "12:00-8:00", "8:00-25:00", "8:00-12:00 11:00-13:00"])
def test_hours_that_are_none_are_named(text):
    with pytest.raises(Invalid) as refused:
        read_segments(text, "monday")
    assert "monday" in refused.value.fields


def test_nothing_written_is_a_day_off():
    assert read_segments(" ") == ()


def test_clocks_that_began_in_a_year_that_is_taken_back_can_still_be_read(standard, office):
    for year in sorted(drafting.plan(standard).published)[:-1]:
        office.do(drafting.remove_year, year)
    plan = drafting.plan(standard)
    assert len(plan.published) == 1
    first = datetime(min(plan.days).year, 1, 1, tzinfo=UTC)
    working = plan.working(ZoneInfo(standard.time_zone), standard.fixed_holidays, id=1, version=1)
    assert working.spent(first, first + timedelta(days=365), Unit.working_days) > 0


@pytest.mark.parametrize("year", [1, 1999, 2037, 9999])
def test_no_day_and_no_year_is_entered_that_would_make_centuries_reckoned(standard, office, year):
    with pytest.raises(YearTooFar):
        office.do(drafting.set_day, date(year, 1, 1), "off")
    with pytest.raises(YearTooFar):
        office.do(drafting.publish_year, year)
    office.do(drafting.set_day, date(2036, 1, 1), "off")
