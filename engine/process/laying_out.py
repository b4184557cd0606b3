"""A drawing whose file gives no coordinates is laid out: columns along the flow, lanes as bands, loops led below."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from lxml import etree

from engine.process import layering, xml
from engine.process.dialects import remarks
from engine.process.dialects.sheet import Sheet
from engine.process.finding import NODES

_GAP_X, _GAP_Y, _PAD, _HEAD = 60.0, 50.0, 30.0, 30.0
_TASK, _EVENT, _GATEWAY = (100.0, 80.0), (36.0, 36.0), (50.0, 50.0)
_ACTIVITIES = {"callActivity", "transaction", "adHocSubProcess", "task", "sendTask", "businessRuleTask"}
_OTHER_NODES = {*_ACTIVITIES, "complexGateway"}
Point = tuple[float, float]


@dataclass
class Frame:
    """A rectangle in the picture."""

    x: float
    y: float
    width: float
    height: float

    def moved(self, dx: float, dy: float) -> "Frame":
        """The same, elsewhere."""
        return Frame(self.x + dx, self.y + dy, self.width, self.height)


@dataclass
class Picture:
    """What a scope looks like, from its own upper left corner."""

    frames: dict[str, Frame] = field(default_factory=dict)
    lines: dict[str, list[Point]] = field(default_factory=dict)
    width: float = 0.0
    height: float = 0.0

    def add(self, other: "Picture", dx: float, dy: float) -> None:
        """Put another picture into this one."""
        self.frames |= {key: frame.moved(dx, dy) for key, frame in other.frames.items()}
        self.lines |= {key: [(x + dx, y + dy) for x, y in line] for key, line in other.lines.items()}


def where_missing(sheet: Sheet) -> None:
    """Lay out a drawing where none of its nodes has a place."""
    placed = {each.get("bpmnElement") for each in xml.find(sheet.root, ".//bpmndi:BPMNShape")}
    nodes = {each.get("id") for each in sheet.root.iter(f"{{{xml.BPMN}}}*") if xml.kind(each) in NODES}
    if nodes and not nodes & placed and sheet.all("process"):
        lay_out(sheet.root)
        sheet.note(sheet.root, remarks.LAYOUT)


def lay_out(root: xml.Element) -> None:
    """Give every element of the first process its place; a picture that the file had is replaced."""
    for each in xml.find(root, "./bpmndi:BPMNDiagram"):
        root.remove(each)
    process = xml.find(root, "./bpmn:process")[0]
    picture = _of_scope(process, _bands(process))
    pool = _pool(root, process)
    if pool is not None:
        picture = _in_pool(picture, pool, process)
    _write(root, process, picture, pool)


def _of_scope(scope: xml.Element, bands: list[list[str]]) -> Picture:
    nodes = {each.get("id"): each for each in scope if xml.kind(each) in NODES | _OTHER_NODES}
    inner = {key: _of_scope(node, []) for key, node in nodes.items() if xml.kind(node) == "subProcess"}
    sizes = {key: _size(node, inner.get(key)) for key, node in nodes.items()}
    flows = [each for each in scope if xml.kind(each) == "sequenceFlow"]
    hosts = {key: node.get("attachedToRef") for key, node in nodes.items() if xml.kind(node) == "boundaryEvent"}
    ends = [(hosts.get(each.get("sourceRef"), each.get("sourceRef")), each.get("targetRef")) for each in flows]
    free = [key for key in nodes if key not in hosts]
    cells = layering.cells(free, [(a, b) for a, b in ends if a in nodes and b in nodes], _band_of(free, bands))
    picture = _placed(cells, sizes)
    _put_boundaries(picture, hosts, sizes)
    for flow in flows:
        if flow.get("sourceRef") in picture.frames and flow.get("targetRef") in picture.frames:
            picture.lines[flow.get("id")] = _line(picture, flow, flow.get("sourceRef") in hosts)
    for key, part in inner.items():
        picture.add(part, picture.frames[key].x + _PAD, picture.frames[key].y + _PAD)
    return picture


def _placed(cells: dict[str, tuple[int, int]], sizes: dict[str, Point]) -> Picture:
    """Columns and rows are as wide and high as what stands in them; everything stands in the middle of its cell."""
    columns, rows = (
        max((c for c, _ in cells.values()), default=0) + 1,
        max((r for _, r in cells.values()), default=0) + 1,
    )
    widths, heights = [_EVENT[0]] * columns, [_TASK[1]] * rows
    for key, (column, row) in cells.items():
        widths[column] = max(widths[column], sizes[key][0])
        heights[row] = max(heights[row], sizes[key][1])
    left, top = _starts(widths, _GAP_X), _starts(heights, _GAP_Y)
    picture = Picture(width=left[-1] + _PAD - _GAP_X, height=top[-1] + _PAD - _GAP_Y)
    for key, (column, row) in cells.items():
        width, height = sizes[key]
        x = left[column] + (widths[column] - width) / 2
        picture.frames[key] = Frame(x, top[row] + (heights[row] - height) / 2, width, height)
    return picture


def _starts(sizes: list[float], gap: float) -> list[float]:
    places = [_PAD]
    for size in sizes:
        places.append(places[-1] + size + gap)
    return places


def _put_boundaries(picture: Picture, hosts: dict[str, str], sizes: dict[str, Point]) -> None:
    """Events on a step's edge stand side by side on its lower one."""
    used: dict[str, int] = {}
    for key, host in hosts.items():
        if host in picture.frames:
            frame, number = picture.frames[host], used.get(host, 0)
            used[host] = number + 1
            x = frame.x + frame.width - 10 - (number + 1) * (sizes[key][0] + 4)
            picture.frames[key] = Frame(x, frame.y + frame.height - sizes[key][1] / 2, *sizes[key])


def _line(picture: Picture, flow: xml.Element, is_edge: bool) -> list[Point]:
    source, target = picture.frames[flow.get("sourceRef")], picture.frames[flow.get("targetRef")]
    start, end = (source.x + source.width, source.y + source.height / 2), (target.x, target.y + target.height / 2)
    below = (source.x + source.width / 2, source.y + source.height)
    if is_edge and end[0] > below[0] and end[1] > below[1]:
        return [below, (below[0], end[1]), end]
    if end[0] > start[0] and not is_edge:
        middle = end[0] - _GAP_X / 2
        return [start, end] if start[1] == end[1] else [start, (middle, start[1]), (middle, end[1]), end]
    # Back, or down from an edge: under both, in a gap between rows.
    foot = (target.x + target.width / 2, target.y + target.height)
    depth = max(below[1], foot[1]) + _GAP_Y / 2
    return [below, (below[0], depth), (foot[0], depth), foot]


def _size(node: xml.Element, inner: Picture | None) -> Point:
    kind = xml.kind(node)
    if inner is not None:
        return max(inner.width + 2 * _PAD, _TASK[0]), max(inner.height + 2 * _PAD, _TASK[1])
    return _EVENT if kind.endswith("Event") else _GATEWAY if kind.endswith("Gateway") else _TASK


def _leaves(process: xml.Element) -> list[xml.Element]:
    return [lane for lane in xml.find(process, ".//bpmn:lane") if not xml.find(lane, "./bpmn:childLaneSet/bpmn:lane")]


def _bands(process: xml.Element) -> list[list[str]]:
    """The nodes of each innermost lane."""
    references = [xml.find(lane, "./bpmn:flowNodeRef") for lane in _leaves(process)]
    return [[(each.text or "").strip() for each in found] for found in references]


def _band_of(keys: Iterable[str], bands: list[list[str]]) -> dict[str, int]:
    by_key = {key: number for number, band in enumerate(bands) for key in band}
    return {key: by_key.get(key, 0) for key in keys}


def _pool(root: xml.Element, process: xml.Element) -> xml.Element | None:
    """The pool of a process; made where there are lanes, which stand in pools only."""
    for each in xml.find(root, "./bpmn:collaboration/bpmn:participant"):
        if each.get("processRef") == process.get("id"):
            return each
    if not _leaves(process):
        return None
    found = xml.find(root, "./bpmn:collaboration")
    collaboration = (
        found[0] if found else etree.Element(f"{{{xml.BPMN}}}collaboration", id=f"{process.get('id')}_pools")
    )
    if not found:
        process.addprevious(collaboration)
    name = process.get("name") or process.get("id")
    pool = {"id": f"{process.get('id')}_pool", "name": name, "processRef": process.get("id")}
    return etree.SubElement(collaboration, f"{{{xml.BPMN}}}participant", pool)


def _in_pool(picture: Picture, pool: xml.Element, process: xml.Element) -> Picture:
    """Lanes as bands around the rows of their nodes, one under the other, and the pool around them."""
    leaves, whole = _leaves(process), Picture()
    whole.add(picture, 2 * _HEAD, 0)
    width, top = picture.width + 2 * _HEAD, 0.0
    for number, lane in enumerate(leaves):
        inside = [picture.frames[key] for key in _bands(process)[number] if key in picture.frames]
        bottom = max((frame.y + frame.height + _GAP_Y / 2 for frame in inside), default=top + _TASK[1] + _GAP_Y)
        bottom = max(bottom, picture.height) if number == len(leaves) - 1 else max(bottom, top + _TASK[1])
        whole.frames[lane.get("id")] = Frame(_HEAD, top, width - _HEAD, bottom - top)
        top = bottom
    whole.frames[pool.get("id")] = Frame(0, 0, width, max(top, picture.height))
    return whole


def _write(root: xml.Element, process: xml.Element, picture: Picture, pool: xml.Element | None) -> None:
    names = xml.NAMES
    diagram = etree.SubElement(
        root, f"{{{names['bpmndi']}}}BPMNDiagram", nsmap={key: names[key] for key in ("bpmndi", "dc", "di")}
    )
    shown = pool.getparent() if pool is not None else process
    diagram.set("id", f"{process.get('id')}_diagram")
    plane = etree.SubElement(diagram, f"{{{names['bpmndi']}}}BPMNPlane", bpmnElement=shown.get("id") or "")
    plane.set("id", f"{process.get('id')}_plane")
    kinds = {each.get("id"): xml.kind(each) for each in root.iter(f"{{{xml.BPMN}}}*")}
    order = {"participant": 0, "lane": 1}
    for key, frame in sorted(picture.frames.items(), key=lambda item: order.get(kinds.get(item[0], ""), 2)):
        shape = etree.SubElement(plane, f"{{{names['bpmndi']}}}BPMNShape", id=f"{key}_di", bpmnElement=key)
        if kinds.get(key) in order:
            shape.set("isHorizontal", "true")
        if kinds.get(key) == "subProcess":
            shape.set("isExpanded", "true")
        bounds = {name: f"{getattr(frame, name):g}" for name in ("x", "y", "width", "height")}
        etree.SubElement(shape, f"{{{names['dc']}}}Bounds", bounds)
    for key, line in picture.lines.items():
        edge = etree.SubElement(plane, f"{{{names['bpmndi']}}}BPMNEdge", id=f"{key}_di", bpmnElement=key)
        for x, y in line:
            etree.SubElement(edge, f"{{{names['di']}}}waypoint", x=f"{x:g}", y=f"{y:g}")
