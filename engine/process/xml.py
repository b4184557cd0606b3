"""Reading XML that strangers upload: no entities, no document type, no network, no more than a megabyte."""

from typing import Any

from lxml import etree

from engine.kit.i18n import N_
from engine.process.errors import UnreadableXml

MOST_BYTES = 1024 * 1024
MOST_ELEMENTS = 20_000
MOST_DEPTH = 100
BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
NAMES = {
    "bpmn": BPMN,
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
    "cityloop": "urn:cityloop:bpmn",
}
Element = Any
"""An lxml element; the library carries no types."""


def read(xml: bytes | str) -> Element:
    """The root of a BPMN document.

    Raises UnreadableXml for anything above the caps, with a document type or entities, ill-formed, or not BPMN.
    """
    content = xml.encode() if isinstance(xml, str) else xml
    if len(content) > MOST_BYTES:
        raise UnreadableXml(reason=N_("it is larger than 1 MB"))
    root = _parsed(content)
    if root.getroottree().docinfo.doctype:
        raise UnreadableXml(reason=N_("it declares a document type or entities"))
    if root.tag != f"{{{BPMN}}}definitions":
        raise UnreadableXml(reason=N_("it is not a BPMN drawing"))
    _check_shape(root)
    return root


def find(node: Element, path: str) -> list[Element]:
    """What ``path`` (an XPath with our prefixes) selects below ``node``."""
    found: list[Element] = node.xpath(path, namespaces=NAMES)
    return found


def kind(node: Element) -> str:
    """The local name of an element: "userTask"; empty for comments."""
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


def extension(node: Element, name: str) -> Element | None:
    """The element ``cityloop:name`` among the node's own extension elements."""
    found = find(node, f"./bpmn:extensionElements/cityloop:{name}")
    return found[0] if found else None


def _parsed(content: bytes) -> Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        # The parser names the place twice, the second time as a file called "<string>".
        reason = str(error).partition("\n")[0].partition(" (<string>")[0]
        raise UnreadableXml(reason=reason[:200] or "XML") from error


def _check_shape(root: Element) -> None:
    """Small files can be deep or crowded enough to stall what walks over them."""
    depth = 0
    for count, (event, _) in enumerate(etree.iterwalk(root, events=("start", "end"))):
        depth += 1 if event == "start" else -1
        if depth > MOST_DEPTH or count > 2 * MOST_ELEMENTS:
            raise UnreadableXml(reason=N_("it is too deep or has too many elements"))
