"""A calendar changes under open clocks: looked at beforehand, then done in slices, with progress and a trace."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from engine.access.actors import SYSTEM
from engine.audit.models import AuditRecord
from engine.calendars import drafting, queries, seeds
from engine.calendars.errors import NoDraft
from engine.calendars.hours import WeeklyHours
from engine.calendars.working_time import Limit, Unit
from engine.deadlines import clocks, jobs, recalculation, reckoning, slices
from engine.deadlines.effects import Tally
from engine.deadlines.errors import RecalculationEnded
from engine.deadlines.models import Clock, ClockFact, Recalculation
from engine.deadlines.recalculation import RunState
from engine.kit.db import db, unit_of_work
from tests.city import City
from tests.together import at_once

At = Callable[[str], datetime]


class Office:
    """An administrator on Tuesday, 3 March 2026, at noon."""

    def __init__(self, city: City, at: At) -> None:
        self.by, self.now, self.calendar_id = city.system_admin, at("2026-03-03 12:00"), queries.find().id

    @property
    def calendar(self):
        return queries.find(self.calendar_id)

    def draft(self, act: Callable, *given, **named) -> None:
        with unit_of_work():
            revision = drafting.revision_of(self.calendar)
            act(self.calendar, *given, revision=revision, by=self.by, at=self.now, **named)

    def off(self, *days: str) -> "Office":
        for day in days:
            self.draft(drafting.set_day, date.fromisoformat(day), "off")
        return self

    def preview(self) -> int:
        with unit_of_work():
            return recalculation.preview(self.calendar, by=self.by, at=self.now).id

    def apply(self) -> int:
        with unit_of_work():
            revision = drafting.revision_of(self.calendar)
            return recalculation.apply(self.calendar, revision=revision, by=self.by, at=self.now).id

    def run(self) -> int:
        return jobs.run_due(self.now)


@pytest.fixture
def office(city: City, at: At, monkeypatch: pytest.MonkeyPatch) -> Office:
    # However slow the machine is just now: one call of the worker does everything.
    monkeypatch.setattr(jobs, "SECONDS", 600.0)
    return Office(city, at)


def start(number: int, when: datetime, days: float, calendar_id: int | None = None) -> int:
    with unit_of_work():
        limit = Limit(days, Unit.working_days)
        return clocks.start("paper", number, "handling", limit, at=when, by=SYSTEM, calendar_id=calendar_id).id


def the(clock_id: int) -> Clock:
    db.session.rollback()
    return db.session.get_one(Clock, clock_id, populate_existing=True)


def run_of(run_id: int) -> Recalculation:
    db.session.rollback()
    return db.session.get_one(Recalculation, run_id, populate_existing=True)


def tally(run_id: int) -> Tally:
    return Tally.from_json(run_of(run_id).tally)


def test_a_preview_says_what_would_become_of_open_clocks_and_writes_nothing(office, at):
    late = start(1, at("2026-03-02 09:00"), 1)
    soon = start(2, at("2026-03-03 09:00"), 1)
    far = start(3, at("2026-03-03 10:00"), 3)
    office.off("2026-03-04", "2026-03-05")
    run_id = office.preview()
    office.run()
    run, found = run_of(run_id), tally(run_id)
    assert (run.state, run.total, run.done) == ("done", 3, 3)
    assert (found.later, found.earlier, found.due_at_once, found.kept) == (2, 0, 0, 0)
    assert [one["clock_id"] for one in found.strongest] == [far, soon]
    assert found.spread(later=True) == {
        "median": timedelta(days=2),
        "most": timedelta(days=4),
        "farthest": timedelta(days=4),
    }
    assert [the(each).due_at for each in (late, soon, far)] == [
        at("2026-03-03 09:00"),
        at("2026-03-04 09:00"),
        at("2026-03-06 10:00"),
    ]
    assert not db.session.scalars(select(ClockFact).where(ClockFact.action == "reckon")).all()


def test_a_preview_foretells_exactly_what_applying_does(office, at):
    for number, days in enumerate((0.5, 1, 2, 5)):
        start(number, at("2026-03-02 09:00"), days)
    office.off("2026-03-04")
    office.draft(drafting.set_day, date(2026, 3, 7), "work")
    preview = office.preview()
    office.run()
    applied = office.apply()
    office.run()
    assert run_of(applied).state == RunState.done
    assert tally(applied).as_json() == tally(preview).as_json()


def test_both_say_how_many_are_overdue_already_and_keep_their_due(office, at):
    late, never = start(1, at("2026-03-02 09:00"), 1), start(2, at("2026-02-27 09:00"), 1)
    open_one = start(3, at("2026-03-03 09:00"), 1)
    # The first would have had a day more, had it been known in time; the second was due before that day.
    office.off("2026-03-03")
    preview = office.preview()
    office.run()
    assert (tally(preview).kept, tally(preview).later) == (1, 1)
    applied = office.apply()
    office.run()
    assert tally(applied).as_json() == tally(preview).as_json()
    assert [len(the(each).facts) for each in (late, never, open_one)] == [1, 1, 2]


def test_hours_that_shrink_make_nobody_late_at_a_stroke_but_the_preview_says_who_is_due_at_once(office, at):
    clock_id = start(1, at("2026-03-03 08:00"), 0.75)
    assert the(clock_id).due_at == at("2026-03-03 16:00")
    office.draft(drafting.set_week, WeeklyHours(dict.fromkeys(range(5), ((480, 720),))))
    preview = office.preview()
    office.run()
    assert (tally(preview).earlier, tally(preview).due_at_once) == (1, 1)
    office.apply()
    office.run()
    assert the(clock_id).due_at == office.now


def test_each_moved_clock_tells_before_and_after(office, at):
    clock_id = start(1, at("2026-03-03 09:00"), 3)
    office.off("2026-03-04").apply()
    office.run()
    fact = the(clock_id).facts[-1]
    assert (fact.action, fact.by_name, fact.due_before, fact.due_after) == (
        "reckon",
        SYSTEM.name,
        at("2026-03-06 09:00"),
        at("2026-03-09 09:00"),
    )
    actions = db.session.scalars(select(AuditRecord.action).order_by(AuditRecord.id)).all()
    assert actions[-2:] == ["calendar.applied", "calendar.recalculated"]


def test_a_cancelled_one_leaves_the_rest_alone_until_somebody_goes_on(office, at, monkeypatch):
    monkeypatch.setattr(reckoning, "SLICE", 2)
    ids = [start(number, at("2026-03-03 09:00"), 3) for number in range(5)]
    run_id = office.off("2026-03-04").apply()
    turns = iter([True, False])
    slices.advance(office.now, seconds=60, going_on=lambda: next(turns, False))
    assert (run_of(run_id).done, run_of(run_id).state) == (2, "running")
    with unit_of_work():
        recalculation.cancel(run_of(run_id), by=office.by, at=office.now)
    office.run()
    assert jobs.reckon_again(office.now) == 0
    assert [the(each).due_at for each in ids] == [at("2026-03-09 09:00")] * 2 + [at("2026-03-06 09:00")] * 3
    with unit_of_work():
        recalculation.go_on(run_of(run_id), by=office.by, at=office.now)
    office.run()
    assert {the(each).due_at for each in ids} == {at("2026-03-09 09:00")}
    assert (run_of(run_id).done, run_of(run_id).total, run_of(run_id).state) == (5, 5, "done")
    with pytest.raises(RecalculationEnded):
        recalculation.cancel(run_of(run_id), by=office.by, at=office.now)


def test_a_cancelled_preview_stops(office, at):
    start(1, at("2026-03-03 09:00"), 3)
    run_id = office.off("2026-03-04").preview()
    with unit_of_work():
        recalculation.cancel(run_of(run_id), by=office.by, at=office.now)
    assert office.run() == 0
    assert run_of(run_id).done == 0


def test_a_worker_that_dies_in_the_middle_loses_one_slice_and_repeats_none(office, at, monkeypatch):
    monkeypatch.setattr(reckoning, "SLICE", 2)
    ids = [start(number, at("2026-03-03 09:00"), 3) for number in range(6)]
    run_id = office.off("2026-03-04").apply()
    reckon, calls = reckoning.reckon, []

    def die(keys, *given):
        outcome = reckon(keys, *given)
        calls.append(keys)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return outcome

    monkeypatch.setattr(reckoning, "reckon", die)
    with pytest.raises(KeyboardInterrupt):
        office.run()
    assert run_of(run_id).done == 2
    office.run()
    assert (run_of(run_id).state, run_of(run_id).done, tally(run_id).later) == ("done", 6, 6)
    assert [len(the(each).facts) for each in ids] == [2] * 6


def test_a_clock_that_cannot_be_reckoned_is_named_and_stops_nothing(office, at):
    good, bad = start(1, at("2026-03-03 09:00"), 3), start(2, at("2026-03-03 09:00"), 3)
    with unit_of_work():
        the(bad).facts[0].unit = "moons"
    run_id = office.off("2026-03-04").apply()
    office.run()
    assert (run_of(run_id).state, run_of(run_id).failed) == ("done", [bad])
    assert the(good).due_at == at("2026-03-09 09:00")


def test_a_second_change_takes_over_from_the_first(office, at):
    clock_id = start(1, at("2026-03-03 09:00"), 3)
    first = office.off("2026-03-04").apply()
    second = office.off("2026-03-05").apply()
    office.run()
    assert [run_of(each).state for each in (first, second)] == ["cancelled", "done"]
    assert the(clock_id).due_at == at("2026-03-10 09:00")
    with pytest.raises(RecalculationEnded), unit_of_work():
        recalculation.go_on(run_of(first), by=office.by, at=office.now)


def test_without_a_draft_there_is_nothing_to_preview(office):
    with pytest.raises(NoDraft):
        office.preview()


def test_a_removed_year_makes_dues_provisional_again_and_nobody_is_judged_by_them(office, at):
    clock_id = start(1, at("2026-03-03 09:00"), 3)
    done = start(2, at("2026-03-03 09:00"), 3)
    with unit_of_work():
        clocks.stop(the(done), at=at("2026-03-03 10:00"), by=SYSTEM)
    assert recalculation.running_into(office.calendar, 2026) == 1
    office.draft(drafting.remove_year, 2026)
    preview = office.preview()
    office.run()
    assert tally(preview).unsettled == 1
    office.apply()
    office.run()
    clock = the(clock_id)
    assert (clock.is_provisional, clock.watch_at) == (True, None)
    assert clocks.read(clock, at=at("2026-05-01 09:00")).on_time is None
    assert clocks.read(the(done), at=at("2026-05-01 09:00")).on_time is True


def test_publishing_settles_and_the_facts_tell_it(office, at):
    clock_id = start(1, at("2026-12-31 16:00"), 1)
    office.off("2027-01-01")
    office.draft(drafting.publish_year, 2027)
    run_id = office.apply()
    office.run()
    assert tally(run_id).settled == 1
    assert [fact.is_provisional for fact in the(clock_id).facts] == [True, False]


def test_other_calendars_stay_as_they_are(office, at):
    with unit_of_work():
        night = seeds.create("夜班日历", "Asia/Shanghai", at=office.now, published=[2026]).id
    mine, other = start(1, at("2026-03-03 09:00"), 3), start(2, at("2026-03-03 09:00"), 3, night)
    office.off("2026-03-04").apply()
    office.run()
    assert (the(mine).due_at, the(other).due_at) == (at("2026-03-09 09:00"), at("2026-03-06 09:00"))


def test_hours_are_the_wall_clocks_where_it_is_put_forward(office, at):
    """New York puts its clocks forward on Sunday, 8 March 2026: a working day stays one."""
    with unit_of_work():
        away = seeds.create("纽约日历", "America/New_York", at=office.now, published=[2026]).id
    clock_id = start(1, datetime.fromisoformat("2026-03-06T09:00-05:00"), 2, away)
    office.calendar_id = away
    office.off("2026-03-09").apply()
    office.run()
    assert the(clock_id).due_at == datetime.fromisoformat("2026-03-11T09:00-04:00")


def test_two_workers_share_without_counting_twice(office, at, database_kind, city):
    if database_kind == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    ids = [start(number, at("2026-03-03 09:00"), 3) for number in range(120)]
    run_id = office.off("2026-03-04").apply()
    db.session.remove()

    def work() -> None:
        for _ in range(30):
            jobs.run_due(office.now)

    at_once(city.url, work, work)
    assert (run_of(run_id).state, run_of(run_id).done, tally(run_id).later) == ("done", 120, 120)
    assert {len(the(each).facts) for each in ids} == {2}
