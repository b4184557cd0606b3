"""Reading XML that strangers upload: no entities, no document type, no network, no more than a megabyte."""

import re
from typing import Any

from lxml import etree

from engine.kit.decoding import Decoded, NotXml, decoded
from engine.kit.i18n import N_

MOST_BYTES = 1024 * 1024
MOST_ELEMENTS = 20_000
MOST_DEPTH = 100
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
Element = Any
"""An lxml element; the library carries no types."""


def text_of(source: bytes | str) -> Decoded:
    """The text of a file.

    Raises NotXml for what is too large, packed, or no text.
    """
    # Looked at first: what is too large is not even decoded.
    if len(source) > MOST_BYTES:
        raise NotXml(N_("it is larger than 1 MB"))
    if isinstance(source, bytes):
        return decoded(source)
    return decoded(source.encode("utf-8", "replace"))


def read(source: bytes | str) -> Element:
    """The root of a document.

    Raises NotXml for anything above the caps, with a document type or entities, or ill-formed.
    """
    text = text_of(source).text
    if _declares_type(text):
        raise NotXml(N_("it declares a document type or entities"))
    root = _parsed(text.encode())
    if root.getroottree().docinfo.doctype:
        raise NotXml(N_("it declares a document type or entities"))
    _check_shape(root)
    return root


def written(root: Element) -> str:
    """A document as the text of a file."""
    return f"{DECLARATION}\n{etree.tostring(root, encoding='unicode')}\n"


def kind(node: Element) -> str:
    """The local name of an element: "userTask"; empty for comments."""
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


def namespace(node: Element) -> str:
    """The namespace of an element; empty where it has none."""
    return str(etree.QName(node).namespace or "")


_BLANK = re.compile(r"\s*")


def _declares_type(text: str) -> bool:
    """Whether a document type stands before the root: seen without parsing, so that no entity is ever looked at."""
    place = 0
    while True:
        place = _BLANK.match(text, place).end()  # type: ignore[union-attr]
        close = "-->" if text.startswith("<!--", place) else "?>" if text.startswith("<?", place) else ""
        end = text.find(close, place + 2) if close else -1
        if end < 0:
            return text.startswith("<!", place)
        place = end + len(close)


def _parsed(content: bytes) -> Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True, encoding="utf-8",
    )  # fmt: skip
    try:
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        # The parser names the place twice, the second time as a file called "<string>".
        reason = str(error).partition("\n")[0].partition(" (<string>")[0]
        raise NotXml(reason[:200] or "XML") from error


def _check_shape(root: Element) -> None:
    """Small files can be deep or crowded enough to stall what walks over them."""
    depth = 0
    for count, (event, _) in enumerate(etree.iterwalk(root, events=("start", "end"))):
        depth += 1 if event == "start" else -1
        if depth > MOST_DEPTH or count > 2 * MOST_ELEMENTS:
            raise NotXml(N_("it is too deep or has too many elements"))
