"""Drawings as people bring them, made into ours as far as they can be honoured: what was translated, what was lost."""

from dataclasses import dataclass

from lxml import etree

from engine.process import laying_out, xml
from engine.process.dialects import camunda, jbpm, naming, plain, remarks, spiff, zeebe
from engine.process.dialects.sheet import Sheet
from engine.process.finding import Finding

_DIALECTS = (
    naming.translate,
    camunda.translate,
    zeebe.translate,
    jbpm.translate,
    spiff.translate,
    plain.translate,
    plain.expressions,
    plain.leftovers,
    laying_out.where_missing,
)


@dataclass(frozen=True)
class Imported:
    """``xml`` is the drawing as it may be drawn on and published; nothing in it is of another tool's own."""

    xml: str
    notes: tuple[Finding, ...] = ()
    losses: tuple[Finding, ...] = ()


def read(source: bytes | str) -> Imported:
    """Import a file: Camunda 7 and 8, Flowable, Activiti, jBPM, SpiffWorkflow, Signavio, bpmn.io and our own.

    What is imported once is imported again without change. Raises UnreadableXml.
    """
    found = xml.text_of(source)
    root = xml.read(source)
    before = etree.tostring(root)
    sheet = Sheet(root)
    if isinstance(source, bytes) and not found.is_as_declared:
        sheet.note(sheet.root, remarks.ENCODING, found.declared, found.used)
    if sheet.root.get("exporter") and not sheet.is_own:
        tool = f"{sheet.root.get('exporter')} {sheet.root.get('exporterVersion') or ''}".strip()
        sheet.note(sheet.root, remarks.TOOL, tool)
    for step in _DIALECTS:
        step(sheet)
    if etree.tostring(root) == before and sheet.root is root:
        return Imported(f"{xml.DECLARATION}{found.text}", sheet.notes, sheet.losses)
    etree.cleanup_namespaces(sheet.root, keep_ns_prefixes=list(_PREFIXES & {p for p in sheet.root.nsmap if p}))
    return Imported(xml.written(sheet.root), sheet.notes, sheet.losses)


_PREFIXES = {"cityloop", "xsi", "bpmn", "bpmn2", "semantic", "bpmndi", "dc", "di", "omgdc", "omgdi"}
