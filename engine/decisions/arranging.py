"""Rows, columns and test cases put in, moved and taken out: what the buttons of the editor do. Pure."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from engine.decisions.content import Content, Example, Row

T = TypeVar("T")


def add_row(content: Content, after: int) -> Content:
    """An empty row below row ``after`` (0: on top)."""
    row = Row(("-",) * len(content.inputs))
    return replace(content, rows=_put(content.rows, after, row))


def remove_row(content: Content, number: int) -> Content:
    """Without row ``number``."""
    return replace(content, rows=_without(content.rows, number))


def raise_row(content: Content, number: int) -> Content:
    """Row ``number`` one place up."""
    return replace(content, rows=_swapped(content.rows, number - 1))


def lower_row(content: Content, number: int) -> Content:
    """Row ``number`` one place down."""
    return replace(content, rows=_swapped(content.rows, number))


def add_input(content: Content, name: str) -> Content:
    """A column more at the end, which asks nothing yet; one for each fact."""
    if name in content.inputs:
        return content
    rows = tuple(replace(row, tests=(*row.tests, "-")) for row in content.rows)
    return replace(content, inputs=(*content.inputs, name), rows=rows)


def remove_input(content: Content, number: int) -> Content:
    """Without column ``number``."""
    rows = tuple(replace(row, tests=_without(row.tests, number)) for row in content.rows)
    return replace(content, inputs=_without(content.inputs, number), rows=rows)


def move_input(content: Content, number: int) -> Content:
    """Column ``number`` one place to the left."""
    rows = tuple(replace(row, tests=_swapped(row.tests, number - 1)) for row in content.rows)
    return replace(content, inputs=_swapped(content.inputs, number - 1), rows=rows)


def add_example(content: Content, _: int) -> Content:
    """An empty test case at the end."""
    return replace(content, examples=(*content.examples, Example("")))


def remove_example(content: Content, number: int) -> Content:
    """Without test case ``number``."""
    return replace(content, examples=_without(content.examples, number))


ACTS: dict[str, Callable[[Content, int], Content]] = {
    "add-row": add_row,
    "remove-row": remove_row,
    "raise-row": raise_row,
    "lower-row": lower_row,
    "remove-input": remove_input,
    "move-input": move_input,
    "add-example": add_example,
    "remove-example": remove_example,
}
"""What can be done to the row, column or test case of a number, from 1 on; one that is not there changes nothing."""


def _put(found: tuple[T, ...], after: int, one: T) -> tuple[T, ...]:
    return (*found[:after], one, *found[after:])


def _without(found: tuple[T, ...], number: int) -> tuple[T, ...]:
    return tuple(one for place, one in enumerate(found, 1) if place != number)


def _swapped(found: tuple[T, ...], number: int) -> tuple[T, ...]:
    """With the one of ``number`` and the one after it in each other's place."""
    if not 1 <= number < len(found):
        return found
    return (*found[: number - 1], found[number], found[number - 1], *found[number + 1 :])
