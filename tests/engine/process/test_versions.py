"""Two who publish at once, versions that come back, versions on which nothing begins any more."""

from functools import partial

import pytest
from sqlalchemy import select

from engine.kit.db import db, unit_of_work
from engine.process import definitions
from engine.process.errors import AlreadyInForce, NotSuspended, ProcessSuspended, PublishedMeanwhile
from engine.process.models import ProcessDefinition
from tests.engine.process.sketching import Sketch
from tests.engine.process.stories import MONDAY, Notebook, begin, nodes
from tests.together import at_once


def sketch(step: str) -> str:
    return Sketch("errand").start().user(step).end().chain("begin", step, "finish").xml()


def publish(step: str, **more: object) -> definitions.Definition:
    with unit_of_work():
        return definitions.publish("errand", sketch(step), by_id=None, at=MONDAY, **more)  # type: ignore[arg-type]


def states() -> list[tuple[int, str]]:
    found = select(ProcessDefinition.version, ProcessDefinition.state).where(ProcessDefinition.key == "errand")
    rows = [(version, state) for version, state in db.session.execute(found.order_by("version"))]
    db.session.rollback()
    return rows


def test_of_two_who_publish_at_once_the_second_is_told(notebook: Notebook, database: str) -> None:
    base = definitions.active("errand").id
    db.session.rollback()
    refused = []

    def publish_too(step: str) -> None:
        try:
            publish(step, based_on=base)
        except PublishedMeanwhile as error:
            refused.append(error.params["version"])

    at_once(database, *(partial(publish_too, step) for step in ("walk", "ride")))
    assert refused == [2]
    assert states() == [(1, "retired"), (2, "active")]


def test_an_earlier_version_comes_back_as_the_next_one(notebook: Notebook) -> None:
    first = definitions.active("errand")
    publish("walk")
    with unit_of_work():
        back = definitions.restore(first.id, reason="wrong", by_id=None, at=MONDAY)
    assert (back.version, back.digest) == (3, first.digest)
    assert states() == [(1, "retired"), (2, "retired"), (3, "active")]
    assert db.session.get_one(ProcessDefinition, back.id).restores_id == first.id
    db.session.rollback()
    with pytest.raises(AlreadyInForce), unit_of_work():
        definitions.restore(first.id, reason="wrong", by_id=None, at=MONDAY)


def test_while_a_version_is_suspended_cases_begin_on_the_one_before(notebook: Notebook) -> None:
    first = definitions.active("errand")
    second = publish("walk")
    with unit_of_work():
        assert definitions.suspend(second.id, reason="wrong", by_id=None, at=MONDAY) == first
    begin("errand", subject_id=1)
    assert nodes(1) == ["buy", "cook"]
    with unit_of_work():
        assert definitions.suspend(first.id, reason="wrong", by_id=None, at=MONDAY) is None
    with pytest.raises(ProcessSuspended):
        begin("errand", subject_id=2)
    with unit_of_work():
        assert definitions.resume(second.id) == second
    begin("errand", subject_id=2)
    assert nodes(2) == ["walk"]
    with pytest.raises(NotSuspended), unit_of_work():
        definitions.resume(second.id)
