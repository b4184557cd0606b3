"""A drawing without coordinates is laid out so that people can go on drawing it."""

from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings

from engine.process import drawing, importing, layering
from engine.process.drawing import Box, Drawing
from tests.engine.process import inventing
from tests.engine.process.test_attacks import chain, ladder, without_picture


def laid_out(text: str) -> Drawing:
    return drawing.read(importing.read(without_picture(text)).xml)


def overlap(one: Box, other: Box) -> bool:
    across = one.x < other.x + other.width and other.x < one.x + one.width
    return across and one.y < other.y + other.height and other.y < one.y + one.height


@given(inventing.BLOCKS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_two_steps_lie_on_one_another(tree: tuple) -> None:
    picture = laid_out(inventing.Inventor().draw(tree))
    # A subprocess lies around its steps, and an event on the edge of its own.
    flat = [shape for shape in picture.shapes if shape.kind not in {"subProcess", "boundaryEvent"}]
    assert not [(one.id, other.id) for one, other in combinations(flat, 2) if overlap(one.box, other.box)]
    assert all(len(edge.points) >= 2 for edge in picture.edges)


@given(inventing.BLOCKS)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_lines_begin_and_end_at_what_they_join(tree: tuple) -> None:
    picture = laid_out(inventing.Inventor().draw(tree))
    boxes = {shape.id: shape.box for shape in picture.shapes}
    for edge in picture.edges:
        for key, (x, y) in ((edge.source, edge.points[0]), (edge.target, edge.points[-1])):
            box = boxes[key]
            assert box.x - 1 <= x <= box.x + box.width + 1
            assert box.y - 1 <= y <= box.y + box.height + 1


def test_steps_stand_behind_one_another_in_their_lane() -> None:
    picture = laid_out(chain(4))
    [lane] = [lane for lane in picture.lanes if lane.role]
    inside = [shape.box for shape in picture.shapes]
    assert [shape.box.x for shape in picture.shapes if shape.kind == "userTask"] == sorted(
        shape.box.x for shape in picture.shapes if shape.kind == "userTask"
    )
    assert all(lane.box.y <= box.y and box.y + box.height <= lane.box.y + lane.box.height for box in inside)


def test_a_drawing_with_coordinates_keeps_them() -> None:
    assert importing.read(chain(3)).xml == chain(3)


@pytest.mark.parametrize("count", [1, 30])
def test_ways_that_meet_again_are_drawn_once(count: int) -> None:
    assert len(laid_out(ladder(count)).shapes) == 2 * count + 3


def test_cells_are_for_one_node_each() -> None:
    keys = [f"n{number}" for number in range(60)]
    flows = [(one, other) for one in keys for other in keys if one != other]
    found = layering.cells(keys, flows, {})
    assert len(set(found.values())) == len(keys) == len(found)
