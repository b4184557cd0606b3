"""A dry run goes every way, with facts that the real engine agrees with."""

import pytest

from engine.process.running import Run
from engine.studio import path_choosing, path_telling, paths
from engine.studio.errors import DrawingDoesNotRun
from tests.engine.process.sketching import Sketch
from tests.engine.studio import redrawn
from tests.workflows.walking import drawn


@pytest.fixture(scope="module")
def standard():
    return paths.report(redrawn.Redrawn().xml)


def sketched(condition, other=None):
    s = Sketch("errand").start().user("ask").xor("asked", "no").end("done").end("left")
    s.chain("begin", "ask", "asked").flow("asked", "done", condition)
    s = s.flow("asked", "left", other) if other else s.flow("asked", "left", name="no")
    return s.xml()


def test_every_path_of_a_small_process_is_there():
    found = paths.report(redrawn.Redrawn("extension").xml)
    assert len(found.paths) == 6
    assert found.is_whole
    assert found.never_reached == found.closed_flows == found.loops == ()
    assert found.ends == {"end_refused": 4, "end_granted": 2}
    assert {path.steps[0].facts.get("extension_count") for path in found.paths} == {None, 0, 1}


def test_the_standard_case_is_gone_through_everywhere_and_says_that_it_was_cut(standard):
    assert standard.never_reached == ()
    assert standard.closed_flows == ()
    assert {node for path in standard.paths for node in path.nodes} >= set(standard.names)
    assert not standard.is_whole
    assert "accept" in standard.loops
    assert len(standard.paths) <= path_choosing.MOST_PATHS
    assert all(path.is_sure and not path.needs and path.trouble is None for path in standard.paths)


def test_the_real_engine_goes_each_path_with_its_facts_node_by_node(standard):
    ready = drawn("standard_case")
    for path in standard.paths:
        run = Run.new(ready, path.steps[0].facts)
        assert tuple(run.path) == path.steps[0].passed
        for step in path.steps[1:]:
            before = len(run.path)
            path_telling.MOVES[step.kind](run, step.node, step.facts)
            assert tuple(run.path[before:]) == step.passed, (path.number, step.node)
        assert run.ended
        assert set(run.path) == path.nodes
        assert run.path[-1] in path.ends


def test_a_loop_is_told_by_where_it_is_entered_again():
    s = Sketch("errand").start().user("ask").xor("asked", "on").user("wait").xor("waited", "over").end("done")
    s.chain("begin", "ask", "asked").flow("asked", "wait", name="on").flow("asked", "done", 'outcome == "yes"')
    s.chain("wait", "waited").flow("waited", "ask", 'outcome == "again"').flow("waited", "done", name="over")
    found = paths.report(s.xml())
    assert found.loops == ("ask",)
    assert max(sum(step.node == "ask" for step in path.steps) for path in found.paths) == path_choosing.MOST_VISITS


def test_a_loop_through_a_service_task_is_gone_once_too():
    s = Sketch("errand").start().service("find", "look").user("ask").xor("asked", "over").end("done")
    s.chain("begin", "find", "ask", "asked").flow("asked", "find", 'outcome == "again"').flow(
        "asked", "done", name="over"
    )
    found = paths.report(s.xml())
    often = {sum((step.kind, step.node) == ("perform", "find") for step in path.steps) for path in found.paths}
    assert often == {1, path_choosing.MOST_VISITS}
    assert found.loops == ("find",)


def test_a_timer_tells_the_time_limit_that_it_waits_for(standard):
    fired = {step.node: step.clock for path in standard.paths for step in path.steps if step.kind == "fire"}
    assert fired["signing_overdue"] == "signing"
    assert set(fired.values()) >= {"handling", "confirmation"}


def test_a_path_tells_who_does_what_until_when(standard):
    step = next(step for path in standard.paths for step in path.steps if step.node == "verify")
    assert (step.kind, step.role, step.form, step.clock) == ("complete", "collector", "verification", "verification")
    assert step.facts["outcome"] in {"passed", "failed"}


def test_a_condition_that_nothing_meets_is_told_and_its_way_forced():
    found = paths.report(sketched('outcome == "yes" && outcome == "no"'))
    assert [source for _, source in found.closed_flows] == ['outcome == "yes" && outcome == "no"']
    [forced] = [path for path in found.paths if path.needs]
    assert forced.ends == ("done",)
    assert forced.needs == (("asked", 'outcome == "yes" && outcome == "no"'),)
    assert not forced.is_sure
    assert {path.ends for path in found.paths if path.is_sure} == {("left",)}


@pytest.mark.parametrize(
    "condition",
    ["hours > 12 && outcome == 'yes'", "!(is_urgent || hours <= 3)", 'place in ["north", "south"]',
     'place.startsWith("n") || hours < 0', "weight >= 1.5"],
)  # fmt: skip
def test_facts_are_found_for_comparisons_and_what_they_are_joined_by(condition):
    found = paths.report(sketched(condition))
    assert {path.ends for path in found.paths} == {("done",), ("left",)}
    assert all(path.is_sure and not path.needs for path in found.paths)


def test_what_is_too_hard_to_solve_says_what_it_needs():
    found = paths.report(sketched("hours * 2 == 8"))
    assert {(path.ends, path.needs) for path in found.paths} == {
        (("done",), (("asked", "hours * 2 == 8"),)),
        (("left",), (("asked", "!(hours * 2 == 8)"),)),
    }
    assert not any(path.is_sure for path in found.paths)


def test_a_fact_is_given_where_it_is_given_in_life():
    s = Sketch("errand").start().user("ask").xor("first", "a").user("again").xor("second", "b").end("done").end("left")
    s.chain("begin", "ask", "first").flow("first", "again", 'outcome == "go"').flow("first", "left", name="a")
    s.chain("again", "second").flow("second", "done", 'outcome == "go" && is_big').flow("second", "left", name="b")
    found = paths.report(s.xml())
    far = next(path for path in found.paths if path.ends == ("done",))
    assert [step.facts for step in far.steps] == [{"is_big": True}, {"outcome": "go"}, {"outcome": "go"}]


def test_where_a_walk_gets_stuck_is_told():
    s = Sketch("errand").start().xor("either", "one").user("ask").user("other").parallel("both").end("done")
    s.flow("begin", "either").flow("either", "ask", "is_big").flow("either", "other", name="one")
    s.chain("ask", "both", "done").flow("other", "both")
    found = paths.report(s.xml())
    assert all(path.trouble is not None for path in found.paths)


def test_what_does_not_run_is_refused():
    with pytest.raises(DrawingDoesNotRun):
        paths.report('<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>')


def test_roles_that_nobody_holds_are_found(city):
    assert paths.without_holders({"collector", "harbour_master"}) == {"harbour_master"}
    assert paths.without_holders(set()) == set()
