"""The picture of a drawing, and where an errand is in it."""

from engine.kit.db import db
from engine.process import definitions, drawing, jobs
from engine.process.models import ProcessInstance
from tests.engine.process.stories import DRAWINGS, MONDAY, Notebook, begin, do


def test_shapes_lie_inside_the_picture() -> None:
    picture = drawing.read((DRAWINGS / "repair.bpmn").read_bytes())
    kinds = {shape.id: (shape.kind, shape.event) for shape in picture.shapes}
    assert kinds["accept"] == ("userTask", None)
    assert kinds["late"] == ("boundaryEvent", "timer")
    assert not next(shape for shape in picture.shapes if shape.id == "late").interrupts
    for shape in picture.shapes:
        assert 0 <= shape.box.x <= picture.width - shape.box.width
        assert 0 <= shape.box.y <= picture.height - shape.box.height


def test_a_drawing_without_coordinates_has_an_empty_picture() -> None:
    text = (DRAWINGS / "repair.bpmn").read_text()
    bare = text[: text.index("<bpmndi:BPMNDiagram")] + "</bpmn:definitions>"
    assert drawing.read(bare).shapes == ()


def test_tokens_and_visited_nodes_follow_the_errand(notebook: Notebook) -> None:
    instance_id = begin().instance_id
    assert drawing.tokens(instance_id) == {"accept"}
    do("accept")
    assert drawing.tokens(instance_id) == {"find"}
    jobs.run_due(MONDAY)
    assert drawing.tokens(instance_id) == {"handle"}
    assert drawing.visited(instance_id) == {"begin", "accept", "accepted", "find", "was_found"}
    definition_id = db.session.get(ProcessInstance, instance_id).definition_id
    assert drawing.drawing(definition_id).shapes
    assert drawing.drawing(definition_id) is drawing.drawing(definition_id)
    assert definitions.active("repair").id == definition_id


def test_an_ended_errand_has_no_tokens(notebook: Notebook) -> None:
    instance_id = begin().instance_id
    do("refuse")
    assert drawing.tokens(instance_id) == set()
    assert "refused" in drawing.visited(instance_id)
