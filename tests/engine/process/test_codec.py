"""An instance that is pruned, stored and read after every move behaves like one that never left memory."""

import random
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from engine.kit.errors import CityLoopError
from engine.process import codec, pruning, specs
from engine.process.errors import UnknownState
from engine.process.running import Run
from engine.process.specs import Drawn
from tests.engine.process import inventing
from tests.engine.process.sketching import Sketch
from tests.engine.process.stories import DRAWINGS


def stored(run: Run, drawn: Drawn) -> Run:
    pruning.prune(run.workflow)
    return codec.load(codec.dump(run), drawn)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tree=inventing.BLOCKS, seed=st.integers(0, 10**6))
def test_a_stored_instance_goes_the_same_way(tree: Any, seed: int) -> None:
    drawn = specs.parse(inventing.Inventor().draw(tree))
    kept, read = Run.new(drawn, inventing.START), stored(Run.new(drawn, inventing.START), drawn)
    chance = random.Random(seed)
    for number in range(1, 25):
        assert _waiting(read) == _waiting(kept)
        if kept.ended:
            break
        kept.path.clear()
        move = chance.choice(sorted(_moves(kept)))
        facts = {"pick": chance.randrange(4), "again": chance.random() < 0.5, "n": number}
        _make(kept, move, facts)
        _make(read, move, facts)
        assert sorted(read.path) == sorted(kept.path)
        read = stored(read, drawn)
    event(f"ended: {kept.ended}")
    assert read.ended == kept.ended


def _waiting(run: Run) -> tuple[Any, ...]:
    steps, services = run.steps(), run.services()
    return (
        Counter((step.node, _frozen(run.facts(key))) for key, step in steps.items()),
        Counter((task.task_spec.bpmn_id, _frozen(task.data)) for task in services.values()),
        Counter(node for _, node in run.timers()),
        Counter(each.name for each in run.workflow.waiting_events()),
    )


def _frozen(facts: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(sorted(facts.items()))


def _moves(run: Run) -> set[tuple[Any, ...]]:
    """What may happen next, named without task ids, which differ between the two."""
    steps = {("complete", step.node, _frozen(run.facts(key))) for key, step in run.steps().items()}
    services = {("perform", each.task_spec.bpmn_id, _frozen(each.data)) for each in run.services().values()}
    timers = {("fire", node, _frozen(run.facts(key))) for key, node in run.timers()}
    letters = {("send", f"{node.rsplit('_', 1)[0]}_letter", ()) for _, node in run.timers() if node.endswith("_hour")}
    return steps | services | timers | letters


def _make(run: Run, move: tuple[Any, ...], facts: dict[str, Any]) -> None:
    kind, node, known = move
    if kind == "send":
        run.send(node, facts)
    elif kind == "fire":
        run.fire(next(key for key, name in run.timers() if name == node and _frozen(run.facts(key)) == known), node)
    elif kind == "complete":
        run.complete(_find(run, node, known, {key: step.node for key, step in run.steps().items()}), facts)
    else:
        services = {key: task.task_spec.bpmn_id for key, task in run.services().items()}
        run.perform(_find(run, node, known, services), facts)


def _find(run: Run, node: str, known: Any, among: dict[str, str]) -> str:
    return next(key for key, name in among.items() if name == node and _frozen(run.facts(key)) == known)


def test_thirty_rounds_of_rework_leave_the_state_as_small_as_two() -> None:
    drawn = specs.parse((DRAWINGS / "repair.bpmn").read_bytes())
    run = stored(Run.new(drawn, {"rounds": 0}), drawn)
    for facts in ({"outcome": "accept"}, {"found": True}):
        _next(run, facts)
        run = stored(run, drawn)
    sizes = []
    for number in range(30):
        if number == 3:  # late once: the reminder's end waits beside the main road from now on
            run.fire(*next(iter(run.timers())))
            _next(run, {}, service=True)
        for outcome in ("handled", "failed"):
            _next(run, {"outcome": outcome})
            run = stored(run, drawn)
        sizes.append(len(codec.dump(run)))
    assert run.facts(next(iter(run.steps())))["rounds"] == 30
    assert max(sizes) <= 4096
    assert sizes[29] <= 1.25 * sizes[1]


def _next(run: Run, facts: dict[str, Any], *, service: bool = False) -> None:
    if run.services() and (service or not run.steps()):
        run.perform(next(iter(run.services())), facts)
    else:
        run.complete(next(iter(run.steps())), facts)


def test_a_join_takes_what_its_branches_know_in_the_order_in_which_they_came() -> None:
    sketch = Sketch("p").start().parallel("both").parallel("ready").user("after").end("done")
    for name in ("a", "b", "c"):
        sketch.user(name).chain("both", name, "ready")
    drawn = specs.parse(sketch.chain("begin", "both").chain("ready", "after", "done").xml())
    kept, read = Run.new(drawn, {}), stored(Run.new(drawn, {}), drawn)
    for name, facts in (("a", {"who": "a"}), ("b", {"who": "b"}), ("c", {})):
        for run in (kept, read):
            run.complete(next(key for key, step in run.steps().items() if step.node == name), facts)
        read = stored(read, drawn)
    assert [run.facts(next(iter(run.steps())))["who"] for run in (kept, read)] == ["b", "b"]


def test_a_state_of_an_unknown_version_is_refused() -> None:
    drawn = specs.parse((DRAWINGS / "repair.bpmn").read_bytes())
    with pytest.raises(UnknownState):
        codec.load(b"\xff{}", drawn)
    assert issubclass(UnknownState, CityLoopError)
