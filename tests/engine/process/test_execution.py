"""An errand travels its drawing; the rows around it say what is open."""

import threading
from typing import Any

import pytest
from sqlalchemy import select

from engine.access.actors import Actor
from engine.kit.db import db, unit_of_work
from engine.process import execution, queries
from engine.process.errors import ExpressionFailed, FactsRefused, InstanceEnded, NobodyWaits, StepGone
from engine.process.models import OpenTimer, OutboxMessage, ProcessInstance
from tests.city import at
from tests.databases import application
from tests.engine.process.stories import MONDAY, Notebook, begin, do, nodes, step


def test_the_first_step_is_offered_to_the_lane(notebook: Notebook) -> None:
    move = begin()
    task = step()
    assert (task.node, task.group_name, task.form, task.stage) == ("accept", "clerk", "accept", "reported")
    assert [each.task_id for each in move.opened] == [task.id]
    assert notebook.moves == [move]
    assert not move.ended


def test_a_refused_errand_ends_with_the_stage_of_its_end(notebook: Notebook) -> None:
    begin()
    move = do("refuse")
    assert (move.ended, move.end_node, move.end_properties) == (True, "refused", {"stage": "rejected"})
    assert [each.node for each in move.closed] == ["accept"]
    instance = db.session.scalars(select(ProcessInstance)).one()
    assert (instance.state, instance.outcome, instance.ended_at) == (None, "refused", MONDAY)
    assert nodes() == []


def test_a_service_task_waits_in_the_outbox(notebook: Notebook) -> None:
    begin()
    do("accept")
    message = db.session.scalars(select(OutboxMessage)).one()
    assert (message.action, message.state, message.node) == ("find_department", "pending", "find")
    assert nodes() == []


def test_parallel_steps_join(notebook: Notebook) -> None:
    begin("errand")
    assert nodes() == ["buy", "cook"]
    do("bought", node="buy")
    assert nodes() == ["cook"]
    do("cooked")
    assert nodes() == []
    timer = db.session.scalars(select(OpenTimer)).one()
    assert timer.due_at == at("2026-03-02 09:30")


def test_a_step_done_twice_changes_nothing(notebook: Notebook) -> None:
    begin("errand")
    task_id = step(node="buy").id
    do("bought", node="buy")
    before = _revision()
    with pytest.raises(StepGone), unit_of_work():
        execution.complete(task_id, {"outcome": "again"}, by_id=None, at=MONDAY)
    assert _revision() == before
    assert len(notebook.moves) == 2


def test_of_two_people_at_once_one_wins(notebook: Notebook, database: str) -> None:
    begin("errand")
    task_id, results = step(node="buy").id, []
    together = threading.Barrier(2)

    def try_it() -> None:
        with application(database).app_context():
            together.wait()
            try:
                with unit_of_work():
                    execution.complete(task_id, {"outcome": "bought"}, by_id=None, at=MONDAY)
                results.append("won")
            except StepGone:
                results.append("gone")
            finally:
                db.session.remove()
                db.engine.dispose()

    threads = [threading.Thread(target=try_it) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(results) == ["gone", "won"]
    assert _revision() == 2
    assert nodes() == ["cook"]


def test_facts_are_small_scalars(notebook: Notebook) -> None:
    begin("errand")
    task_id = step(node="buy").id
    for wrong in ({"x": [1]}, {"x": {}}, {"x": float("nan")}, {"x": 2**63}, {"a b": 1}, {"x": "a" * 66_000}):
        with pytest.raises(FactsRefused), unit_of_work():
            execution.complete(task_id, wrong, by_id=None, at=MONDAY)
    assert nodes() == ["buy", "cook"]


def test_a_step_stays_open_where_the_drawing_cannot_go_on(notebook: Notebook) -> None:
    begin()
    task_id = step().id
    with pytest.raises(ExpressionFailed, match="outcome"), unit_of_work():
        execution.complete(task_id, {}, by_id=None, at=MONDAY)
    assert nodes() == ["accept"]
    assert _revision() == 1


def test_a_message_reaches_who_waits_for_it(notebook: Notebook) -> None:
    move = begin("errand")
    with pytest.raises(NobodyWaits), unit_of_work():
        execution.send(move.instance_id, "letter_came", {}, by_id=None, at=MONDAY)


def test_withdrawing_takes_every_token_off(notebook: Notebook) -> None:
    instance_id = begin("errand").instance_id
    with unit_of_work():
        move = execution.withdraw(instance_id, outcome="void", by_id=None, at=MONDAY)
    assert (move.ended, move.end_node, len(move.closed)) == (True, None, 2)
    assert nodes() == []
    assert db.session.get(ProcessInstance, instance_id).outcome == "void"
    db.session.commit()
    with pytest.raises(InstanceEnded), unit_of_work():
        execution.withdraw(instance_id, outcome="void", by_id=None, at=MONDAY)


def test_a_step_takes_few_statements(notebook: Notebook, statements: Any) -> None:
    begin("errand")
    task_id = step(node="buy").id
    with statements() as seen, unit_of_work():
        execution.complete(task_id, {"outcome": "bought"}, by_id=None, at=MONDAY)
    assert len(seen) <= 6, seen


def test_history_names_the_nodes_that_were_passed(notebook: Notebook) -> None:
    instance_id = begin().instance_id
    do("refuse")
    moves = queries.history(instance_id)
    assert [(each.kind, each.node) for each in moves] == [("started", None), ("completed", "accept")]
    assert moves[1].path == ["accept", "accepted", "refused"]


def _revision() -> int:
    revision: int = db.session.scalars(select(ProcessInstance.revision)).one()
    db.session.commit()
    return revision


def test_open_tasks_are_found_by_group(notebook: Notebook) -> None:
    begin("errand")
    clerk = Actor(id=7, name="clerk", groups=frozenset({"clerk"}))
    assert {task.node for task in db.session.scalars(queries.offered_to(clerk))} == {"buy", "cook"}
    other = Actor(id=8, name="other", groups=frozenset({"driver"}))
    assert db.session.scalars(queries.offered_to(other)).all() == []
