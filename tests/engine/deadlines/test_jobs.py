"""After an edit of the calendar, clocks that are not due yet are reckoned again, with a trace."""

from collections.abc import Callable, Iterator
from datetime import date, datetime

import pytest

from engine.access.actors import SYSTEM
from engine.calendars import editing
from engine.calendars import queries as calendars
from engine.calendars.working_time import Limit, Unit
from engine.deadlines import clocks, jobs
from engine.deadlines.models import Clock
from engine.kit.db import unit_of_work
from tests.city import City

At = Callable[[str], datetime]


@pytest.fixture
def heard() -> Iterator[list[int]]:
    """Ids of the clocks that the signal announced."""
    ids: list[int] = []

    def hear(clock: Clock) -> None:
        ids.append(clock.id)

    jobs.clock_reckoned.connect(hear)
    yield ids
    jobs.clock_reckoned.disconnect(hear)


def start(case_id: int, when: datetime, days: float) -> Clock:
    with unit_of_work():
        return clocks.start("case", case_id, "handling", Limit(days, Unit.working_days), at=when, by=SYSTEM)


def close(day: str, at: At) -> None:
    with unit_of_work():
        editing.set_exception(calendars.find(), date.fromisoformat(day), "off", by=SYSTEM, at=at("2026-03-03 12:00"))


def run(now: datetime) -> int:
    with unit_of_work():
        return jobs.reckon_changed(now)


def test_a_clock_that_is_not_due_yet_moves(city: City, at: At, heard: list[int]) -> None:
    clock = start(1, at("2026-03-02 09:00"), 3)
    close("2026-03-04", at)
    assert run(at("2026-03-03 12:05")) == 1
    assert clock.due_at == at("2026-03-06 09:00")
    trace = clock.facts[-1]
    assert (trace.action, trace.due_before, trace.due_after) == (
        "reckon",
        at("2026-03-05 09:00"),
        at("2026-03-06 09:00"),
    )
    assert heard == [clock.id]
    assert run(at("2026-03-03 12:06")) == 0


def test_what_was_due_or_has_stopped_keeps_its_judgement(city: City, at: At, heard: list[int]) -> None:
    late, done = start(1, at("2026-03-02 09:00"), 1), start(2, at("2026-03-02 09:00"), 5)
    with unit_of_work():
        clocks.stop(done, at=at("2026-03-03 09:00"), by=SYSTEM)
    close("2026-03-03", at)
    assert run(at("2026-03-03 12:05")) == 0
    assert (late.due_at, done.due_at, heard) == (at("2026-03-03 09:00"), at("2026-03-09 09:00"), [])


def test_a_provisional_due_becomes_final_when_the_year_is_published(city: City, at: At, heard: list[int]) -> None:
    clock = start(1, at("2026-12-31 16:00"), 1)
    assert (clock.is_provisional, clock.due_at) == (True, at("2027-01-04 16:00"))
    with unit_of_work():
        standard = calendars.find()
        editing.set_exception(standard, date(2027, 1, 1), "off", by=SYSTEM, at=at("2026-11-20 09:00"), note="元旦")
        editing.set_exception(standard, date(2027, 1, 3), "work", by=SYSTEM, at=at("2026-11-20 09:00"))
        editing.publish_year(standard, 2027, by=SYSTEM, at=at("2026-11-20 09:01"))
    run(at("2026-12-31 17:00"))
    assert (clock.is_provisional, clock.due_at) == (False, at("2027-01-03 16:00"))


def test_a_stopped_clock_with_a_provisional_due_is_judged_after_publication(city: City, at: At) -> None:
    clock = start(1, at("2026-12-31 16:00"), 1)
    with unit_of_work():
        clocks.stop(clock, at=at("2027-01-05 10:00"), by=SYSTEM)
    assert clocks.read(clock, at=at("2027-02-01 09:00")).on_time is None
    with unit_of_work():
        editing.publish_year(calendars.find(), 2027, by=SYSTEM, at=at("2027-01-20 09:00"))
    run(at("2027-01-20 10:00"))
    assert clocks.read(clock, at=at("2027-02-01 09:00")).on_time is False


def test_work_comes_in_batches(city: City, at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "BATCH", 2)
    for case_id in range(5):
        start(case_id, at("2026-03-02 09:00"), 3)
    close("2026-03-04", at)
    assert [run(at("2026-03-03 12:05")) for _ in range(2)] == [2, 2]
    assert jobs.reckon_again(at("2026-03-03 12:05")) == 1
    assert jobs.reckon_again(at("2026-03-03 12:05")) == 0
