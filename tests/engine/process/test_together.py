"""Which places of a drawing can have tokens at the same time."""

from engine.process import charts, together
from tests.engine.process.sketching import Sketch


def chart(sketch: Sketch) -> charts.Chart:
    return charts.read(sketch.xml())


def test_parallel_branches_are_open_together_and_what_follows_the_join_is_alone() -> None:
    s = Sketch("p").start().parallel("both").parallel("ready").user("buy").user("cook").user("eat").end("done")
    drawn = chart(s.chain("begin", "both", "buy", "ready", "eat", "done").chain("both", "cook", "ready"))
    known = together.pairs(drawn)
    assert ("buy", "cook") in known
    assert ("buy>ready", "cook") in known
    assert ("buy", "eat") not in known
    assert not together.is_alone(drawn, "cook")
    assert together.is_alone(drawn, "eat")


def test_ways_that_exclude_each_other_are_never_open_together() -> None:
    s = Sketch("p").start().xor("which", "other").user("buy").user("cook").xor("after").end("done")
    s.chain("begin", "which").flow("which", "buy", "a").flow("which", "cook", name="other")
    drawn = chart(s.chain("buy", "after", "done").chain("cook", "after"))
    assert together.pairs(drawn) == set()


def test_a_reminder_runs_beside_its_step_and_whatever_follows_it() -> None:
    s = Sketch("p").start().user("buy").user("pay").end("done").timer("late", "buy", duration='"PT1H"').user("urge")
    drawn = chart(s.end("told").chain("late", "urge", "told").chain("begin", "buy", "pay", "done"))
    known = together.pairs(drawn)
    assert {("buy", "urge"), ("pay", "urge")} <= known
    assert together.is_alone(drawn, "pay")
