"""What holds for every clock, whatever happens to it in whatever order (design.md §5)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from engine.calendars.hours import Exceptional, Hours, WeeklyHours
from engine.calendars.working_time import Limit, Unit, WorkingCalendar
from engine.deadlines import reading
from engine.deadlines.errors import ClockPaused, ClockRuns, ClockStopped
from engine.deadlines.facts import Action, State
from tests.engine.deadlines.clockwork import SHANGHAI, PaperClock

MONDAY = datetime(2026, 3, 2, tzinfo=SHANGHAI)
YEARS = range(2024, 2036)

# Fridays are short, one Saturday is worked, one week is off: days differ, as real ones do.
UNEVEN = WorkingCalendar(
    Hours(
        weeks=(WeeklyHours({**dict.fromkeys(range(4), ((480, 720), (840, 1080))), 4: ((480, 720), (840, 1020))}),),
        exceptions={
            date(2026, 3, 7): Exceptional(is_work=True, segments=((540, 700),)),
            **{date(2026, 3, 9) + timedelta(days=day): Exceptional(is_work=False) for day in range(5)},
        },
        published=YEARS,
    ),
    SHANGHAI,
    YEARS,
)
OTHER = WorkingCalendar(Hours(published=YEARS), SHANGHAI, YEARS)

units = st.sampled_from(Unit)
values = st.sampled_from([0.25, 0.5, 1, 1.5, 2, 3, 5, 8])
gaps = st.integers(0, 4 * 86400)
moments = gaps.map(lambda seconds: MONDAY + timedelta(seconds=seconds))
happenings = sorted(set(Action) - {Action.start, Action.reckon})
events = st.lists(st.tuples(st.sampled_from(happenings), gaps, values), max_size=12)
MOVING = {Action.resume, Action.unstop, Action.extend, Action.pause, Action.stop, Action.rework}


def _second(unit: Unit) -> int:
    """The most that one second counts: the shortest day here has 160 minutes."""
    return UNEVEN.amount(Limit(1, unit)) // (160 * 60) if unit is Unit.working_days else 1


def began(when: datetime, value: float, unit: Unit) -> PaperClock:
    return PaperClock(calendar=UNEVEN).start(when, value, unit.value)


def happen(clock: PaperClock, wanted: list[tuple[Action, int, float]], unit: Unit) -> datetime:
    """Let all happen that the clock's state allows. Returns the moment of the last event."""
    now = clock.facts[0].at
    for action, gap, value in wanted:
        now += timedelta(seconds=gap)
        try:
            clock.act(action, now, value, unit.value)
        except (ClockPaused, ClockRuns, ClockStopped):
            continue
    return now


@given(moments, values, units, gaps, gaps)
def test_pausing_then_resuming_leaves_the_remaining_time_as_it_was(
    start: datetime, value: float, unit: Unit, before: int, pause: int
) -> None:
    clock = began(start, value, unit)
    halted = start + timedelta(seconds=before)
    left = reading.follow(clock.facts, UNEVEN).amounts(halted)[1]
    clock.act("pause", halted).act("resume", halted + timedelta(seconds=pause))
    after = reading.follow(clock.facts, UNEVEN).amounts(halted + timedelta(seconds=pause))[1]
    # A due moment is a whole second: what a second counts on the calendar's scale is all that may differ.
    assert 0 <= after - left <= _second(unit)


@given(moments, values, units, gaps)
def test_pausing_and_resuming_at_once_changes_nothing(start: datetime, value: float, unit: Unit, before: int) -> None:
    clock, halted = began(start, value, unit), start + timedelta(seconds=before)
    plain = clock.read(halted)
    again = clock.act("pause", halted).act("resume", halted).read(halted)
    # A lamp that is amber stays amber; since when is not remembered.
    assert replace(again, amber_at=plain.amber_at) == plain


@given(moments, values, units, events)
def test_due_never_runs_backwards_but_for_a_new_beginning(
    start: datetime, value: float, unit: Unit, wanted: list[tuple[Action, int, float]]
) -> None:
    clock = began(start, value, unit)
    happen(clock, wanted, unit)
    for earlier, later in zip(clock.facts, clock.facts[1:], strict=False):
        if later.action in MOVING:
            assert later.due_after >= earlier.due_after


@given(moments, values, units, units, events, values)
def test_an_extension_never_shortens(
    start: datetime, value: float, unit: Unit, other: Unit, wanted: list[tuple[Action, int, float]], more: float
) -> None:
    clock = began(start, value, unit)
    now = happen(clock, wanted, unit)
    before = reading.follow(clock.facts, UNEVEN)
    if before.state is not State.stopped:
        assert clock.act("extend", now, more, other.value).facts[-1].due_after > before.due


@given(moments, values, units, events, gaps)
def test_used_never_exceeds_elapsed_time_of_that_unit(
    start: datetime, value: float, unit: Unit, wanted: list[tuple[Action, int, float]], later: int
) -> None:
    clock = began(start, value, unit)
    at = happen(clock, wanted, unit) + timedelta(seconds=later)
    read = clock.read(at)
    assert read.used_seconds >= 0
    assert read.used_seconds + read.lost_seconds <= UNEVEN.spent(start, at, unit)


@given(moments, values, units, events, gaps)
def test_used_and_remaining_are_what_was_allowed(
    start: datetime, value: float, unit: Unit, wanted: list[tuple[Action, int, float]], later: int
) -> None:
    clock = began(start, value, unit)
    kept = [event for event in wanted if event[0] not in {Action.rework, Action.reset}]
    at = happen(clock, kept, unit) + timedelta(seconds=later)
    given = [fact for fact in clock.facts if fact.action in {Action.start, Action.extend}]
    allowed = sum(UNEVEN.amount(Limit(fact.value, unit)) for fact in given)
    used, remaining = reading.follow(clock.facts, UNEVEN).amounts(at)
    assert 0 <= used + remaining - allowed <= len(clock.facts) * _second(unit)


@given(moments, values, units, events, gaps)
def test_the_judgement_depends_on_the_facts_only(
    start: datetime, value: float, unit: Unit, wanted: list[tuple[Action, int, float]], later: int
) -> None:
    clock = began(start, value, unit)
    at = happen(clock, wanted, unit) + timedelta(seconds=later)
    here, elsewhere = reading.read(clock.facts, UNEVEN, at=at), reading.read(clock.facts, OTHER, at=at)
    assert (here.on_time, here.kept_first_due, here.due_at, here.first_due_at, here.state) == (
        elsewhere.on_time,
        elsewhere.kept_first_due,
        elsewhere.due_at,
        elsewhere.first_due_at,
        elsewhere.state,
    )


@given(moments, values, units, events)
def test_reading_again_from_the_start_gives_the_frozen_dues(
    start: datetime, value: float, unit: Unit, wanted: list[tuple[Action, int, float]]
) -> None:
    clock = began(start, value, unit)
    now = happen(clock, wanted, unit)
    assert reading.reckoned(clock.facts, UNEVEN, at=now) is None


@given(moments, values, units, events)
def test_amber_never_comes_after_due(
    start: datetime, value: float, unit: Unit, wanted: list[tuple[Action, int, float]]
) -> None:
    clock = began(start, value, unit)
    read = clock.read(happen(clock, wanted, unit))
    assert read.amber_at <= read.due_at
    assert read.due_at.tzinfo is UTC
