"""Running instances are given to another version, with the rows around them, and taken back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine.kit.db import db, unit_of_work
from engine.process import definitions, drawing, execution, migrating, outbox, queries, routes, timers
from engine.process.migrating import Result
from engine.process.models import (
    Incident,
    OpenTask,
    OpenTimer,
    OutboxMessage,
    ProcessDefinition,
    ProcessEvent,
    ProcessInstance,
)
from tests.engine.process.sketching import Sketch
from tests.engine.process.stories import MONDAY, Notebook, begin, do, nodes, step

LATER = MONDAY + timedelta(minutes=10)
Drawn = Callable[[Sketch], Sketch]


def one(change: Drawn = lambda sketch: sketch) -> Sketch:
    """Buy and then pay, late after an hour; ``change`` may add to it."""
    s = Sketch("shop").start().user("buy").user("pay", stage="paying").end("done", stage="closed")
    return change(s.timer("late", "buy", duration='"PT1H"').end("told").chain("late", "told"))


def version(sketch: Sketch) -> int:
    with unit_of_work():
        return definitions.publish("shop", sketch.xml(), by_id=None, at=MONDAY).id


def migrate(to_id: int, mapping: dict[str, str] | None = None, moment: Any = LATER) -> Result:
    """Move the one instance."""
    instance = db.session.scalars(select(ProcessInstance)).one()
    way = routes.route(routes.version(instance.definition_id), routes.version(to_id), mapping or {})
    key = instance.id
    db.session.rollback()
    with unit_of_work():
        return migrating.migrate(way, [key], by_id=None, at=moment)[key]


def undo() -> Result:
    from engine.process.models import MigrationStep  # noqa: PLC0415

    key = db.session.scalar(select(MigrationStep.id).order_by(MigrationStep.id.desc()))
    db.session.rollback()
    with unit_of_work():
        return migrating.undo([key], by_id=None, at=LATER)[key]


def told(result: Result, locale: str = "en") -> list[str]:
    return [reason.told(locale) for reason in result.reasons]


def rows(model: Any) -> list[Any]:
    db.session.expire_all()
    return list(db.session.scalars(select(model)))


@pytest.fixture(autouse=True)
def _office(notebook: Notebook) -> None:
    pass


def straight() -> Sketch:
    return one().chain("begin", "buy", "pay", "done")


def test_a_case_keeps_its_open_step_and_goes_on_in_the_new_version() -> None:
    old = version(straight())
    begin("shop")
    before = step()
    new = version(one(lambda s: s.user("sign")).chain("begin", "buy", "pay", "sign", "done"))
    assert migrate(new) == Result("moved")
    after = step()
    assert (after.id, after.node, after.opened_at, after.definition_id) == (before.id, "buy", MONDAY, new)
    assert [event.kind for event in rows(ProcessEvent)] == ["started", "migrated"]
    assert rows(ProcessEvent)[-1].facts["to"] == 2
    assert rows(ProcessInstance)[0].definition_id == new != old
    with unit_of_work():
        execution.complete(before.id, {"outcome": "done"}, by_id=None, at=LATER)
    do("done", node="pay")
    assert nodes() == ["sign"]


def test_a_removed_step_needs_a_mapping_and_follows_it() -> None:
    version(straight())
    begin("shop")
    renamed = Sketch("shop").start().user("purchase", stage="buying").user("pay").end("done")
    new = version(renamed.chain("begin", "purchase", "pay", "done"))
    refused = migrate(new)
    assert refused.state == "left"
    assert told(refused) == ['"buy" is not in the new drawing; please say what takes its place.']
    assert told(refused, "zh_Hans_CN") != told(refused)
    assert refused.reasons[0].needs == "buy"
    assert nodes() == ["buy"]
    before = step().id
    assert migrate(new, {"buy": "purchase"}) == Result("moved")
    assert (step().id, step().node, step().stage, step().act) == (before, "purchase", "buying", "purchase")
    assert rows(OpenTimer) == [], "nobody waits for the reminder any more"


def test_the_mapping_must_name_a_node_of_the_same_kind() -> None:
    version(straight())
    begin("shop")
    gone = (
        Sketch("shop").start().service("buying", "urge").user("pay").end("done").chain("begin", "buying", "pay", "done")
    )
    refused = migrate(version(gone), {"buy": "buying"})
    assert told(refused) == ['"buying" cannot take over from "buy": it is of another kind.']


def test_timers_wait_on_move_by_what_was_added_and_new_ones_begin() -> None:
    version(straight())
    begin("shop")
    longer = (
        Sketch("shop").start().user("buy").user("pay").end("done").timer("late", "buy", duration='"PT3H"').end("told")
    )
    longer.timer("very_late", "buy", duration='"P1D"', cancel=True).end("over").chain("very_late", "over")
    assert migrate(version(longer.chain("late", "told").chain("begin", "buy", "pay", "done"))) == Result("moved")
    dues = {timer.node: timer.due_at for timer in rows(OpenTimer)}
    assert dues == {"late": MONDAY + timedelta(hours=3), "very_late": LATER + timedelta(days=1)}
    assert undo() == Result("undone")
    assert {timer.node: timer.due_at for timer in rows(OpenTimer)} == {"late": MONDAY + timedelta(hours=1)}


def test_a_timer_that_has_fired_does_not_wait_again() -> None:
    version(straight())
    begin("shop")
    [claim] = timers.claim("me", MONDAY + timedelta(hours=2))
    assert timers.fire(claim, MONDAY + timedelta(hours=2))
    assert migrate(version(one(lambda s: s.user("sign")).chain("begin", "buy", "pay", "sign", "done"))) == Result(
        "moved"
    )
    assert rows(OpenTimer) == []


def test_an_added_timer_takes_its_moment_from_the_clock(notebook: Notebook) -> None:
    version(straight())
    begin("shop")
    s = Sketch("shop").start().user("buy").user("pay").end("done").timer("late", "buy", clock="handling").end("told")
    assert migrate(version(s.chain("late", "told").chain("begin", "buy", "pay", "done"))) == Result("moved")
    assert [(timer.clock, timer.due_at) for timer in rows(OpenTimer)] == [("handling", notebook.dues["handling"])]


def test_the_follower_hears_of_another_stage_and_clock_only(notebook: Notebook) -> None:
    version(straight())
    begin("shop")
    notebook.moves.clear()
    assert migrate(version(one(lambda s: s.user("sign")).chain("begin", "buy", "pay", "sign", "done"))) == Result(
        "moved"
    )
    assert notebook.moves == []
    clocked = Sketch("shop").start().user("buy", stage="buying", clock="handling").user("pay").end("done")
    assert migrate(version(clocked.chain("begin", "buy", "pay", "done"))) == Result("moved")
    [move] = notebook.moves
    assert [(each.stage, each.clock) for each in move.opened] == [("buying", "handling")]
    assert [(each.stage, each.clock) for each in move.closed] == [(None, None)]
    assert step().due_at == notebook.dues["handling"]


def both(*branches: str) -> Sketch:
    s = Sketch("shop").start().parallel("both").parallel("ready").user("pay").end("done")
    s.chain("begin", "both").chain("ready", "pay", "done")
    for name in branches:
        s.user(name).chain("both", name, "ready")
    return s


def test_branches_that_are_no_longer_parallel_stay() -> None:
    version(both("buy", "cook"))
    begin("shop")
    s = Sketch("shop").start().user("buy").user("cook").end("done").chain("begin", "buy", "cook", "done")
    assert told(migrate(version(s))) == ['"buy" and "cook" are open together, and never are in the new drawing.']


def test_a_join_that_would_wait_for_ever_is_foretold() -> None:
    version(both("buy", "cook"))
    begin("shop")
    do("done", node="buy")
    assert told(migrate(version(both("buy", "cook", "lay")))) == [
        'Moved there, such a case would get stuck at "ready".'
    ]


def test_a_branch_that_is_gone_can_be_taken_off_and_the_join_goes_on() -> None:
    version(both("buy", "cook", "lay"))
    begin("shop")
    do("done", node="buy")
    do("done", node="cook")
    new = version(both("buy", "cook"))
    assert [reason.needs for reason in migrate(new).reasons] == ["lay"]
    assert migrate(new, {"lay": "-"}) == Result("moved")
    assert nodes() == ["pay"]
    assert undo() == Result("undone")
    assert nodes() == ["lay"]


def test_not_every_token_can_be_taken_off() -> None:
    version(straight())
    begin("shop")
    new = version(Sketch("shop").start().user("pay").end("done").chain("begin", "pay", "done"))
    assert told(migrate(new, {"buy": "-"})) == ["Every token of such a case would be taken off."]


def test_a_token_that_waits_at_a_join_needs_to_have_come_from_somewhere() -> None:
    version(both("buy", "cook"))
    begin("shop")
    do("done", node="buy")
    new = version(both("fetch", "cook"))
    refused = migrate(new)
    assert refused.reasons[0].needs == "buy>ready"
    assert migrate(new, {"buy>ready": "fetch"}) == Result("moved")
    do("done", node="cook")
    assert nodes() == ["pay"]


def served(action: str = "urge", name: str = "remind") -> Sketch:
    return Sketch("shop").start().service(name, action).user("pay").end("done").chain("begin", name, "pay", "done")


def test_an_action_that_a_worker_performs_keeps_its_case_busy() -> None:
    version(served())
    begin("shop")
    new = version(served("find_department"))
    [claim] = outbox.claim("me", LATER)
    busy = migrate(new)
    assert (busy.state, told(busy)) == ("busy", ['A worker is performing "remind" at this moment.'])
    assert outbox.deliver(claim, LATER)
    assert migrate(new) == Result("moved")


def test_an_action_that_waits_is_the_new_one() -> None:
    version(served())
    begin("shop")
    assert migrate(version(served("find_department", "find")), {"remind": "find"}) == Result("moved")
    [message] = rows(OutboxMessage)
    assert (message.node, message.action, message.state) == ("find", "find_department", "pending")
    [claim] = outbox.claim("me", LATER)
    assert outbox.deliver(claim, LATER)
    assert nodes() == ["pay"]


def test_it_is_taken_back_until_somebody_goes_on_with_it() -> None:
    old = version(straight())
    begin("shop")
    before = step()
    state = rows(ProcessInstance)[0].state
    new = version(
        Sketch("shop").start().user("purchase").user("pay").end("done").chain("begin", "purchase", "pay", "done")
    )
    migrate(new, {"buy": "purchase"})
    assert undo() == Result("undone")
    instance = rows(ProcessInstance)[0]
    assert (instance.definition_id, instance.revision) == (old, 3)
    assert (step().id, step().node, step().definition_id) == (before.id, "buy", old)
    assert [timer.node for timer in rows(OpenTimer)] == ["late"]
    assert [event.kind for event in rows(ProcessEvent)] == ["started", "migrated", "moved_back"]
    assert len(state) >= len(instance.state) - 200
    assert told(undo()) == ["It has been taken back already, or moved again."]
    migrate(new, {"buy": "purchase"})
    do("done", node="purchase")
    assert told(undo()) == ["Somebody has gone on with it since."]


def test_the_way_already_gone_is_told_in_the_words_of_the_new_version() -> None:
    version(straight())
    begin("shop")
    do("done", node="buy")
    shop = Sketch("shop").start().user("purchase").user("pay", stage="paying").end("done")
    migrate(version(shop.chain("begin", "purchase", "pay", "done")), {"buy": "purchase"})
    key = rows(ProcessInstance)[0].id
    assert drawing.visited(key) == {"begin", "purchase"}
    undo()
    assert drawing.visited(key) == {"begin", "buy"}


def test_who_moves_a_case_has_had_no_hand_in_it() -> None:
    version(straight())
    begin("shop")
    migrate(version(one(lambda s: s.user("sign")).chain("begin", "buy", "pay", "sign", "done")))
    key = rows(ProcessInstance)[0].id
    assert queries.movers(key) == set()


def test_the_incident_of_a_timer_that_is_gone_is_settled() -> None:
    version(straight())
    begin("shop")
    [timer] = rows(OpenTimer)
    with unit_of_work():
        db.session.add(
            Incident(instance_id=timer.instance_id, task_id=timer.task_id, node="late", timer_id=timer.id, error="x",
                     attempts=3, opened_at=MONDAY)
        )  # fmt: skip
    migrate(version(Sketch("shop").start().user("buy").end("done").chain("begin", "buy", "done")))
    [incident] = rows(Incident)
    assert incident.resolved_at == LATER


def test_ended_instances_and_those_of_other_versions_are_left() -> None:
    version(straight())
    begin("shop")
    first = rows(ProcessDefinition)[0].id
    new = version(one(lambda s: s.user("sign")).chain("begin", "buy", "pay", "sign", "done"))
    way = routes.route(routes.version(first), routes.version(new), {})
    key = rows(ProcessInstance)[0].id
    do("done", node="buy")
    do("done", node="pay")
    with unit_of_work():
        assert migrating.migrate(way, [key, 99], by_id=None, at=LATER)[key].state == "left"
    assert rows(OpenTask) == []
