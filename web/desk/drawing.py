"""The drawing of a case as a picture: the way already gone, and the tokens that stand on it."""

from collections.abc import Iterator
from dataclasses import dataclass

from engine.cases.models import Case
from engine.process import drawing, queries
from engine.process.drawing import Box, Drawing, Edge

LINE = 13.0
"""Height of a line of text, in the drawing's pixels."""
SMALL = 100.0
"""Width that labels wrap in where the drawing gives none."""


@dataclass(frozen=True)
class Way:
    """A drawing with what happened on it: ids of the nodes that were passed, and of those that hold a token."""

    drawn: Drawing
    visited: frozenset[str]
    tokens: frozenset[str]

    def state(self, node: str) -> str:
        """ "here", "gone" or "" for a node that was not reached."""
        if node in self.tokens:
            return "here"
        return "gone" if node in self.visited else ""

    def is_gone(self, edge: Edge) -> bool:
        """Did the way lead along this line, as far as its ends tell?"""
        return edge.source in self.visited and (edge.target in self.visited or edge.target in self.tokens)


@dataclass(frozen=True)
class Line:
    """A line of text, centred at ``x``; ``y`` is its baseline."""

    x: float
    y: float
    text: str


def of(case: Case) -> Way | None:
    """The way of a case; None for one that runs on no drawing (imported history). Three or four statements."""
    if case.instance_id is None:
        return None
    row = next((one for one in queries.instances_of("case", case.id) if one.id == case.instance_id), None)
    if row is None:
        return None
    drawn = drawing.drawing(row.definition_id)
    if not drawn.shapes:
        return None
    visited, tokens = drawing.visited(case.instance_id), drawing.tokens(case.instance_id)
    return Way(drawn, frozenset(visited), frozenset(tokens))


def points(edge: Edge) -> str:
    """The points of a line as SVG writes them."""
    return " ".join(f"{x:g},{y:g}" for x, y in edge.points)


def inside(name: str, box: Box) -> list[Line]:
    """A name in the middle of a box, wrapped to its width."""
    return _lines(name, box, box.width - 8, middle=True)


def beside(name: str, box: Box | None) -> list[Line]:
    """A name where the drawing puts its label."""
    return _lines(name, box, max(box.width, SMALL), middle=False) if box is not None else []


def _lines(name: str, box: Box, width: float, *, middle: bool) -> list[Line]:
    texts = list(_wrapped(name, width))
    top = box.y + (box.height - LINE * len(texts)) / 2 if middle else box.y
    return [Line(box.x + box.width / 2, top + LINE * (number + 0.8), text) for number, text in enumerate(texts)]


def _wrapped(name: str, width: float) -> Iterator[str]:
    """Lines no wider than ``width``: a Chinese character takes 12 pixels, a Latin one 6.5. Latin words stay whole."""
    line, used = "", 0.0
    for part in _parts(name):
        wide = sum(12.0 if ord(char) > 0x2E7F else 6.5 for char in part)
        if line and used + wide > width:
            yield line.strip()
            line, used = "", 0.0
        line, used = line + part, used + wide
    if line.strip():
        yield line.strip()


def _parts(name: str) -> Iterator[str]:
    word = ""
    for char in name:
        if ord(char) > 0x2E7F or char == " ":
            if word:
                yield word
            word = ""
            yield char
        else:
            word += char
    if word:
        yield word
