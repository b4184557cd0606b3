"""What would become of a clock: the same as what becomes of it."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from engine.calendars.working_time import Limit, Unit
from engine.deadlines import supposing
from tests.engine.deadlines.clockwork import PLAIN, PaperClock, at

MONDAY = at("2026-03-02 00:00")
minutes = st.integers(0, 60 * 24 * 4)
limits = st.builds(Limit, st.sampled_from([0.5, 2.0, 3.0, 7.5]), st.sampled_from(Unit))


@given(minutes, limits, minutes, st.integers(0, 60 * 24 * 400))
def test_a_halt_keeps_what_was_left_and_never_brings_due_forward(begin, limit, since, rest):
    clock = PaperClock().start(MONDAY + timedelta(minutes=begin), limit.value, limit.unit)
    halted = MONDAY + timedelta(minutes=begin + since)
    resumed = halted + timedelta(minutes=rest)
    before = clock.read(halted)
    supposed = supposing.if_halted(clock.facts, PLAIN, halted, resumed)
    clock.act("pause", halted).act("resume", resumed)
    after = clock.read(resumed)
    assert after.remaining_seconds == before.remaining_seconds
    assert supposed == after.due_at >= before.due_at


@given(minutes, limits, minutes, st.floats(0.05, 1.0))
def test_an_extension_becomes_what_was_shown(begin, limit, since, share):
    clock = PaperClock().start(MONDAY + timedelta(minutes=begin), limit.value, limit.unit)
    asked, before = MONDAY + timedelta(minutes=begin + since), clock.read(MONDAY + timedelta(minutes=begin)).due_at
    more = Limit(limit.value * share, limit.unit)
    supposed = supposing.if_extended(clock.facts, PLAIN, more, at=asked)
    clock.act("extend", asked, more.value, more.unit)
    assert supposed == clock.read(asked).due_at >= before
    assert clock.read(asked).first_due_at == before
