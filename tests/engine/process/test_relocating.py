"""A token that was put somewhere by hand goes on like one that came there by itself."""

import random
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from engine.kit.db import db, unit_of_work
from engine.kit.errors import Conflict
from engine.process import byways, charts, codec, definitions, jobs, pruning, relocating, specs, standing
from engine.process.errors import NoSuchTarget, StepGone
from engine.process.models import OpenTimer, ProcessDefinition, ProcessEvent, ProcessInstance
from engine.process.relocating import TAKEN_OFF, Board
from engine.process.running import Run
from tests.engine.process import inventing
from tests.engine.process.sketching import Sketch
from tests.engine.process.stories import MONDAY, Notebook, begin, do, nodes, step

LATER = MONDAY + timedelta(minutes=10)


def stored(run: Run, drawn: Any) -> Run:
    pruning.prune(run.workflow)
    return codec.load(codec.dump(run), drawn)


def on_board(run: Run, drawn: Any, source: str) -> Board:
    chart = charts.read(source)
    pruning.prune(run.workflow)
    return Board(drawn, chart, standing.read(codec.dump(run), chart))


def waiting(run: Run) -> Counter[str]:
    services = [task.task_spec.bpmn_id for task in run.services().values()]
    return Counter([each.node for each in run.steps().values()] + services + [node for _, node in run.timers()])


def moves(run: Run) -> list[tuple[str, str]]:
    steps = {("complete", each.node) for each in run.steps().values()}
    services = {("perform", task.task_spec.bpmn_id) for task in run.services().values()}
    return sorted(steps | services | {("fire", node) for _, node in run.timers()})


def make(run: Run, move: tuple[str, str], facts: dict[str, Any]) -> None:
    kind, node = move
    if kind == "fire":
        run.fire(*next(key for key in run.timers() if key[1] == node))
    elif kind == "complete":
        run.complete(next(key for key, each in run.steps().items() if each.node == node), facts)
    else:
        run.perform(next(key for key, each in run.services().items() if each.task_spec.bpmn_id == node), facts)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tree=inventing.BLOCKS, seed=st.integers(0, 10**6))
def test_a_moved_token_goes_on_like_one_that_came_there_by_itself(tree: Any, seed: int) -> None:
    source = inventing.Inventor().draw(tree)
    drawn, chance = specs.parse(source), random.Random(seed)
    came, taken, has_moved = Run.new(drawn, inventing.START), Run.new(drawn, inventing.START), False
    for number in range(1, 25):
        if came.ended:
            break
        assert waiting(taken) == waiting(came)
        move = chance.choice(moves(came))
        facts = {"pick": chance.randrange(4), "again": chance.random() < 0.5, "n": number}
        before = stored(came, drawn)
        if not has_moved and move[0] != "fire":
            # It goes on with what it knows already, as the moved token will.
            make(came, move, {})
            moved = put_where_it_came(before, came, move[1], drawn, source)
            if moved is not None:
                taken, has_moved = moved, True
            else:
                taken = stored(came, drawn)
            continue
        make(came, move, facts)
        make(taken, move, facts)
        came, taken = stored(came, drawn), stored(taken, drawn)
    event(f"moved: {has_moved}")
    assert taken.ended == came.ended


def put_where_it_came(before: Run, after: Run, node: str, drawn: Any, source: str) -> Run | None:
    """The token of ``before`` on ``node`` put where it is in ``after``, where just that one came to just one place."""
    old, new = on_board(before, drawn, source), on_board(stored(after, drawn), drawn, source)
    [gone, come] = [
        list((one - other).elements())
        for one, other in ((places(old), places(new)), (places(new), places(old)))
    ]  # fmt: skip
    if after.ended or len(gone) != 1 or len(come) != 1 or gone[0][0] != node or old.where.events != new.where.events:
        return None
    spot = next(each for each in old.spots() if each.node.id == node)
    if come[0][0] not in old.chart.nodes or come[0] not in {(each.node.id, each.scope) for each in new.spots()}:
        return None
    if come[0][1] != spot.scope:
        return None
    if old.check(spot.task_id, come[0][0]).why_not:
        # Of an inclusive split one way may be taken alone; by hand a token is not put behind it.
        assert byways.branch(old.chart, come[0][0])
        return None
    return old.moved(spot.task_id, come[0][0])


def places(board: Board) -> Counter[tuple[str, str | None]]:
    """Tokens and the boundary events beside them, by node and sub-process."""
    return Counter(
        (token.node, path[-1] if path else None)
        for path, token in board.where.everywhere()
        if not token.has_ended
    )  # fmt: skip


def publish(sketch: Sketch) -> None:
    with unit_of_work():
        definitions.publish("shop", sketch.xml(), by_id=None, at=MONDAY)


def shop() -> Sketch:
    s = Sketch("shop").start().user("buy").user("pay", stage="paying", clock="handling").user("pack").end("done")
    return s.timer("late", "pay", duration='"PT1H"').end("told").chain("late", "told")


def fork() -> Sketch:
    s = Sketch("shop").start().user("ask").parallel("split").user("left").user("left_two").user("right")
    s.parallel("join").user("after").end("done")
    s.chain("begin", "ask", "split", "left", "left_two", "join", "after", "done")
    return s.chain("split", "right", "join")


def instance() -> ProcessInstance:
    db.session.expire_all()
    return db.session.query(ProcessInstance).one()


def move(task_id: str, node: str, revision: int | None = None) -> Any:
    row = instance()
    key, current = row.id, row.revision
    db.session.rollback()
    with unit_of_work():
        held = relocating.hand(key, revision=revision or current)
        return held.move(task_id, node, reason="wrong turn", by_id=None, at=LATER)


def here() -> Board:
    row = instance()
    assert row.state is not None
    digest = db.session.get_one(ProcessDefinition, row.definition_id).digest
    return relocating.board(row.state, row.definition_id, digest)


def refusals(node: str) -> dict[str, str]:
    board = here()
    spot = next(each for each in board.spots() if each.node.id == node)
    return {target.node.id: target.why_not for target in board.targets(spot.task_id)}


@pytest.fixture(autouse=True)
def _office(notebook: Notebook) -> None:
    pass


def test_open_step_timers_and_stage_follow(notebook: Notebook) -> None:
    publish(shop().chain("begin", "buy", "pay", "pack", "done"))
    begin("shop")
    told = move(step().id, "pay")
    assert [each.node for each in told.closed] == ["buy"]
    assert [(each.node, each.stage, each.clock) for each in told.opened] == [("pay", "paying", "handling")]
    assert notebook.moves[-1] is told
    assert nodes() == ["pay"]
    assert step().due_at == notebook.dues["handling"]
    timer = db.session.query(OpenTimer).one()
    assert (timer.node, timer.due_at) == ("late", LATER + timedelta(hours=1))
    entry = db.session.query(ProcessEvent).order_by(ProcessEvent.id.desc()).first()
    assert entry is not None
    assert (entry.kind, entry.node, entry.facts["to"], entry.facts["reason"]) == (
        "relocated", "buy", "pay", "wrong turn",
    )  # fmt: skip
    db.session.rollback()
    do("done", node="pay")
    assert nodes() == ["pack"]
    assert db.session.query(OpenTimer).all() == []


def test_it_goes_back_too_and_its_timers_go(notebook: Notebook) -> None:
    publish(shop().chain("begin", "buy", "pay", "pack", "done"))
    begin("shop")
    do("done")
    move(step().id, "buy")
    assert nodes() == ["buy"]
    assert db.session.query(OpenTimer).all() == []


def test_somebody_was_faster() -> None:
    publish(shop().chain("begin", "buy", "pay", "pack", "done"))
    begin("shop")
    old, revision = step().id, instance().revision
    do("done")
    with pytest.raises(StepGone):
        move(old, "pack")
    with pytest.raises(StepGone):
        move(step().id, "pack", revision)
    with pytest.raises(NoSuchTarget):
        move(step().id, "done")
    assert nodes() == ["pay"]


def test_not_into_the_middle_of_a_parallel_branch_nor_out_of_it() -> None:
    publish(fork())
    begin("shop")
    said = refusals("ask")
    assert said["after"] == ""
    assert said["left"] == said["right"] == said["left_two"] != ""
    with pytest.raises(Conflict):
        move(step().id, "left")
    do("done", node="ask")
    said = refusals("left")
    assert said["left_two"] == ""
    assert "never has both" in said["after"]
    assert said["right"] != ""
    move(step(node="left").id, "left_two")
    do("done", node="left_two")
    do("done", node="right")
    assert nodes() == ["after"]


def test_not_to_a_way_beside_a_step_where_the_case_would_be_lost() -> None:
    s = Sketch("shop").start().user("buy").user("pay").end("done").chain("begin", "buy", "pay", "done")
    publish(s.timer("late", "pay", duration='"PT1H"').user("remind").end("told").chain("late", "remind", "told"))
    begin("shop")
    said = refusals("buy")
    assert said["pay"] == ""
    assert "beside a step" in said["remind"]
    with pytest.raises(NoSuchTarget):
        move(step().id, "remind")


def test_a_branch_of_some_is_no_place_for_a_case_alone() -> None:
    s = Sketch("shop").start().xor("kind", "alone").inclusive("some", "first").user("left").user("right")
    s.inclusive("met", None).user("after").end("done").flow("begin", "kind").flow("kind", "some", "pick == 1")
    s.flow("kind", "right", name="alone").flow("some", "left", "pick > 0").flow("some", "right", name="first")
    publish(s.user("ask").chain("left", "met", "after", "ask", "done").chain("right", "met"))
    begin("shop", pick=0)
    said = refusals("right")
    assert "parallel branch" in said["left"]
    assert said["after"] == ""


def test_a_token_that_others_wait_for_is_not_taken_off() -> None:
    publish(fork())
    begin("shop")
    do("done", node="ask")
    with pytest.raises(NoSuchTarget):
        move(step(node="left").id, TAKEN_OFF)


def test_a_token_that_nobody_waits_for_can_be_taken_off() -> None:
    s = Sketch("shop").start().parallel("split").user("left").user("right").end("one").end("two")
    publish(s.chain("begin", "split", "left", "one").chain("split", "right", "two"))
    begin("shop")
    move(step(node="left").id, TAKEN_OFF)
    assert nodes() == ["right"]
    with pytest.raises(NoSuchTarget):
        move(step(node="right").id, TAKEN_OFF)
    do("done", node="right")
    assert instance().ended_at is not None


def test_inside_a_sub_process_it_stays_there() -> None:
    s = Sketch("shop").start().user("ask").subprocess("inner").start("in").parallel("split").user("left").user("right")
    s.user("both").parallel("joined").end("out").chain("in", "split", "left", "joined", "both", "out")
    s.chain("split", "right", "joined").leave().user("after").end("done")
    s.chain("begin", "ask", "inner", "after", "done")
    publish(s)
    begin("shop")
    assert "another sub-process" in refusals("ask")["left"]
    do("done", node="ask")
    said = refusals("left")
    assert "another sub-process" in said["ask"]
    assert "another sub-process" in said["after"]
    assert "never has both" in said["both"]
    for node in (TAKEN_OFF, "after", "right"):
        with pytest.raises(NoSuchTarget):
            move(step(node="left").id, node)
    assert nodes() == ["left", "right"]
    do("done", node="right")
    do("done", node="left")
    with pytest.raises(NoSuchTarget):
        move(step(node="both").id, "left")
    do("done", node="both")
    assert nodes() == ["after"]


def test_a_token_moved_to_an_action_is_performed_there(office: Any) -> None:
    s = Sketch("shop").start().user("buy").service("remind", "urge").user("pay").end("done")
    publish(s.chain("begin", "buy", "remind", "pay", "done"))
    begin("shop")
    move(step().id, "remind")
    db.session.rollback()
    jobs.run_due(LATER)
    assert nodes() == ["pay"]
