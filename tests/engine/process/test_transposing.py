"""An instance that was given to another version goes the way of one that was begun there."""

import random
from typing import Any

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from engine.process import charts, codec, pruning, routes, specs, standing, transposing
from engine.process.running import Run
from tests.engine.process import inventing
from tests.engine.process.test_codec import _make, _moves, _waiting

SLOW = [HealthCheck.too_slow]


def renamed(source: str) -> tuple[str, dict[str, str]]:
    """A copy of a drawing in which every node has another id; and which has become which."""
    chart = charts.read(source)
    mapping = {node: f"new_{node}" for node in sorted(chart.nodes, key=len, reverse=True)}
    for old, new in mapping.items():
        source = source.replace(f'"{old}"', f'"{new}"').replace(f">{old}<", f">{new}<")
    return source, mapping


def given_to(run: Run, old: str, new: str, mapping: dict[str, str]) -> Run:
    pruning.prune(run.workflow)
    plan = transposing.Plan(charts.read(old), charts.read(new), mapping)
    where = standing.read(codec.dump(run), plan.source)
    assert transposing.reasons(plan, where) == []
    moved = standing.written(transposing.transposed(plan, where), plan.target)
    return codec.load(moved, specs.parse(new))


@settings(max_examples=150, deadline=None, suppress_health_check=SLOW)
@given(tree=inventing.BLOCKS, seed=st.integers(0, 10**6), moves=st.integers(0, 12))
def test_an_instance_moved_to_the_same_drawing_goes_the_same_way(tree: Any, seed: int, moves: int) -> None:
    source = inventing.Inventor().draw(tree)
    drawn, chance = specs.parse(source), random.Random(seed)
    kept, moved = Run.new(drawn, inventing.START), Run.new(drawn, inventing.START)
    for number in range(1, 25):
        if kept.ended:
            break
        if number == moves:
            moved = given_to(moved, source, source, {})
            event("moved")
        assert _waiting(moved) == _waiting(kept)
        move = chance.choice(sorted(_moves(kept)))
        facts = {"pick": chance.randrange(4), "again": chance.random() < 0.5, "n": number}
        kept.path.clear()
        moved.path.clear()
        _make(kept, move, facts)
        _make(moved, move, facts)
        assert sorted(moved.path) == sorted(kept.path)
    assert moved.ended == kept.ended


@settings(max_examples=150, deadline=None, suppress_health_check=SLOW)
@given(tree=inventing.BLOCKS, seed=st.integers(0, 10**6), moves=st.integers(1, 12))
def test_an_instance_moved_to_other_ids_goes_the_way_of_one_begun_there(tree: Any, seed: int, moves: int) -> None:
    old = inventing.Inventor().draw(tree)
    new, mapping = renamed(old)
    begun_there, chance = Run.new(specs.parse(new), inventing.START), random.Random(seed)
    moved, has_moved = Run.new(specs.parse(old), inventing.START), False
    for number in range(1, 25):
        if begun_there.ended:
            break
        if number == moves:
            moved, has_moved = given_to(moved, old, new, mapping), True
        move = chance.choice(sorted(_moves(begun_there)))
        facts = {"pick": chance.randrange(4), "again": chance.random() < 0.5, "n": number}
        moved.path.clear()
        begun_there.path.clear()
        _make(begun_there, move, facts)
        _make(moved, move if has_moved else (move[0], move[1].removeprefix("new_"), move[2]), facts)
        if has_moved:
            assert _waiting(moved) == _waiting(begun_there)
            assert sorted(moved.path) == sorted(begun_there.path)
    event(f"moved: {has_moved}")
    assert moved.ended == begun_there.ended


@settings(max_examples=100, deadline=None, suppress_health_check=SLOW)
@given(trees=st.tuples(inventing.BLOCKS, inventing.BLOCKS), seed=st.integers(0, 10**6), moves=st.integers(0, 8))
def test_whatever_may_move_to_quite_another_drawing_comes_to_an_end_there(trees: Any, seed: int, moves: int) -> None:
    """Two drawings that have little in common, and tokens mapped at random among nodes of a kind."""
    old, new = (inventing.Inventor().draw(tree) for tree in trees)
    source, target, chance = charts.read(old), charts.read(new), random.Random(seed)
    run = Run.new(specs.parse(old), inventing.START)
    for number in range(moves):
        if run.ended:
            return
        _make(run, chance.choice(sorted(_moves(run))), {"pick": chance.randrange(4), "again": False, "n": number})
    if run.ended:
        return
    pruning.prune(run.workflow)
    where = standing.read(codec.dump(run), source)
    mapping = {node: other for node in source.nodes if (other := _like(node, source, target, chance))}
    way = _Way(source, target, mapping, specs.parse(new))
    if way.why_not(where):
        event("stays")
        return
    event("moves")
    moved = way.run(where)
    for number in range(200):
        if moved.ended:
            return
        possible = sorted(_moves(moved))
        assert possible, "stuck"
        _make(moved, chance.choice(possible), {"pick": chance.randrange(4), "again": False, "n": number})
    assert moved.ended


def _like(node: str, source: charts.Chart, target: charts.Chart, chance: random.Random) -> str | None:
    same = [each.id for each in target.nodes.values() if each.family == source.nodes[node].family]
    return chance.choice(same) if same else None


class _Way(routes.Route):
    """A route between drawings that no table knows."""

    def __init__(self, source: charts.Chart, target: charts.Chart, mapping: dict[str, str], drawn: specs.Drawn) -> None:
        self.plan = transposing.Plan(source, target, mapping)
        self._judged, self._drawn = {}, drawn

    @property
    def drawn(self) -> specs.Drawn:
        return self._drawn
