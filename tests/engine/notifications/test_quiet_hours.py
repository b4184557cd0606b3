"""Quiet hours: over midnight, over weekends and holidays; what is urgent goes out all the same."""

from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.kit.db import unit_of_work
from engine.notifications import jobs, quiet_hours
from engine.settings import values
from tests.city import at as moment
from tests.letters import deliveries

ZONE = ZoneInfo("Asia/Shanghai")


def loud(text, begin="22:00", end="07:00", calendar=None):
    found = quiet_hours.loud_from(moment(text), time.fromisoformat(begin), time.fromisoformat(end), ZONE, calendar)
    return f"{found.astimezone(ZONE):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("2026-03-02 21:59", "2026-03-02 21:59"),
        ("2026-03-02 22:00", "2026-03-03 07:00"),
        ("2026-03-02 23:59", "2026-03-03 07:00"),
        ("2026-03-03 00:00", "2026-03-03 07:00"),
        ("2026-03-03 06:59", "2026-03-03 07:00"),
        ("2026-03-03 07:00", "2026-03-03 07:00"),
    ],
)
def test_a_night_reaches_over_midnight(asked, answered):
    assert loud(asked) == answered


def test_quiet_hours_within_a_day_and_none_at_all():
    assert loud("2026-03-02 12:30", "12:00", "14:00") == "2026-03-02 14:00"
    assert loud("2026-03-02 23:30", "12:00", "14:00") == "2026-03-02 23:30"
    assert loud("2026-03-02 03:00", "00:00", "00:00") == "2026-03-02 03:00"


@given(
    minutes=st.integers(0, 60 * 24 * 400),
    begin=st.times().map(lambda one: one.replace(second=0, microsecond=0)),
    end=st.times().map(lambda one: one.replace(second=0, microsecond=0)),
)
def test_the_first_loud_moment_is_loud_and_not_before(minutes, begin, end):
    asked = moment("2026-01-01 00:00") + timedelta(minutes=minutes)
    found = quiet_hours.loud_from(asked, begin, end, ZONE, None)
    assert asked <= found <= asked + timedelta(days=1)
    assert quiet_hours.loud_from(found, begin, end, ZONE, None) == found


def test_days_off_are_quiet_until_the_next_working_morning(city):
    # Friday evening; a Saturday at noon; the Saturday before National Day 2026 on which one works; National Day.
    answers = {
        "2026-03-06 20:00": "2026-03-06 20:00",
        "2026-03-06 22:30": "2026-03-09 07:30",
        "2026-03-07 12:00": "2026-03-09 07:30",
        "2026-10-01 12:00": "2026-10-08 07:30",
    }
    for asked, answered in answers.items():
        assert f"{quiet_hours.after(moment(asked)).astimezone(ZONE):%Y-%m-%d %H:%M}" == answered, asked
    with unit_of_work():
        values.set(quiet_hours.DAYS_OFF, False, by=city.system_admin, at=moment("2026-03-01 09:00"))
    assert quiet_hours.after(moment("2026-03-07 12:00")) == moment("2026-03-07 12:00")


def test_what_comes_at_night_leaves_in_the_morning_unless_it_is_urgent(city, pigeons, announce, at):
    night = at("2026-03-02 23:00")
    announce("urged", at=night, user_ids=[city.li.id])
    announce("urged", at=night, user_ids=[city.wang.id], is_urgent=True)
    assert jobs.deliver_due(night) == 1
    assert [letter.address for letter in pigeons.letters] == ["dispatcher.wang@loft"]
    assert jobs.deliver_due(at("2026-03-03 07:29")) == 0
    assert jobs.deliver_due(at("2026-03-03 07:30")) == 1


def test_what_failed_in_the_evening_is_not_tried_again_at_night(city, pigeons, announce, at):
    evening = at("2026-03-02 21:29")
    announce("urged", at=evening, user_ids=[city.li.id])
    pigeons.trouble = ValueError("no")
    jobs.deliver_due(evening)
    jobs.deliver_due(evening + timedelta(minutes=10))
    (one,) = deliveries()
    assert one.next_at == at("2026-03-03 07:30")
