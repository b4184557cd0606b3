"""Versions of a drawing: published once, never changed, and finished by whom they began."""

from pathlib import Path

import pytest
from sqlalchemy import select

from engine.kit.db import db, unit_of_work
from engine.process import definitions
from engine.process.errors import DrawingRefused, UnreadableXml
from engine.process.models import ProcessDefinition
from tests.engine.process.sketching import Sketch
from tests.engine.process.stories import DRAWINGS, MONDAY, Notebook, begin, do, nodes


def sketch(step: str) -> str:
    return Sketch("errand").start().user(step).end().chain("begin", step, "finish").xml()


def publish(source: str, key: str = "errand") -> definitions.Definition:
    with unit_of_work():
        return definitions.publish(key, source, by_id=None, at=MONDAY)


def test_an_instance_finishes_on_the_version_it_began_with(notebook: Notebook) -> None:
    begin("errand", subject_id=1)
    new = publish(sketch("walk"))
    begin("errand", subject_id=2)
    assert (new.version, nodes(1), nodes(2)) == (2, ["buy", "cook"], ["walk"])
    do("bought", 1, node="buy")
    assert nodes(1) == ["cook"]
    states = db.session.execute(select(ProcessDefinition.version, ProcessDefinition.state).order_by("version")
                                .where(ProcessDefinition.key == "errand")).all()  # fmt: skip
    assert [tuple(row) for row in states] == [(1, "retired"), (2, "active")]


def test_publishing_the_same_drawing_again_changes_nothing(notebook: Notebook) -> None:
    first = publish(sketch("walk"))
    assert publish(sketch("walk")) == first


def test_a_wrong_drawing_is_refused_with_the_element(notebook: Notebook) -> None:
    with pytest.raises(DrawingRefused) as refused:
        publish(sketch("walk").replace('form="walk"', ""))
    assert [str(each) for each in refused.value.fields["walk"]] == ['The step "walk" names no form.']
    with pytest.raises(UnreadableXml):
        publish("<html/>")
    assert definitions.active("errand").version == 1


def test_other_dialects_are_translated_when_published(notebook: Notebook) -> None:
    s = Sketch("p").start().user("work").xor("gate", "other").end("good").end("bad").chain("begin", "work", "gate")
    s.flow("gate", "bad", name="other").flow("gate", "good", "${outcome == 'a'}")
    publish(s.xml(), "p")
    begin("p")
    assert do("a").end_node is None
    assert nodes() == []


def test_a_folder_is_published_once(notebook: Notebook, tmp_path: Path) -> None:
    (tmp_path / "errand.bpmn").write_text(sketch("walk"))
    (tmp_path / "other.bpmn").write_text(sketch("walk"))
    with unit_of_work():
        published = definitions.ensure_published(tmp_path, MONDAY)
    assert [each.key for each in published] == ["other"]
    assert DRAWINGS.exists()
