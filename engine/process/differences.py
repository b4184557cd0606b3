"""What has changed between two versions of a drawing: elements that came, went, changed or moved, with both values."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from engine.kit.i18n import N_
from engine.process import parser, xml
from engine.process.finding import NODES, is_bpmn

NEAR = 2.0
"""Pixels that an element may be shifted by without being said to have moved."""


_REFERENCES = {"from": "sourceRef", "to": "targetRef", "beside": "attachedToRef", "default": "default"}


class Kind(StrEnum):
    """What became of an element."""

    added = "added"
    removed = "removed"
    changed = "changed"
    moved = "moved"


ASPECTS = {
    "kind": N_("Kind"),
    "name": N_("Name"),
    "lane": N_("Who does it"),
    "form": N_("Form"),
    "act": N_("Act"),
    "stage": N_("Stage"),
    "clock": N_("Clock"),
    "action": N_("Action"),
    "timer": N_("Moment"),
    "condition": N_("Condition"),
    "default": N_("Otherwise"),
    "script": N_("Script"),
    "result": N_("Result"),
    "from": N_("From"),
    "to": N_("To"),
    "beside": N_("Beside"),
    "interrupts": N_("Takes the step away"),
    "message": N_("Message"),
    "documentation": N_("Description"),
    "department": N_("Department"),
    "notify": N_("Who is told when it opens"),
}
"""What can be different about an element (English msgids); properties and parameters go by their own names."""


@dataclass(frozen=True)
class Aspect:
    """One thing that is different; an empty value says that it is not given."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Difference:
    """What became of one element. ``element`` is BPMN's word for what it is.

    ``name`` is its id where it has none, and empty for such a line; ``ends`` are what a line comes from and leads to.
    Of what came or went, ``aspects`` say all that it is.
    """

    id: str
    element: str
    name: str
    kind: Kind
    aspects: tuple[Aspect, ...] = ()
    ends: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Element:
    element: str
    name: str
    aspects: Mapping[str, str]
    references: Mapping[str, str]
    """Ids of the elements that it names: where one of those has another name, this one has not changed."""
    place: tuple[float, ...]

    @property
    def titled(self) -> set[str]:
        """Aspects that are told by what the element is called."""
        return {"kind", "name"} | ({"from", "to"} if self.element == "sequenceFlow" else set())

    @property
    def ends(self) -> tuple[str, ...]:
        """What a line comes from and leads to; nothing of another element."""
        return (self.aspects["from"], self.aspects["to"]) if self.element == "sequenceFlow" else ()


def between(before: str | bytes, after: str | bytes) -> list[Difference]:
    """What has changed from one drawing's XML to another's: nodes first, then flows and lanes. Raises UnreadableXml."""
    old, new = _elements(xml.read(before)), _elements(xml.read(after))
    found = [_difference(key, old.get(key), new.get(key)) for key in dict.fromkeys([*old, *new])]
    order = {"sequenceFlow": 1, "lane": 2}
    return sorted((one for one in found if one is not None), key=lambda one: order.get(one.element, 0))


def told(source: str | bytes) -> dict[str, str]:
    """Every element of a drawing in one line, by its id: for lists of more than drawings. Raises UnreadableXml."""
    found = _elements(xml.read(source))
    return {key: " · ".join(filter(None, each.aspects.values())) for key, each in found.items()}


def nameless(*sources: str | bytes) -> dict[str, str]:
    """Which elements of drawings have no name, by id: BPMN's word for what each is. Raises UnreadableXml."""
    every = (each for source in sources for each in xml.read(source).iter() if is_bpmn(each))
    return {each.get("id"): xml.kind(each) for each in every if each.get("id") and not each.get("name")}


def _difference(key: str, old: _Element | None, new: _Element | None) -> Difference | None:
    if old is None:
        return _whole(key, new, Kind.added) if new is not None else None
    if new is None:
        return _whole(key, old, Kind.removed)
    names = dict.fromkeys([*old.aspects, *new.aspects])
    pairs = ((name, old.aspects.get(name, ""), new.aspects.get(name, "")) for name in names)
    same = {name for name, key in new.references.items() if old.references.get(name) == key}
    aspects = tuple(Aspect(*pair) for pair in pairs if pair[1] != pair[2] and pair[0] not in same)
    if aspects:
        return Difference(key, new.element, new.name or old.name, Kind.changed, aspects, new.ends)
    is_flow = new.element == "sequenceFlow"
    shifted = any(abs(one - other) > NEAR for one, other in zip(old.place, new.place, strict=False))
    return Difference(key, new.element, new.name, Kind.moved) if shifted and not is_flow else None


def _whole(key: str, element: _Element, kind: Kind) -> Difference:
    """One that came or went, with all that it is but what its title says."""
    told = ((name, value) for name, value in element.aspects.items() if value and name not in element.titled)
    aspects = (Aspect(name, "", value) if kind == Kind.added else Aspect(name, value, "") for name, value in told)
    return Difference(key, element.element, element.name, kind, tuple(aspects), element.ends)


def _elements(root: xml.Element) -> dict[str, _Element]:
    names = {each.get("id"): each.get("name") or each.get("id") for each in root.iter() if is_bpmn(each)}
    roles, places = parser.roles_by_node(root), _places(root)
    found = {}
    for each in root.iter():
        kind = xml.kind(each) if is_bpmn(each) else ""
        if each.get("id") and (kind in NODES or kind in {"sequenceFlow", "lane"}):
            key = each.get("id")
            told = dict(_aspects(each, kind, names)) | ({"lane": roles[key]} if key in roles else {})
            references = {name: each.get(given) for name, given in _REFERENCES.items() if each.get(given)}
            name = each.get("name") or ("" if kind == "sequenceFlow" else key)
            found[key] = _Element(kind, name, told, references, places.get(key, ()))
    return found


def _aspects(element: xml.Element, kind: str, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    yield "kind", kind
    yield "name", element.get("name") or ""
    yield "documentation", _text(element, "./bpmn:documentation")
    if kind == "lane":
        extension = xml.extension(element, "lane")
        yield "lane", (extension.get("role") if extension is not None else None) or ""
    if kind == "sequenceFlow":
        yield "from", names.get(element.get("sourceRef"), "")
        yield "to", names.get(element.get("targetRef"), "")
        yield "condition", _text(element, "./bpmn:conditionExpression")
        return
    yield from _of_node(element, names)


def _of_node(element: xml.Element, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    task, action, (clock, source) = parser.task_of(element), parser.action_of(element), parser.timer_of(element)
    yield from ((name, task[name] or "") for name in parser.TASK_ATTRIBUTES)
    yield from task["properties"].items()
    yield "action", action["action"] or ""
    yield from action["params"].items()
    yield "timer", clock or source or ""
    yield "script", _text(element, "./bpmn:script")
    yield from (parser.end_of(element)["end"] or {}).items()
    if element.get("default"):
        yield "default", names.get(element.get("default"), "")
    if element.get("attachedToRef"):
        yield "beside", names.get(element.get("attachedToRef"), "")
        yield "interrupts", element.get("cancelActivity") or "true"
    events = xml.find(element, "./bpmn:messageEventDefinition")
    if events or element.get("messageRef"):
        yield "message", names.get((events[0] if events else element).get("messageRef"), "")


def _text(element: xml.Element, path: str) -> str:
    return " ".join("".join(each.itertext()).strip() for each in xml.find(element, path))


def _places(root: xml.Element) -> dict[str, tuple[float, ...]]:
    """Where each element lies, from the upper left of the whole: a drawing that was shifted has not changed."""
    boxes = {di.get("bpmnElement"): xml.find(di, "./dc:Bounds") for di in xml.find(root, ".//bpmndi:BPMNShape")}
    found = {key: (float(each[0].get("x", 0)), float(each[0].get("y", 0)), float(each[0].get("width", 0)),
                   float(each[0].get("height", 0))) for key, each in boxes.items() if each}  # fmt: skip
    left, top = (min((place[axis] for place in found.values()), default=0.0) for axis in (0, 1))
    return {key: (x - left, y - top, wide, high) for key, (x, y, wide, high) in found.items()}
