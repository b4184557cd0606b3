"""Drawings as XML: what strangers upload is read by ``kit.xml``, and must be BPMN."""

from engine.kit import xml as hardened
from engine.kit.decoding import Decoded, NotXml
from engine.kit.i18n import N_
from engine.kit.xml import DECLARATION, MOST_BYTES, Element, kind, written
from engine.process.errors import UnreadableXml

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
NAMES = {
    "bpmn": BPMN,
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
    "cityloop": "urn:cityloop:bpmn",
}
__all__ = [
    "BPMN", "DECLARATION", "MOST_BYTES", "NAMES", "Element", "extension", "find", "kind", "read", "text_of", "written",
]  # fmt: skip


def text_of(source: bytes | str) -> Decoded:
    """The text of a drawing's file.

    Raises UnreadableXml for what is too large, packed, or no text.
    """
    try:
        return hardened.text_of(source)
    except NotXml as error:
        raise UnreadableXml(reason=error.reason, **error.params) from error


def read(source: bytes | str) -> Element:
    """The root of a BPMN document.

    Raises UnreadableXml for anything above the caps, with a document type or entities, ill-formed, or not BPMN.
    """
    try:
        root = hardened.read(source)
    except NotXml as error:
        raise UnreadableXml(reason=error.reason, **error.params) from error
    if root.tag != f"{{{BPMN}}}definitions":
        raise UnreadableXml(reason=_OTHER.get(hardened.namespace(root), N_("it is not a BPMN drawing")))
    return root


def find(node: Element, path: str) -> list[Element]:
    """What ``path`` (an XPath with our prefixes) selects below ``node``."""
    found: list[Element] = node.xpath(path, namespaces=NAMES)
    return found


def extension(node: Element, name: str) -> Element | None:
    """The element ``cityloop:name`` among the node's own extension elements."""
    found = find(node, f"./bpmn:extensionElements/cityloop:{name}")
    return found[0] if found else None


_DMN = N_("it is a decision table (DMN), not a drawing of a process")
_CMMN = N_("it is a case plan (CMMN), not a drawing of a process")
_OTHER = {
    "http://www.omg.org/spec/DMN/20180521/MODEL/": _DMN,
    "https://www.omg.org/spec/DMN/20191111/MODEL/": _DMN,
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd": _DMN,
    "http://www.omg.org/spec/CMMN/20151109/MODEL": _CMMN,
    "http://www.wfmc.org/2009/XPDL2.2": N_("it is XPDL; please export it as BPMN 2.0"),
}
