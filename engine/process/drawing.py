"""A drawing as shapes and lines for a picture of our own (SVG), and where its tokens are and have been."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from engine.kit.db import db
from engine.kit.errors import NotFound
from engine.process import instances, wrapping, xml
from engine.process.finding import NODES
from engine.process.instances import DEFINITION
from engine.process.models import ProcessEvent
from engine.process.sharing import Shared

MARGIN = 20.0
INSIDE, BESIDE = 13, 11
"""Heights of letters in pixels, as ``drawing.css`` has them: inside a box, and beside an element."""
NARROWEST = 66.0
"""Labels are given at least this much room: other tools write boxes that are too small for our letters."""
RENAMING = {"migrated", "moved_back"}
"""Moves to another version: their facts say which node was called otherwise there."""


@dataclass(frozen=True)
class Box:
    """A rectangle; pixels from the picture's upper left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Lane:
    """A lane, or the pool around them (``role`` is None)."""

    id: str
    name: str
    role: str | None
    box: Box


@dataclass(frozen=True)
class Shape:
    """A node. ``kind`` is BPMN's word (userTask, exclusiveGateway …), ``event`` what it waits for (timer, message).

    ``label`` is where the name stands if not inside; ``interrupts`` is False for boundary events beside their step.
    """

    id: str
    kind: str
    name: str
    box: Box
    label: Box | None
    event: str | None
    interrupts: bool

    def lines(self, size: float = INSIDE) -> tuple[str, ...]:
        """The name inside the box, in letters of that many pixels."""
        return wrapping.lines(self.name, width=self.box.width - 6, height=self.box.height - 4, size=size)

    def fits(self, size: float) -> bool:
        """Does the whole name find place in letters of that size?"""
        return not wrapping.is_cut(self.lines(size))

    def label_lines(self) -> tuple[str, ...]:
        """The name beside it."""
        return _beside(self.name, self.label)


@dataclass(frozen=True)
class Edge:
    """A sequence flow and the points that it goes through."""

    id: str
    name: str
    source: str
    target: str
    points: tuple[tuple[float, float], ...]
    label: Box | None

    def label_lines(self) -> tuple[str, ...]:
        """The name beside it."""
        return _beside(self.name, self.label)


@dataclass(frozen=True)
class Drawing:
    """The whole picture; empty where the file gives no coordinates."""

    width: float
    height: float
    lanes: tuple[Lane, ...]
    shapes: tuple[Shape, ...]
    edges: tuple[Edge, ...]


def drawing(definition_id: int) -> Drawing:
    """The picture of a published version.

    Raises NotFound.
    """
    digest = db.session.scalar(select(DEFINITION.c.digest).where(DEFINITION.c.id == definition_id))
    if digest is None:
        raise NotFound
    return shared(digest, definition_id)


def shared(digest: str, definition_id: int) -> Drawing:
    """The same, where the fingerprint is known."""
    return _drawn.get(digest, lambda: instances.source_of(definition_id))


def read(source: str | bytes) -> Drawing:
    """The picture of a drawing's XML. Raises UnreadableXml."""
    root = xml.read(source)
    elements = {each.get("id"): each for each in root.iter() if isinstance(each.tag, str) and each.get("id")}
    left, top, right, bottom = _frame(root)
    dx, dy = MARGIN - left, MARGIN - top
    shapes = [(elements.get(di.get("bpmnElement")), di) for di in xml.find(root, ".//bpmndi:BPMNShape")]
    edges = [(elements.get(di.get("bpmnElement")), di) for di in xml.find(root, ".//bpmndi:BPMNEdge")]
    return Drawing(
        width=right - left + 2 * MARGIN,
        height=bottom - top + 2 * MARGIN,
        lanes=tuple(_lane(e, di, dx, dy) for e, di in shapes if xml.kind(e) in {"lane", "participant"}),
        shapes=tuple(_shape(e, di, dx, dy) for e, di in shapes if xml.kind(e) in NODES),
        edges=tuple(_edge(e, di, dx, dy) for e, di in edges if xml.kind(e) == "sequenceFlow"),
    )


def visited(instance_id: int) -> set[str]:
    """The nodes that an instance has passed, as the version that it runs on calls them."""
    moves = select(ProcessEvent.kind, ProcessEvent.path, ProcessEvent.facts).order_by(ProcessEvent.id)
    passed: set[str] = set()
    for kind, path, facts in db.session.execute(moves.where(ProcessEvent.instance_id == instance_id)):
        if kind in RENAMING:
            names = facts.get("names", {})
            passed = {names.get(node, node) for node in passed}
        passed.update(path)
    return passed


def tokens(instance_id: int) -> set[str]:
    """The nodes where an instance waits now: steps, service tasks, events; none once it has ended."""
    run = instances.peek(instance_id)
    return run.waiting_nodes() if run is not None else set()


_drawn: Shared[Drawing] = Shared(read)


def _beside(name: str, box: Box | None) -> tuple[str, ...]:
    if box is None:
        return ()
    return wrapping.lines(name, width=max(box.width + 10, NARROWEST), height=max(box.height, 60.0), size=BESIDE)


def _frame(root: xml.Element) -> tuple[float, float, float, float]:
    """The smallest frame around everything: left, top, right, bottom."""
    boxes = [_box(each, 0, 0) for each in xml.find(root, ".//dc:Bounds")]
    points = [(float(each.get("x")), float(each.get("y"))) for each in xml.find(root, ".//di:waypoint")]
    across = [*(x for box in boxes for x in (box.x, box.x + box.width)), *(x for x, _ in points)]
    down = [*(y for box in boxes for y in (box.y, box.y + box.height)), *(y for _, y in points)]
    return (min(across), min(down), max(across), max(down)) if across else (0.0, 0.0, 0.0, 0.0)


def _box(bounds: xml.Element, dx: float, dy: float) -> Box:
    x, y, width, height = (float(bounds.get(name, 0)) for name in ("x", "y", "width", "height"))
    return Box(x + dx, y + dy, width, height)


def _first_box(elements: Iterable[xml.Element], dx: float, dy: float) -> Box | None:
    return next((_box(each, dx, dy) for each in elements), None)


def _label(di: xml.Element, dx: float, dy: float) -> Box | None:
    return _first_box(xml.find(di, "./bpmndi:BPMNLabel/dc:Bounds"), dx, dy)


def _own_box(di: xml.Element, dx: float, dy: float) -> Box:
    return _first_box(xml.find(di, "./dc:Bounds"), dx, dy) or Box(dx, dy, 0, 0)


def _lane(element: xml.Element, di: xml.Element, dx: float, dy: float) -> Lane:
    extension = xml.extension(element, "lane")
    role = extension.get("role") if extension is not None else None
    return Lane(element.get("id"), element.get("name") or "", role, _own_box(di, dx, dy))


def _shape(element: xml.Element, di: xml.Element, dx: float, dy: float) -> Shape:
    kinds = [xml.kind(each) for each in element if xml.kind(each).endswith("EventDefinition")]
    return Shape(
        id=element.get("id"),
        kind=xml.kind(element),
        name=element.get("name") or "",
        box=_own_box(di, dx, dy),
        label=_label(di, dx, dy),
        event=kinds[0].removesuffix("EventDefinition") if kinds else None,
        interrupts=element.get("cancelActivity") != "false",
    )


def _edge(element: xml.Element, di: xml.Element, dx: float, dy: float) -> Edge:
    points = tuple((float(each.get("x")) + dx, float(each.get("y")) + dy) for each in xml.find(di, "./di:waypoint"))
    ends = element.get("sourceRef"), element.get("targetRef")
    return Edge(element.get("id"), element.get("name") or "", *ends, points, _label(di, dx, dy))
