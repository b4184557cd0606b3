"""Camunda 8 (Zeebe): everything stands in extension elements, and expressions are FEEL behind an equals sign."""

from lxml import etree

from engine.process import translating, xml
from engine.process.dialects import remarks
from engine.process.dialects.sheet import Sheet

NAMESPACES = ("http://camunda.org/schema/zeebe/1.0", "http://camunda.org/schema/modeler/1.0")
_SILENT = {"userTask", "versionTag", "subscription", "taskHeaders", "header", "publishMessage", "priorityDefinition"}
_LOSSES = {
    "taskSchedule": remarks.NO_DUE, "ioMapping": remarks.NO_DATA, "input": remarks.NO_DATA, "output": remarks.NO_DATA,
    "executionListeners": remarks.NO_CODE, "taskListeners": remarks.NO_CODE, "userTaskForm": remarks.NO_FIELDS,
    "calledDecision": remarks.NO_DECISION,
}  # fmt: skip
_KNOWN = {"taskDefinition", "formDefinition", "assignmentDefinition", "script"}


def translate(sheet: Sheet) -> None:
    """Make workers, forms, groups and scripts ours; leave out the rest."""
    for element in list(sheet.root.iter(f"{{{xml.BPMN}}}*")):
        extensions = sheet.take_extensions(element, NAMESPACES)
        sheet.take_attributes(element, NAMESPACES)
        named = {etree.QName(each).localname: each for each in extensions}
        if "taskDefinition" in named:
            _worker(sheet, element, named)
        if "formDefinition" in named:
            form = named["formDefinition"]
            key = form.get("formId") or form.get("externalReference") or form.get("formKey") or ""
            sheet.give_form(element, key.removeprefix("camunda-forms:bpmn:"))
        if "assignmentDefinition" in named:
            _assignment(sheet, element, named["assignmentDefinition"])
        if "script" in named:
            _script(sheet, element, named["script"])
        for name, each in named.items():
            if name not in _SILENT | _KNOWN and not _is_used(element, name, each):
                sheet.lose(element, _LOSSES.get(name, remarks.NO_SETTING), _told(name, each))


def _worker(sheet: Sheet, element: xml.Element, named: dict[str, xml.Element]) -> None:
    params = {}
    for name in ("taskHeaders", "ioMapping"):
        for each in named.get(name, ()):
            if etree.QName(each).localname in {"header", "input"}:
                value = each.get("value") or each.get("source") or ""
                # A text in FEEL is quoted behind the equals sign; anything else there is an expression.
                params[each.get("key") or each.get("target") or ""] = value[1:] if value.startswith('="') else value
    sheet.give_action(element, named["taskDefinition"].get("type", ""), params)


def _assignment(sheet: Sheet, element: xml.Element, assignment: xml.Element) -> None:
    sheet.give_group(element, assignment.get("candidateGroups", ""))
    for name in ("assignee", "candidateUsers"):
        if assignment.get(name):
            sheet.lose(element, remarks.NO_PERSON, f"{name}={assignment.get(name)}")


def _script(sheet: Sheet, element: xml.Element, script: xml.Element) -> None:
    source, name = script.get("expression", ""), script.get("resultVariable", "")
    better = translating.condition(source) if source.startswith("=") else None
    if better is None or not name.isidentifier():
        sheet.lose(element, remarks.NO_CODE, source)
        return
    line = f"{name} = {better}"
    for each in xml.find(element, "./bpmn:script"):
        element.remove(each)
    etree.SubElement(element, f"{{{xml.BPMN}}}script").text = line
    sheet.note(element, remarks.SCRIPT, source, line)


def _is_used(element: xml.Element, name: str, extension: xml.Element) -> bool:
    """Whether the inputs of a service became parameters of its action, and nothing came out of it."""
    has_action = xml.extension(element, "action") is not None
    return name == "ioMapping" and has_action and not xml.find(extension, "./*[local-name()='output']")


def _told(name: str, extension: xml.Element) -> str:
    inside = [each.get("target") or each.get("name") or each.get("type") or "" for each in extension.iter("*")]
    return ", ".join(filter(None, [name, *extension.attrib.values(), *inside]))
