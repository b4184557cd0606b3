"""jBPM and Kogito: groups and forms stand in the data that goes into a step; code in Java and MVEL."""

import re

from lxml import etree

from engine.process import expressions, xml
from engine.process.dialects import remarks
from engine.process.dialects.sheet import Sheet

NAMESPACES = (
    "http://www.jboss.org/drools",
    "http://www.jboss.org/drools/flow/gpd",
    "http://www.bpsim.org/schemas/1.0",
    "http://bpsim.org/schemas/1.0",
    "http://www.bpsim.org/schemas/2.0",
)
_ENGINE_INPUTS = {
    "Skippable",
    "Priority",
    "NodeName",
    "Locale",
    "CreatedBy",
    "Content",
    "TaskName",
    "GroupId",
    "ActorId",
}
_DUE = {"customSLADueDate", "NotStartedReassign", "NotCompletedReassign", "NotStartedNotify", "NotCompletedNotify"}
_SET = re.compile(r"kcontext\s*\.\s*setVariable\(\s*\"([A-Za-z_]\w*)\"\s*,\s*(.+?)\s*\)\s*;?")


def translate(sheet: Sheet) -> None:
    """Make groups, forms, services and plain scripts ours; leave out the rest."""
    if not set(NAMESPACES) & set(sheet.root.nsmap.values()):
        return
    for element in list(sheet.root.iter(f"{{{xml.BPMN}}}*")):
        attributes = sheet.take_attributes(element, NAMESPACES)
        for each in sheet.take_extensions(element, NAMESPACES):
            _extension(sheet, element, each)
        if attributes.get("taskName"):
            _work_item(sheet, element, attributes["taskName"])
        if attributes.get("ruleFlowGroup"):
            sheet.lose(element, remarks.NO_DECISION, attributes["ruleFlowGroup"])
        if attributes.get("serviceoperation"):
            sheet.give_action(element, attributes["serviceoperation"])
        if xml.find(element, "./bpmn:ioSpecification"):
            _inputs(sheet, element)
        if xml.kind(element) == "scriptTask":
            _script(sheet, element)


def _extension(sheet: Sheet, element: xml.Element, extension: xml.Element) -> None:
    name = etree.QName(extension).localname
    if name in {"onEntry-script", "onExit-script", "import", "global"}:
        told = "".join(extension.itertext()).strip() or extension.get("name") or extension.get("identifier") or ""
        sheet.lose(element, remarks.NO_CODE, f"{name} {told}")
    elif name == "metaData" and extension.get("name") in _DUE:
        sheet.lose(element, remarks.NO_DUE, f"{extension.get('name')} {''.join(extension.itertext()).strip()}")


def _work_item(sheet: Sheet, element: xml.Element, name: str) -> None:
    """An untyped task with a handler's name is a service."""
    element.tag = f"{{{xml.BPMN}}}serviceTask"
    sheet.give_action(element, name)


def _inputs(sheet: Sheet, element: xml.Element) -> None:
    """The form and the group of a step; whatever else goes in and out is lost."""
    names = {
        each.get("id"): each.get("name", "") for each in xml.find(element, "./bpmn:ioSpecification/bpmn:dataInput")
    }
    given = {}
    for association in xml.find(element, "./bpmn:dataInputAssociation"):
        target = "".join(each.text or "" for each in xml.find(association, "./bpmn:targetRef")).strip()
        values = [(each.text or "").strip() for each in xml.find(association, "./bpmn:assignment/bpmn:from")]
        given[names.get(target, target)] = values[0] if values else ""
    if xml.kind(element) == "userTask":
        if given.get("TaskName"):
            sheet.give_form(element, given["TaskName"])
        if given.get("GroupId"):
            sheet.give_group(element, given["GroupId"])
        if given.get("ActorId"):
            sheet.lose(element, remarks.NO_PERSON, given["ActorId"])
    outputs = [each.get("name", "") for each in xml.find(element, "./bpmn:ioSpecification/bpmn:dataOutput")]
    others = sorted({*names.values(), *outputs} - _ENGINE_INPUTS)
    if others:
        sheet.lose(element, remarks.NO_DATA, ", ".join(others))
    for each in xml.find(
        element, "./bpmn:ioSpecification | ./bpmn:dataInputAssociation | ./bpmn:dataOutputAssociation"
    ):
        element.remove(each)


def _script(sheet: Sheet, element: xml.Element) -> None:
    """A script that does nothing but set variables to what CEL can say."""
    found = xml.find(element, "./bpmn:script")
    source = (found[0].text or "").strip() if found else ""
    matches = [_SET.fullmatch(line.strip()) for line in source.splitlines() if line.strip()]
    lines = "\n".join(f"{match[1]} = {match[2]}" for match in matches if match)
    if not matches or not all(matches) or not _is_cel(lines):
        return
    found[0].text = lines
    element.attrib.pop("scriptFormat", None)
    sheet.note(element, remarks.SCRIPT, source, lines)


def _is_cel(lines: str) -> bool:
    try:
        return all(expressions.compiled(source) for _, source in expressions.assignments(lines))
    except expressions.Refused:
        return False
