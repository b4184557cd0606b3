"""A drawing as other tools open it: plain BPMN 2.0, in the order of its schema, with our data as extensions."""

from lxml import etree

from engine.process import laying_out, xml
from engine.process.dialects.sheet import Sheet

_FIRST = ("documentation", "extensionElements", "auditing", "monitoring")
_LEADS = {
    "process": (*_FIRST, "property", "laneSet"),
    "subProcess": (*_FIRST, "incoming", "outgoing", "property", "laneSet"),
    "definitions": ("import", "extension"),
}
_LASTS = {"process": ("artifact",), "definitions": ("BPMNDiagram", "relationship")}
_ARTIFACTS = {"textAnnotation", "association", "group"}
_FLOWS = ("incoming", "outgoing")


def plain(source: bytes | str) -> str:
    """The drawing for other tools; importing it again loses nothing.

    Which flows enter and leave is written at each node, conditions carry their type, the order is that of the schema,
    and there is a picture. Raises UnreadableXml.
    """
    root = xml.read(source)
    sheet = Sheet(root)
    laying_out.where_missing(sheet)
    root = sheet.root
    _flows(root)
    for element in root.iter(f"{{{xml.BPMN}}}*"):
        _order(element)
        if xml.kind(element) == "conditionExpression":
            prefix = f"{element.prefix}:" if element.prefix else ""
            element.set(f"{{{_XSI}}}type", f"{prefix}tFormalExpression")
    root.set("exporter", "CityLoop")
    if not root.get("targetNamespace"):
        root.set("targetNamespace", "urn:cityloop:workflows")
    etree.cleanup_namespaces(root, keep_ns_prefixes=["cityloop"])
    return xml.written(root)


def _flows(root: xml.Element) -> None:
    """Other tools draw only the flows that both their ends name."""
    flows = xml.find(root, ".//bpmn:sequenceFlow")
    for each in xml.find(root, ".//bpmn:incoming | .//bpmn:outgoing"):
        each.getparent().remove(each)
    by_id = {each.get("id"): each for each in root.iter(f"{{{xml.BPMN}}}*") if each.get("id")}
    for name, end in (("incoming", "targetRef"), ("outgoing", "sourceRef")):
        for flow in flows:
            if flow.get("id") and flow.get(end) in by_id:
                etree.SubElement(by_id[flow.get(end)], f"{{{xml.BPMN}}}{name}").text = flow.get("id")


def _order(element: xml.Element) -> None:
    """Sort children as the schema has them; what it leaves open stays as it was."""
    kind = xml.kind(element)
    leads = _LEADS.get(kind, (*_FIRST, *_FLOWS))
    lasts = _LASTS.get(kind, ())

    def place(child: xml.Element) -> int:
        name = "artifact" if xml.kind(child) in _ARTIFACTS and "artifact" in lasts else xml.kind(child)
        if name in leads:
            return leads.index(name)
        return len(leads) + 1 + lasts.index(name) if name in lasts else len(leads)

    children = list(element)
    ordered = sorted(children, key=place)
    if ordered != children:
        element[:] = ordered


_XSI = "http://www.w3.org/2001/XMLSchema-instance"
