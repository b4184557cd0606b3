"""Clocks in the database: what acts write, and in how few statements."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from engine.access.actors import SYSTEM
from engine.calendars import queries as calendars
from engine.calendars.working_time import Limit, Unit
from engine.deadlines import clocks, queries, thresholds
from engine.deadlines.clocks import Start
from engine.deadlines.errors import ClockRuns, ClockStopped
from engine.deadlines.lamps import Lamp
from engine.deadlines.models import Clock, ClockFact
from engine.kit.db import db, unit_of_work
from engine.kit.errors import Conflict
from engine.settings import values
from tests.city import City

At = Callable[[str], datetime]
TWO_DAYS = Limit(2, Unit.working_days)
ONE_HOUR = Limit(1, Unit.working_hours)


@pytest.fixture
def handling(city: City, at: At) -> Clock:
    """Case 7 was dispatched to the sanitation bureau on Monday 9:00 with two working days."""
    with unit_of_work():
        return clocks.start(
            "case", 7, "handling", TWO_DAYS, at=at("2026-03-02 09:00"), by=city.wang, department_id=city.sanitation.id
        )


@pytest.fixture
def warm(city: City) -> None:
    """What a running process has in memory: settings and the calendar."""
    calendars.working()
    thresholds.amber_rule()


def test_a_clock_keeps_who_when_and_why(handling: Clock, city: City, at: At) -> None:
    with unit_of_work():
        clocks.extend(handling, at=at("2026-03-03 10:00"), by=city.zhao, reason="连日大雨")
    start, extension = db.session.scalars(select(ClockFact).order_by(ClockFact.seq)).all()
    assert (start.action, start.by_name, start.due_before, start.department_id) == (
        "start",
        city.wang.name,
        None,
        city.sanitation.id,
    )
    assert (extension.action, extension.reason, extension.value, extension.unit) == (
        "extend",
        "连日大雨",
        2.0,
        "working_days",
    )
    assert (extension.due_before, extension.due_after) == (at("2026-03-04 09:00"), at("2026-03-06 09:00"))


def test_the_columns_follow_the_facts(handling: Clock, city: City, at: At) -> None:
    assert (handling.state, handling.due_at, handling.amber_at) == (
        "running",
        at("2026-03-04 09:00"),
        at("2026-03-03 15:00"),
    )
    with unit_of_work():
        clocks.pause(handling, at=at("2026-03-03 10:00"), by=city.wang, reason="待苗木补植季")
    assert handling.state == "paused"
    with unit_of_work():
        clocks.resume(handling, at=at("2026-03-23 08:00"), by=city.wang)
    assert (handling.state, handling.due_at) == ("running", at("2026-03-23 17:00"))
    with unit_of_work():
        clocks.stop(handling, at=at("2026-03-23 09:00"), by=city.clerk)
    db.session.expire_all()
    assert (handling.state, handling.stopped_at) == ("stopped", at("2026-03-23 09:00"))
    assert handling.first_due_at == at("2026-03-04 09:00")


def test_an_accepted_return_moves_the_clock_to_the_next_department(handling: Clock, city: City, at: At) -> None:
    parks = city.parks.id
    with unit_of_work():
        clocks.reset(handling, at=at("2026-03-03 10:00"), by=city.wang, department_id=parks)
    assert (handling.department_id, handling.due_at) == (parks, at("2026-03-05 10:00"))
    assert [fact.department_id for fact in handling.facts] == [city.sanitation.id, parks]
    assert clocks.read(handling, at=at("2026-03-03 11:00")).lost_seconds == 9 * 3600


def test_refused_feedback_gives_the_review_time_back(handling: Clock, city: City, at: At) -> None:
    with unit_of_work():
        clocks.stop(handling, at=at("2026-03-03 10:00"), by=city.clerk)
    with unit_of_work():
        kept = clocks.latest_clock("case", 7, "handling")
        assert kept is not None
        clocks.unstop(kept, at=at("2026-03-03 11:00"), by=city.wang, reason="照片不清")
    assert (kept.state, kept.due_at, kept.stopped_at) == ("running", at("2026-03-04 10:00"), None)


def test_rework_keeps_the_due(handling: Clock, city: City, at: At) -> None:
    with unit_of_work():
        clocks.stop(handling, at=at("2026-03-03 10:00"), by=city.clerk)
        clocks.rework(handling, at=at("2026-03-05 10:00"), by=city.zhao)
    assert (handling.state, handling.due_at) == ("running", at("2026-03-04 09:00"))


def test_a_document_may_give_the_due_moment(city: City, at: At) -> None:
    with unit_of_work():
        clock = clocks.start(
            "superior_task", 3, "feedback", at=at("2026-03-02 09:00"), by=city.li, due_at=at("2026-03-20 17:00")
        )
    assert (clock.due_at, clock.limit_unit) == (at("2026-03-20 17:00"), "calendar_days")
    with pytest.raises(ValueError, match="limit or a due"):
        clocks.start("superior_task", 4, "feedback", at=at("2026-03-02 09:00"), by=city.li)


def test_the_city_sets_when_lamps_turn_amber(city: City, at: At) -> None:
    with unit_of_work():
        values.set(thresholds.AMBER_SHARE, 0.5, by=city.system_admin, at=at("2026-03-01 09:00"))
        clock = clocks.start("case", 8, "handling", TWO_DAYS, at=at("2026-03-02 09:00"), by=city.wang)
    assert clock.amber_at == at("2026-03-03 09:00")


def test_two_people_cannot_start_the_same_clock(handling: Clock, city: City, at: At) -> None:
    with pytest.raises(Conflict), unit_of_work():
        clocks.start("case", 7, "handling", TWO_DAYS, at=at("2026-03-02 09:05"), by=city.wang)


def test_two_people_cannot_write_the_same_fact(handling: Clock, city: City, at: At) -> None:
    with pytest.raises(IntegrityError), unit_of_work():
        db.session.add(
            ClockFact(
                clock_id=handling.id,
                seq=1,
                action="stop",
                at=at("2026-03-03 10:00"),
                by_name="",
                due_after=handling.due_at,
                first_due=handling.due_at,
            )
        )


def test_a_clock_that_has_stopped_may_be_started_again_as_another(handling: Clock, city: City, at: At) -> None:
    with unit_of_work():
        clocks.stop(handling, at=at("2026-03-03 10:00"), by=city.clerk)
        second = clocks.start("case", 7, "handling", TWO_DAYS, at=at("2026-03-03 10:00"), by=city.wang)
    assert clocks.open_clock("case", 7, "handling") is second
    assert [clock.id for clock in queries.history("case", 7)] == [handling.id, second.id]


class TestStatements:
    def test_starting_costs_two(self, warm: None, city: City, at: At, statements: Callable) -> None:
        wang = city.wang
        with statements() as seen, unit_of_work():
            clocks.start("case", 9, "handling", TWO_DAYS, at=at("2026-03-02 09:00"), by=wang)
        assert len(seen) == 2, seen

    def test_stopping_costs_three(self, handling: Clock, warm: None, city: City, at: At, statements: Callable) -> None:
        clerk = city.clerk
        with statements() as seen, unit_of_work():
            clock = clocks.open_clock("case", 7, "handling")
            assert clock is not None
            clocks.stop(clock, at=at("2026-03-03 10:00"), by=clerk)
        assert len(seen) == 3, seen

    def test_stopping_one_and_starting_two_costs_four(
        self, handling: Clock, warm: None, city: City, at: At, statements: Callable
    ) -> None:
        clerk = city.clerk
        db.session.commit()
        with statements() as seen, unit_of_work():
            clocks.change(
                "case",
                7,
                stop=["handling"],
                start=[Start("review", ONE_HOUR), Start("other", ONE_HOUR)],
                at=at("2026-03-03 10:00"),
                by=clerk,
            )
        assert len(seen) <= (4 if db.engine.dialect.name == "postgresql" else 5), seen

    def test_stopping_one_and_halting_another_costs_one_update(
        self, handling: Clock, warm: None, city: City, at: At, statements: Callable
    ) -> None:
        clerk = city.clerk
        with unit_of_work():
            clocks.start("case", 7, "review", ONE_HOUR, at=at("2026-03-02 09:00"), by=clerk)
        with statements() as seen, unit_of_work():
            clocks.change("case", 7, stop=["review"], pause=["handling"], at=at("2026-03-02 09:30"), by=clerk)
        assert len([statement for statement in seen if statement.startswith("UPDATE")]) == 1, seen


class TestChange:
    def test_one_act_stops_starts_and_pauses(self, handling: Clock, city: City, at: At) -> None:
        with unit_of_work():
            clocks.start("case", 7, "acceptance", ONE_HOUR, at=at("2026-03-02 09:00"), by=city.li)
        with unit_of_work():
            running = clocks.change(
                "case",
                7,
                stop=["handling"],
                pause=["acceptance"],
                start=[Start("confirmation", ONE_HOUR)],
                at=at("2026-03-02 09:30"),
                by=city.li,
            )
        assert {name: clock.state for name, clock in running.items()} == {
            "acceptance": "paused",
            "confirmation": "running",
        }
        with unit_of_work():
            running = clocks.change(
                "case", 7, stop=["confirmation"], resume=["acceptance"], at=at("2026-03-02 10:00"), by=city.chen
            )
        assert running["acceptance"].due_at == at("2026-03-02 10:30")

    def test_what_is_not_open_is_passed_over(self, handling: Clock, city: City, at: At) -> None:
        with unit_of_work():
            assert set(
                clocks.change(
                    "case", 7, stop=["signing"], resume=["handling"], at=at("2026-03-03 10:00"), by=city.clerk
                )
            ) == {"handling"}

    def test_a_name_that_is_open_is_not_started_again(self, handling: Clock, city: City, at: At) -> None:
        with pytest.raises(ClockRuns), unit_of_work():
            clocks.change("case", 7, start=[Start("handling", ONE_HOUR)], at=at("2026-03-03 10:00"), by=city.wang)

    def test_a_name_may_be_stopped_and_started_in_one_act(self, handling: Clock, city: City, at: At) -> None:
        with pytest.raises(ClockStopped), unit_of_work():
            running = clocks.change(
                "case",
                7,
                stop=["handling"],
                start=[Start("handling", ONE_HOUR)],
                at=at("2026-03-03 10:00"),
                by=city.wang,
            )
            assert running["handling"].id != handling.id
            clocks.stop(handling, at=at("2026-03-03 11:00"), by=city.wang)

    def test_the_end_of_a_case_stops_all(self, handling: Clock, city: City, at: At) -> None:
        with unit_of_work():
            clocks.start("case", 7, "signing", ONE_HOUR, at=at("2026-03-02 09:00"), by=city.wang)
            assert len(clocks.stop_all("case", 7, at=at("2026-03-02 09:30"), by=SYSTEM, reason="作废")) == 2
        assert clocks.open_clocks("case", 7) == {}


def test_clocks_whose_lamp_turned_are_found(handling: Clock, at: At) -> None:
    amber, red, minute = at("2026-03-03 15:00"), at("2026-03-04 09:00"), timedelta(minutes=1)
    assert db.session.scalars(queries.turned_amber(amber - minute, amber)).all() == [handling]
    assert db.session.scalars(queries.turned_amber(amber, amber + minute)).all() == []
    assert db.session.scalars(queries.turned_red(red, red + minute)).all() == [handling]
    assert db.session.scalars(queries.turned_red(red - minute, red)).all() == []
    assert clocks.read(handling, at=red + minute).lamp is Lamp.red
