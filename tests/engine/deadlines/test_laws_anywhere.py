"""The same laws on any calendar, through summer time and through clocks of machines that jump (design.md §5)."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.access.actors import SYSTEM
from engine.calendars.hours import Exceptional, Hours, Segment, WeeklyHours
from engine.calendars.working_time import Limit, Unit, WorkingCalendar
from engine.deadlines import clocks, reading
from engine.deadlines.course import AmberRule
from engine.deadlines.errors import ClockPaused, ClockRuns, ClockStopped
from engine.deadlines.facts import Action, Fact, State
from engine.deadlines.lamps import Lamp
from engine.deadlines.models import Clock, ClockFact
from engine.kit.config import ROOT
from engine.kit.db import db
from tests.city import City
from tests.engine.deadlines.clockwork import PaperClock

YEARS = range(2025, 2031)
TURNS = [datetime(2026, month, day, 9, tzinfo=ZoneInfo("Europe/Berlin")) for month, day in ((3, 27), (10, 23))]
"""Fridays before summer time begins and ends in Berlin; in Shanghai weeks like any other."""


@lru_cache(maxsize=200)
def a_calendar(zone: str, days: tuple[tuple[int, tuple[Segment, ...]], ...], off: int, worked: int) -> WorkingCalendar:
    turns = [turn.date() for turn in TURNS]
    exceptions = {turn + timedelta(days=off): Exceptional(is_work=False) for turn in turns}
    exceptions |= {turn + timedelta(days=worked): Exceptional(is_work=True) for turn in turns}
    hours = Hours(weeks=(WeeklyHours(dict(days)),), exceptions=exceptions, published=YEARS)
    return WorkingCalendar(hours, ZoneInfo(zone), YEARS)


segments = st.sampled_from(
    [((480, 720), (840, 1080)), ((0, 360), (480, 720)), ((90, 150),), ((540, 700),), ((0, 1440),)]
)
weeks = st.lists(segments, min_size=3, max_size=7).map(lambda days: tuple(enumerate(days)))
calendars = st.builds(
    a_calendar, st.sampled_from(["Europe/Berlin", "Asia/Shanghai"]), weeks, st.integers(0, 6), st.integers(0, 6)
)
units = st.sampled_from(Unit)
values = st.sampled_from([0.25, 0.5, 1, 2, 3])
steps = st.integers(0, 3 * 86400)
jumps = st.one_of(steps, st.integers(-2 * 86400, 0))
"""Seconds from one act to the next; less than nothing where a machine's clock was put back, or one is slow."""
HAPPENINGS = sorted(set(Action) - {Action.start})
acts = st.lists(st.tuples(st.sampled_from(HAPPENINGS), jumps, values, units), max_size=10)
KEEPING = {Action.pause, Action.resume, Action.extend, Action.stop, Action.unstop, Action.rework}


@dataclass
class Told:
    """A clock and what happened to it. ``at`` is the moment that the machine of the last act believed in."""

    clock: PaperClock
    at: datetime

    @property
    def facts(self) -> list[Fact]:
        return self.clock.facts

    @property
    def end(self) -> datetime:
        return max(self.at, self.facts[-1].at)


@st.composite
def told(draw: st.DrawFn, *, of: Sequence[Action] = HAPPENINGS) -> Told:
    """A start and whatever its state allows of some acts, on a calendar that may change on the way."""
    calendar = draw(calendars)
    start = draw(st.sampled_from(TURNS)).replace(tzinfo=calendar.zone) + timedelta(seconds=draw(steps))
    told = Told(PaperClock(calendar=calendar).start(start, draw(values), draw(units)), start)
    for action, jump, value, unit in draw(acts):
        told.at += timedelta(seconds=jump)
        if action is Action.reckon:
            _recalculate(told, draw(calendars))
        elif action in of:
            _do(told, action, value, unit)
    return told


def _do(told: Told, action: Action, value: float, unit: Unit) -> None:
    try:
        told.clock.act(action, told.at, value, unit.value)
    except (ClockPaused, ClockRuns, ClockStopped):
        return


def _recalculate(told: Told, calendar: WorkingCalendar) -> None:
    fact = reading.reckoned(told.facts, calendar, at=told.at)
    told.clock.calendar = calendar
    if fact is not None:
        told.facts.append(fact)


@given(told())
def test_facts_stay_in_order_whatever_machines_believe(told: Told) -> None:
    moments = [fact.at for fact in told.facts]
    assert moments == sorted(moments)


@given(told())
def test_due_only_runs_backwards_for_a_new_beginning_or_another_calendar(told: Told) -> None:
    for earlier, later in zip(told.facts, told.facts[1:], strict=False):
        assert later.due_before == earlier.due_after
        if later.action in KEEPING:
            assert later.due_after >= earlier.due_after
        if later.action is Action.extend:
            assert later.due_after > earlier.due_after


@given(told())
def test_the_first_due_is_kept_by_everything_but_a_new_beginning_or_another_calendar(told: Told) -> None:
    for earlier, later in zip(told.facts, told.facts[1:], strict=False):
        if later.action in KEEPING:
            assert later.first_due == earlier.first_due


@given(told(), jumps)
def test_used_is_never_negative_and_never_exceeds_elapsed_time(told: Told, jump: int) -> None:
    at = told.at + timedelta(seconds=jump)
    read = told.clock.read(at)
    calendar, unit = told.clock.calendar, read.limit.unit
    assert read.used_seconds >= 0
    assert read.used_seconds <= calendar.spent(read.started_at, max(at, told.facts[-1].at), unit)
    if len({fact.unit for fact in told.facts if fact.action in Action.beginnings()}) == 1:
        assert read.used_seconds + read.lost_seconds <= calendar.spent(told.facts[0].at, max(at, told.end), unit)


@given(told(), jumps, jumps)
def test_pausing_then_resuming_keeps_what_was_left(told: Told, before: int, between: int) -> None:
    if reading.follow(told.facts, told.clock.calendar).state is not State.running:
        return
    _do(replace(told, at=told.at + timedelta(seconds=before)), Action.pause, 1, Unit.urgent_hours)
    halted = reading.follow(told.facts, told.clock.calendar)
    left = halted.amounts(told.facts[-1].at)[1]
    _do(replace(told, at=told.facts[-1].at + timedelta(seconds=between)), Action.resume, 1, Unit.urgent_hours)
    resumed = reading.follow(told.facts, told.clock.calendar)
    # Due moments are whole seconds; one counts for more on days that are shorter than others.
    second = (
        halted.calendar.amount(Limit(1, Unit.working_days)) // 1800 if halted.limit.unit is Unit.working_days else 1
    )
    assert resumed.amounts(told.facts[-1].at)[1] - left in range(second + 1)


@given(told(), calendars, jumps)
def test_no_later_change_of_the_calendar_changes_a_judgement(told: Told, other: WorkingCalendar, jump: int) -> None:
    at = told.at + timedelta(seconds=jump)
    before = told.clock.read(at)
    assert _judgement(reading.read(told.facts, other, at=at)) == _judgement(before)
    fact = reading.reckoned(told.facts, other, at=at)
    if fact is not None:
        after = reading.read([*told.facts, fact], other, at=at)
        assert (before.on_time, after.on_time) != (True, False)
        assert before.on_time is None or after.on_time == before.on_time


@given(told(), calendars, jumps, acts)
def test_what_a_calendar_did_to_a_clock_it_does_once(
    told: Told, other: WorkingCalendar, jump: int, later: list[tuple[Action, int, float, Unit]]
) -> None:
    """However the clock was moved since: an edit that does not concern it (another year published) moves nothing."""
    told.at += timedelta(seconds=jump)
    before = reading.follow(told.facts, told.clock.calendar)
    if before.state is State.stopped or before.is_past(told.at):
        return
    _recalculate(told, other)
    for action, seconds, value, unit in later:
        told.at += timedelta(seconds=seconds)
        if action in {Action.pause, Action.resume, Action.extend}:
            _do(told, action, value, unit)
    assert reading.reckoned(told.facts, other, at=told.at) is None


@given(told(), calendars, jumps)
def test_a_first_due_that_was_missed_stays_missed(told: Told, other: WorkingCalendar, jump: int) -> None:
    at = told.at + timedelta(seconds=jump)
    before = told.clock.read(at)
    fact = reading.reckoned(told.facts, other, at=at)
    if fact is not None and before.kept_first_due is False:
        assert reading.read([*told.facts, fact], other, at=at).first_due_at == before.first_due_at


@given(told(), jumps, st.randoms())
def test_lamps_say_what_due_and_amber_say(told: Told, jump: int, rng: random.Random) -> None:
    at = max(told.at + timedelta(seconds=jump), told.facts[-1].at)
    at += rng.choice([timedelta(0), timedelta(days=1), timedelta(days=9)])
    read = reading.read(told.facts, told.clock.calendar, at=at, rule=AmberRule())
    moment = (read.stopped_at or at).replace(microsecond=0)
    late = moment > read.due_at
    assert read.amber_at <= read.due_at
    expected = {
        State.paused: Lamp.grey,
        State.stopped: Lamp.red if late else Lamp.green,
        State.running: Lamp.red if late else Lamp.amber if moment >= read.amber_at else Lamp.green,
    }
    assert read.lamp is expected[read.state]
    if read.state is not State.paused:
        assert (read.on_time is False) is late
        assert late or read.remaining_seconds >= 0


def _judgement(read: reading.Reading) -> tuple[Any, ...]:
    return read.state, read.on_time, read.kept_first_due, read.due_at, read.first_due_at, read.stopped_at


@given(told(of=[Action.pause, Action.resume, Action.extend, Action.stop, Action.rework]))
def test_nothing_that_a_department_can_ask_for_moves_the_first_due(told: Told) -> None:
    dues = {fact.first_due for fact in told.facts if fact.action is not Action.reckon}
    reckoned = {fact.first_due for fact in told.facts if fact.action is Action.reckon}
    assert dues <= {told.facts[0].first_due} | reckoned


# The rows tell the same as the facts in memory, in whatever order they are read, and to any other process.

ELSEWHERE = """
import json, sys
from datetime import datetime, date
from zoneinfo import ZoneInfo
from types import SimpleNamespace
from engine.calendars.hours import Hours
from engine.calendars.working_time import WorkingCalendar
from engine.deadlines import reading
moment = lambda text: text and datetime.fromisoformat(text)
calendar = WorkingCalendar(Hours(published=range(2025, 2031)), ZoneInfo("America/New_York"), range(2025, 2031))
for line in sys.stdin:
    told = json.loads(line)
    facts = [SimpleNamespace(**fact | {key: moment(fact[key]) for key in ("at", "due_after", "first_due")})
             for fact in told["facts"]]
    read = reading.read(facts, calendar, at=moment(told["at"]))
    print(json.dumps([read.state, read.on_time, read.kept_first_due, read.due_at.isoformat()]))
"""


def _told(clock: PaperClock, at: datetime) -> str:
    names = ("action", "at", "value", "unit", "due_after", "first_due", "is_provisional")
    facts = [{name: getattr(fact, name) for name in names} for fact in clock.facts]
    return json.dumps({"facts": facts, "at": at}, default=lambda moment: moment.isoformat())


def test_another_process_in_another_zone_with_another_calendar_judges_the_same() -> None:
    lines, here = [], []
    for seed in range(60):
        clock, at = _at_random(random.Random(seed))
        read = clock.read(at)
        lines.append(_told(clock, at))
        here.append([read.state, read.on_time, read.kept_first_due, read.due_at.isoformat()])
    environment = os.environ | {"TZ": "America/New_York", "PYTHONHASHSEED": "7", "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        [sys.executable, "-c", ELSEWHERE], input="\n".join(lines), capture_output=True, text=True, env=environment,
        cwd=ROOT, check=True,
    )  # fmt: skip
    assert [json.loads(line) for line in ran.stdout.splitlines()] == here


def _at_random(rng: random.Random) -> tuple[PaperClock, datetime]:
    now = datetime(2026, 3, 27, 9, tzinfo=ZoneInfo("Europe/Berlin"))
    clock = PaperClock().start(now, rng.choice([1, 2, 8]), rng.choice(list(Unit)))
    for _ in range(rng.randrange(8)):
        now += timedelta(seconds=rng.randrange(-86400, 3 * 86400))
        try:
            clock.act(rng.choice(sorted(set(HAPPENINGS) - {Action.reckon})), now, 1, Unit.working_hours)
        except (ClockPaused, ClockRuns, ClockStopped):
            continue
    return clock, now


@pytest.mark.parametrize("seed", range(4))
def test_rows_tell_the_same_in_whatever_order_they_are_read(city: City, seed: int) -> None:
    rng = random.Random(seed)
    now = datetime(2026, 3, 27, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
    clock = clocks.start("test", seed + 1, "handling", Limit(8, Unit.working_hours), at=now, by=SYSTEM)
    other = clocks.start("test", seed + 1, "signing", Limit(1, Unit.working_hours), at=now, by=SYSTEM)
    for _ in range(10):
        now += timedelta(seconds=rng.randrange(-7200, 86400))
        act = rng.choice([clocks.pause, clocks.resume, clocks.extend, clocks.reset, clocks.stop, clocks.unstop])
        try:
            act(clock, at=now, by=SYSTEM)
        except (ClockPaused, ClockRuns, ClockStopped):
            continue
    before, columns = clocks.read(clock, at=now), _columns(clock)
    key, count = clock.id, len(clock.facts)
    clocks.stop(other, at=now, by=SYSTEM)
    db.session.commit()
    db.session.expunge_all()
    rows = list(db.session.query(ClockFact).filter_by(clock_id=key))
    rng.shuffle(rows)
    again = db.session.get_one(Clock, key)
    assert [fact.seq for fact in again.facts] == list(range(1, count + 1))
    assert clocks.read(again, at=now) == before
    assert _columns(again) == columns


def _columns(clock: Clock) -> dict[str, Any]:
    return {name: getattr(clock, name) for name in ("state", "due_at", "first_due_at", "amber_at", "stopped_at")}
