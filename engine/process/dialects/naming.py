"""Ids that other tools give: those that would be mistaken here are changed, wherever they are named."""

import re
from collections import Counter
from collections.abc import Iterable

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
    "task", "sendTask", "businessRuleTask", "callActivity", "complexGateway", "sequenceFlow", "startEvent",
    "endEvent", "userTask", "manualTask", "serviceTask", "scriptTask", "lane", "process", "exclusiveGateway",
    "parallelGateway", "inclusiveGateway", "boundaryEvent", "intermediateCatchEvent", "subProcess", "receiveTask",
    "eventBasedGateway", "intermediateThrowEvent",
}  # fmt: skip


def translate(sheet: Sheet) -> None:
    """Give every element of a process an id that is plain and not reserved."""
    elements = list(sheet.root.iter(f"{{{xml.BPMN}}}*"))
    names = _Names(each.get("id") for each in elements if each.get("id"))
    renamed: dict[str, str] = {}
    for element in elements:
        key = element.get("id")
        if key is None and xml.kind(element) in _NEED_ID:
            element.set("id", names.free(xml.kind(element)))
        elif key is not None and key not in renamed and (key in RESERVED or not PLAIN.fullmatch(key)):
            renamed[key] = names.free(_plain(key) or xml.kind(element))
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


class _Names:
    """Ids that are taken, and how far each beginning has been counted up: thousands may ask for the same one."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken, self._counts = {*taken, *RESERVED}, Counter[str]()

    def free(self, wanted: str) -> str:
        """``wanted``, or with a number behind it, as nothing else is called."""
        name = wanted
        while name in self._taken:
            self._counts[wanted] += 1
            name = f"{wanted}_{self._counts[wanted]}"
        self._taken.add(name)
        return name
