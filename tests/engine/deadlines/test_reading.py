"""Clocks by the rules of process.md §4.3–4.6, §5.5 and §5.6. 2 March 2026 is a Monday."""

import pytest

from engine.calendars.hours import Hours
from engine.calendars.working_time import Limit, Unit, WorkingCalendar
from engine.deadlines import reading
from engine.deadlines.course import AmberRule
from engine.deadlines.errors import ClockNotStarted, ClockPaused, ClockRuns, ClockStopped
from engine.deadlines.facts import State
from engine.deadlines.lamps import Lamp
from tests.engine.deadlines.clockwork import PLAIN, SHANGHAI, PaperClock, at

HOUR = 3600


def two_days() -> PaperClock:
    """Started on Monday 9:00 with two working days: due on Wednesday 9:00."""
    return PaperClock().start("2026-03-02 09:00", 2, "working_days")


def test_a_clock_counts_down_in_working_time() -> None:
    read = two_days().read("2026-03-03 10:00")
    assert read.due_at == at("2026-03-04 09:00")
    assert (read.used_seconds, read.remaining_seconds) == (9 * HOUR, 7 * HOUR)
    assert (read.state, read.on_time, read.lamp) == (State.running, None, Lamp.green)


def test_suspension_stops_the_clock_and_what_was_left_runs_on() -> None:
    clock = two_days().act("pause", "2026-03-03 10:00")
    assert clock.read("2026-03-20 10:00").remaining_seconds == 7 * HOUR
    assert clock.read("2026-03-20 10:00").lamp is Lamp.grey
    clock.act("resume", "2026-03-23 08:00")
    assert clock.due() == "2026-03-23 17:00"  # 剩余 = 原时限 + 批准延期 − 已用: seven hours from Monday 8:00
    assert clock.read("2026-03-23 08:00").used_seconds == 9 * HOUR


def test_suspension_over_a_night_moves_nothing() -> None:
    assert two_days().act("pause", "2026-03-02 18:00").act("resume", "2026-03-03 08:00").due() == "2026-03-04 09:00"


def test_an_extension_adds_the_limit_to_due_and_keeps_the_first_due() -> None:
    clock = two_days().act("extend", "2026-03-03 10:00", 2, "working_days")
    read = clock.read("2026-03-03 10:00")
    assert clock.due() == "2026-03-06 09:00"
    assert read.first_due_at == at("2026-03-04 09:00")
    assert read.used_seconds == 9 * HOUR


def test_two_extensions_add_up() -> None:
    clock = two_days()
    for _ in range(2):
        clock.act("extend", "2026-03-03 10:00", 2, "working_days")
    assert clock.due() == "2026-03-10 09:00"


def test_a_clock_extended_while_suspended_has_more_left() -> None:
    clock = two_days().act("pause", "2026-03-03 10:00").act("extend", "2026-03-05 10:00", 1, "working_days")
    assert clock.read("2026-03-06 10:00").remaining_seconds == 15 * HOUR
    assert clock.act("resume", "2026-03-09 08:00").due() == "2026-03-10 17:00"


def test_done_within_an_extension_is_on_time_but_did_not_keep_the_first_due() -> None:
    read = (
        two_days()
        .act("extend", "2026-03-03 10:00", 2, "working_days")
        .act("stop", "2026-03-05 10:00")
        .read("2026-03-09 10:00")
    )
    assert (read.on_time, read.kept_first_due) == (True, False)


def test_an_accepted_return_begins_anew_and_remembers_the_lost_time() -> None:
    clock = two_days().act("reset", "2026-03-03 10:00", 2, "working_days")
    read = clock.read("2026-03-03 11:00")
    assert (clock.due(), read.first_due_at) == ("2026-03-05 10:00", at("2026-03-05 10:00"))
    assert (read.used_seconds, read.lost_seconds) == (1 * HOUR, 9 * HOUR)


def test_refused_feedback_counts_as_never_stopped_and_gives_the_review_time_back() -> None:
    clock = two_days().act("stop", "2026-03-03 10:00").act("unstop", "2026-03-03 15:00")
    read = clock.read("2026-03-03 15:00")
    assert read.state is State.running
    assert (read.used_seconds, read.remaining_seconds) == (9 * HOUR, 7 * HOUR)
    assert clock.due() == "2026-03-04 12:00"  # three working hours later, by which a morning is filled exactly


def test_a_review_over_a_weekend_gives_back_working_time_only() -> None:
    clock = PaperClock().start("2026-03-06 09:00", 4, "working_hours").act("stop", "2026-03-06 11:00")
    assert clock.act("unstop", "2026-03-09 09:00").due() == "2026-03-09 11:00"


def test_rework_is_judged_by_the_due_it_had() -> None:
    clock = two_days().act("stop", "2026-03-03 10:00").act("rework", "2026-03-05 09:00")
    assert clock.due() == "2026-03-04 09:00"
    read = clock.act("stop", "2026-03-05 10:00").read("2026-03-09 10:00")
    assert (read.on_time, read.used_seconds) == (False, 10 * HOUR)


def test_rework_that_is_done_before_the_first_due_is_on_time() -> None:
    clock = two_days().act("stop", "2026-03-02 15:00").act("rework", "2026-03-02 16:00").act("stop", "2026-03-03 16:00")
    assert clock.read("2026-03-09 10:00").on_time is True


@pytest.mark.parametrize(
    ("stopped", "on_time", "lamp"),
    [
        ("2026-03-04 08:59", True, Lamp.green),
        ("2026-03-04 09:00", True, Lamp.green),
        ("2026-03-04 09:01", False, Lamp.red),
    ],
)
def test_done_at_the_moment_it_is_due_is_on_time(stopped: str, on_time: bool, lamp: Lamp) -> None:
    read = two_days().act("stop", stopped).read("2026-03-20 10:00")
    assert (read.on_time, read.lamp, read.state) == (on_time, lamp, State.stopped)


def test_a_clock_that_runs_past_its_due_is_late_before_it_stops() -> None:
    read = two_days().read("2026-03-04 10:00")
    assert (read.on_time, read.lamp, read.remaining_seconds) == (False, Lamp.red, -HOUR)


def test_a_case_that_ends_while_suspended_is_not_late_for_the_pause() -> None:
    assert two_days().act("pause", "2026-03-03 10:00").act("stop", "2026-05-03 10:00").read("2026-06-01 09:00").on_time


def test_suspending_an_overdue_clock_does_not_make_it_good() -> None:
    clock = two_days().act("pause", "2026-03-04 10:00")
    assert clock.read("2026-03-20 10:00").on_time is False
    clock.act("resume", "2026-03-23 09:00").act("stop", "2026-03-23 09:30")
    assert clock.read("2026-04-01 10:00").on_time is False


def test_a_due_moment_that_a_document_gives_is_kept() -> None:
    clock = PaperClock().start_until("2026-03-02 09:00", "2026-03-12 09:00")
    assert clock.due() == "2026-03-12 09:00"
    assert clock.read("2026-03-02 09:00").limit == Limit(10, Unit.calendar_days)


def test_a_moment_before_the_last_fact_becomes_that_of_the_last_fact() -> None:
    clock = two_days().act("pause", "2026-03-03 10:00").act("resume", "2026-03-03 09:59")
    assert clock.facts[-1].at == at("2026-03-03 10:00")
    assert clock.due() == "2026-03-04 09:00"


@pytest.mark.parametrize(
    ("acts", "refused", "error"),
    [
        ((), "resume", ClockRuns),
        ((), "unstop", ClockRuns),
        ((), "rework", ClockRuns),
        (("pause",), "pause", ClockPaused),
        (("stop",), "stop", ClockStopped),
        (("stop",), "extend", ClockStopped),
        (("stop",), "pause", ClockStopped),
    ],
)
def test_what_does_not_fit_is_refused(acts: tuple[str, ...], refused: str, error: type[Exception]) -> None:
    clock = two_days()
    for act in acts:
        clock.act(act, "2026-03-03 10:00")
    with pytest.raises(error):
        clock.act(refused, "2026-03-03 11:00", 1, "working_days")


def test_without_a_start_there_is_nothing_to_read() -> None:
    with pytest.raises(ClockNotStarted):
        reading.read([], PLAIN, at=at("2026-03-02 09:00"))


@pytest.mark.parametrize(
    ("value", "unit", "amber"),
    [
        (8, "working_hours", "2026-03-02 16:00"),  # 75 %: six hours used
        (2, "working_hours", "2026-03-02 09:00"),  # one working hour left comes before 75 %
        (1, "working_hours", "2026-03-02 08:30"),  # but not before half
        (1, "urgent_hours", "2026-03-02 08:30"),  # thirty minutes left
        (8, "urgent_hours", "2026-03-02 14:00"),
        (4, "calendar_days", "2026-03-05 08:00"),
    ],
)
def test_amber_is_three_quarters_or_little_left(value: float, unit: str, amber: str) -> None:
    clock = PaperClock().start("2026-03-02 08:00", value, unit)
    assert clock.read("2026-03-02 08:00").amber_at == at(amber)
    assert clock.read(at(amber)).lamp is Lamp.amber


def test_an_extension_turns_amber_green_again() -> None:
    clock = PaperClock().start("2026-03-02 08:00", 8, "working_hours")
    assert clock.read("2026-03-02 16:30").lamp is Lamp.amber
    assert clock.act("extend", "2026-03-02 16:30", 8, "working_hours").read("2026-03-02 16:30").lamp is Lamp.green


def test_the_city_sets_the_thresholds() -> None:
    facts = PaperClock().start("2026-03-02 08:00", 8, "working_hours").facts
    rule = AmberRule(share=0.5, working_hours_left=1)
    assert reading.read(facts, PLAIN, at=at("2026-03-02 08:00"), rule=rule).amber_at == at("2026-03-02 12:00")


class TestProvisional:
    """The year 2027 has not been published when the clock starts on Thursday, 31 December 2026."""

    unpublished = WorkingCalendar(Hours(fixed_holidays=("01-01",), published=(2026,)), SHANGHAI, range(2025, 2030))
    published = WorkingCalendar(Hours(published=(2026, 2027)), SHANGHAI, range(2025, 2030))

    def clock(self) -> PaperClock:
        return PaperClock(calendar=self.unpublished).start("2026-12-31 16:00", 1, "working_days")

    def test_nobody_is_late_by_a_provisional_due(self) -> None:
        read = self.clock().read("2027-01-06 16:00")
        assert (read.is_provisional, read.on_time, read.lamp) == (True, None, Lamp.amber)
        stopped = self.clock().act("stop", "2027-01-06 16:00").read("2027-02-01 09:00")
        assert (stopped.on_time, stopped.lamp) == (None, Lamp.amber)

    def test_done_before_a_provisional_due_is_on_time(self) -> None:
        assert self.clock().act("stop", "2026-12-31 17:00").read("2027-02-01 09:00").on_time is True

    def test_publication_reckons_again_and_leaves_a_trace(self) -> None:
        clock = self.clock()
        fact = reading.reckoned(clock.facts, self.published, at=at("2026-12-31 17:00"))
        assert fact is not None
        assert (fact.due_before, fact.due_after) == (at("2027-01-04 16:00"), at("2027-01-01 16:00"))
        assert fact.is_provisional is False
        clock.facts.append(fact)
        assert clock.read("2027-01-01 17:00").on_time is False
        assert reading.reckoned(clock.facts, self.published, at=at("2026-12-31 17:00")) is None

    def test_work_that_was_done_in_time_stays_in_time(self) -> None:
        clock = self.clock().act("stop", "2027-01-04 10:00")
        fact = reading.reckoned(clock.facts, self.published, at=at("2027-02-01 09:00"))
        assert fact is not None
        clock.facts.append(fact)
        assert clock.read("2027-02-01 09:00").on_time is True

    def test_publication_makes_nobody_late_at_a_stroke(self) -> None:
        fact = reading.reckoned(self.clock().facts, self.published, at=at("2027-01-03 09:00"))
        assert fact is not None
        assert fact.due_after == at("2027-01-03 09:00")

    def test_an_extension_stays_an_extension(self) -> None:
        clock = self.clock().act("extend", "2026-12-31 17:00", 1, "working_days")
        fact = reading.reckoned(clock.facts, self.published, at=at("2026-12-31 17:30"))
        assert fact is not None
        assert (fact.due_after, fact.first_due) == (at("2027-01-04 16:00"), at("2027-01-01 16:00"))
