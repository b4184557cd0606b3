"""After an edit of the calendar, clocks that are not due yet are reckoned again, with a trace."""

from collections.abc import Callable, Iterator
from datetime import date, datetime

import pytest

from engine.access.actors import SYSTEM
from engine.calendars import editing
from engine.calendars import queries as calendars
from engine.calendars.working_time import Limit, Unit
from engine.deadlines import clocks, jobs, reckoning
from engine.deadlines.models import Clock
from engine.kit.db import db, unit_of_work
from tests.city import City

At = Callable[[str], datetime]


@pytest.fixture
def heard() -> Iterator[list[int]]:
    """Ids of the clocks that the signal announced."""
    ids: list[int] = []

    def hear(moved: list[Clock]) -> None:
        ids.extend(clock.id for clock in moved)

    reckoning.clocks_reckoned.connect(hear)
    yield ids
    reckoning.clocks_reckoned.disconnect(hear)


def start(case_id: int, when: datetime, days: float) -> int:
    with unit_of_work():
        limit = Limit(days, Unit.working_days)
        return clocks.start("paper", case_id, "handling", limit, at=when, by=SYSTEM).id


def close(day: str, at: At) -> None:
    with unit_of_work():
        editing.set_exception(calendars.find(), date.fromisoformat(day), "off", by=SYSTEM, at=at("2026-03-03 12:00"))


def the(clock_id: int) -> Clock:
    db.session.rollback()
    return db.session.get_one(Clock, clock_id)


def act(name: str, clock_id: int, when: datetime, *given: Limit) -> None:
    with unit_of_work():
        getattr(clocks, name)(the(clock_id), *given, at=when, by=SYSTEM)


def test_a_clock_that_is_not_due_yet_moves(city: City, at: At, heard: list[int]) -> None:
    clock_id = start(1, at("2026-03-02 09:00"), 3)
    close("2026-03-04", at)
    assert jobs.reckon_again(at("2026-03-03 12:05")) == 1
    clock = the(clock_id)
    assert clock.due_at == at("2026-03-06 09:00")
    trace = clock.facts[-1]
    assert (trace.action, trace.due_before, trace.due_after) == (
        "reckon",
        at("2026-03-05 09:00"),
        at("2026-03-06 09:00"),
    )
    assert heard == [clock_id]
    assert jobs.reckon_again(at("2026-03-03 12:06")) == 0


def test_what_was_due_or_has_stopped_keeps_its_judgement(city: City, at: At, heard: list[int]) -> None:
    late, done = start(1, at("2026-03-02 09:00"), 1), start(2, at("2026-03-02 09:00"), 5)
    act("stop", done, at("2026-03-03 09:00"))
    close("2026-03-03", at)
    jobs.reckon_again(at("2026-03-03 12:05"))
    assert jobs.reckon_again(at("2026-03-03 12:06")) == 0
    assert (the(late).due_at, the(done).due_at, heard) == (at("2026-03-03 09:00"), at("2026-03-09 09:00"), [])
    assert [len(the(each).facts) for each in (late, done)] == [1, 2]


def test_what_was_late_when_it_was_halted_stays_late(city: City, at: At) -> None:
    late, waiting = start(1, at("2026-03-02 09:00"), 1), start(2, at("2026-03-02 09:00"), 1)
    act("pause", waiting, at("2026-03-02 16:00"))
    act("pause", late, at("2026-03-03 11:00"))
    close("2026-03-03", at)
    jobs.reckon_again(at("2026-03-09 12:05"))
    assert the(late).due_at == at("2026-03-03 09:00")
    # Three hours of work were left when it was halted; they still are.
    act("resume", waiting, at("2026-03-10 09:00"))
    assert the(waiting).due_at == at("2026-03-10 12:00")


def test_a_provisional_due_becomes_final_when_the_year_is_published(city: City, at: At, heard: list[int]) -> None:
    clock_id = start(1, at("2026-12-31 16:00"), 1)
    assert (the(clock_id).is_provisional, the(clock_id).due_at) == (True, at("2027-01-04 16:00"))
    with unit_of_work():
        standard = calendars.find()
        editing.set_exception(standard, date(2027, 1, 1), "off", by=SYSTEM, at=at("2026-11-20 09:00"), note="元旦")
        editing.set_exception(standard, date(2027, 1, 3), "work", by=SYSTEM, at=at("2026-11-20 09:00"))
        editing.publish_year(standard, 2027, by=SYSTEM, at=at("2026-11-20 09:01"))
    jobs.reckon_again(at("2026-12-31 17:00"))
    assert (the(clock_id).is_provisional, the(clock_id).due_at) == (False, at("2027-01-03 16:00"))


def test_a_stopped_clock_with_a_provisional_due_is_judged_after_publication(city: City, at: At) -> None:
    clock_id = start(1, at("2026-12-31 16:00"), 1)
    act("stop", clock_id, at("2027-01-05 10:00"))
    assert clocks.read(the(clock_id), at=at("2027-02-01 09:00")).on_time is None
    with unit_of_work():
        editing.publish_year(calendars.find(), 2027, by=SYSTEM, at=at("2027-01-20 09:00"))
    jobs.reckon_again(at("2027-01-20 10:00"))
    assert clocks.read(the(clock_id), at=at("2027-02-01 09:00")).on_time is False


def test_work_comes_in_slices(city: City, at: At, monkeypatch: pytest.MonkeyPatch, statements: Callable) -> None:
    monkeypatch.setattr(reckoning, "SLICE", 2)
    ids = [start(case_id, at("2026-03-02 09:00"), 3) for case_id in range(5)]
    close("2026-03-04", at)
    assert jobs.reckon_again(at("2026-03-03 12:05")) == 5
    assert {the(each).due_at for each in ids} == {at("2026-03-06 09:00")}
    assert jobs.reckon_again(at("2026-03-03 12:05")) == 0


def test_a_clock_that_cannot_be_reckoned_keeps_no_other_from_it(
    city: City, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad, other = (start(case_id, at("2026-03-02 09:00"), 3) for case_id in range(3))
    with unit_of_work():
        the(bad).facts[0].unit = "moons"
    close("2026-03-04", at)
    assert jobs.reckon_again(at("2026-03-03 12:05")) == 2
    assert the(good).due_at == the(other).due_at == at("2026-03-06 09:00")
    assert the(bad).due_at == at("2026-03-05 09:00")


def test_an_act_that_comes_first_reckons_its_clock_itself(city: City, at: At) -> None:
    """An extension is added to the due of the calendar in force, not to a stale one."""
    early, late = start(1, at("2026-03-02 09:00"), 3), start(2, at("2026-03-02 09:00"), 3)
    close("2026-03-04", at)
    act("extend", early, at("2026-03-03 13:00"), Limit(1, Unit.working_days))
    assert [fact.action for fact in the(early).facts] == ["start", "reckon", "extend"]
    jobs.reckon_again(at("2026-03-03 13:05"))
    act("extend", late, at("2026-03-03 13:10"), Limit(1, Unit.working_days))
    assert the(early).due_at == the(late).due_at == at("2026-03-09 09:00")


def test_a_clock_of_the_machine_that_was_set_back_writes_no_fact_before_the_last(city: City, at: At) -> None:
    clock_id = start(1, at("2026-03-02 09:00"), 3)
    act("extend", clock_id, at("2026-03-03 12:00"), Limit(1, Unit.working_days))
    close("2026-03-04", at)
    jobs.reckon_again(at("2026-03-03 11:00"))
    moments = [fact.at for fact in the(clock_id).facts]
    assert moments == sorted(moments)
    assert the(clock_id).due_at == at("2026-03-09 09:00")


def test_feedback_that_is_refused_gets_the_holiday_that_was_declared_during_its_review(city: City, at: At) -> None:
    """As if it had never stopped: every other department's clock was moved by that day."""
    refused, other = start(1, at("2026-03-02 09:00"), 3), start(2, at("2026-03-02 09:00"), 3)
    act("stop", refused, at("2026-03-03 10:00"))
    close("2026-03-04", at)
    jobs.reckon_again(at("2026-03-03 12:05"))
    assert [fact.action for fact in the(refused).facts] == ["start", "stop"]
    act("unstop", refused, at("2026-03-03 14:00"))
    # Two working hours of review are given back on top.
    assert (the(other).due_at, the(refused).due_at) == (at("2026-03-06 09:00"), at("2026-03-06 11:00"))
    assert [fact.action for fact in the(refused).facts][2:] == ["unstop", "reckon"]
    jobs.reckon_again(at("2026-03-03 14:05"))
    assert the(refused).due_at == at("2026-03-06 11:00")


def test_rework_begun_late_is_judged_by_the_due_that_it_had(city: City, at: At) -> None:
    clock_id = start(1, at("2026-03-02 09:00"), 1)
    act("stop", clock_id, at("2026-03-02 16:00"))
    close("2026-03-03", at)
    act("rework", clock_id, at("2026-03-04 09:00"))
    assert (the(clock_id).due_at, the(clock_id).first_due_at) == (at("2026-03-03 09:00"),) * 2


def test_an_edit_that_does_not_concern_a_clock_takes_nothing_from_its_extension(city: City, at: At) -> None:
    """Asked for in time, granted when the limit had passed; a Saturday worked before that counts against nobody."""
    clock_id = start(1, at("2026-03-05 09:00"), 2)
    with unit_of_work():
        editing.set_exception(calendars.find(), date(2026, 3, 7), "work", by=SYSTEM, at=at("2026-03-09 10:00"))
    jobs.reckon_again(at("2026-03-09 10:00"))
    assert the(clock_id).due_at == at("2026-03-09 09:00")
    act("extend", clock_id, at("2026-03-09 11:00"), Limit(2, Unit.working_days))
    assert the(clock_id).due_at == at("2026-03-11 09:00")
    close("2026-05-05", at)
    jobs.reckon_again(at("2026-03-09 12:00"))
    assert the(clock_id).due_at == at("2026-03-11 09:00")
