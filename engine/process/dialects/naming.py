"""Ids that other tools give: those that would be mistaken here are changed, wherever they are named."""

import re
from itertools import count

from engine.process import xml
from engine.process.dialects import remarks
from engine.process.dialects.sheet import Sheet

RESERVED = {"Start", "End", "Root"}
"""Names that SpiffWorkflow gives to nodes of its own: a node of that id would be mistaken for them."""
PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,99}")
_NAMING = {
    "sourceRef", "targetRef", "attachedToRef", "default", "bpmnElement", "processRef", "messageRef",
    "calledElement", "dataObjectRef", "dataStoreRef", "itemSubjectRef", "errorRef", "signalRef",
}  # fmt: skip
_NAMING_ELEMENTS = ("flowNodeRef", "incoming", "outgoing", "sourceRef", "targetRef")
_NEED_ID = {
    "sequenceFlow", "startEvent", "endEvent", "userTask", "manualTask", "serviceTask", "scriptTask", "lane",
    "process", "exclusiveGateway", "parallelGateway", "inclusiveGateway", "boundaryEvent", "intermediateCatchEvent",
    "subProcess", "receiveTask", "eventBasedGateway", "intermediateThrowEvent",
}  # fmt: skip


def translate(sheet: Sheet) -> None:
    """Give every element of a process an id that is plain and not reserved."""
    elements = list(sheet.root.iter(f"{{{xml.BPMN}}}*"))
    taken = {each.get("id") for each in elements if each.get("id")}
    renamed: dict[str, str] = {}
    for element in elements:
        key = element.get("id")
        if key is None and xml.kind(element) in _NEED_ID:
            element.set("id", _free(xml.kind(element), taken))
        elif key is not None and key not in renamed and (key in RESERVED or not PLAIN.fullmatch(key)):
            renamed[key] = _free(_plain(key) or xml.kind(element), taken)
    if renamed:
        _rename(sheet, renamed)


def _rename(sheet: Sheet, renamed: dict[str, str]) -> None:
    for element in sheet.root.iter("*"):
        key = element.get("id")
        if key in renamed and element.tag.startswith(f"{{{xml.BPMN}}}"):
            element.set("id", renamed[key])
            sheet.note(element, remarks.ID, key, renamed[key])
        for name in _NAMING & set(element.attrib):
            element.set(name, renamed.get(element.get(name), element.get(name)))
        if xml.kind(element) in _NAMING_ELEMENTS:
            text = (element.text or "").strip()
            element.text = renamed.get(text, text)


def _plain(key: str) -> str:
    plain = re.sub(r"[^A-Za-z0-9_-]+", "_", key).strip("_-")[:80]
    return plain if PLAIN.fullmatch(plain) else f"id_{plain}" if plain else ""


def _free(wanted: str, taken: set[str]) -> str:
    found = next(
        name for name in (wanted if n == 0 else f"{wanted}_{n}" for n in count(0)) if name not in taken | RESERVED
    )
    taken.add(found)
    return found
