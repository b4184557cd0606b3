"""Camunda 7, and its relatives Activiti and Flowable: attributes and extension elements of a namespace of their own."""

import re

from lxml import etree

from engine.process import xml
from engine.process.dialects import remarks
from engine.process.dialects.sheet import Sheet

NAMESPACES = (
    "http://camunda.org/schema/1.0/bpmn",
    "http://www.camunda.com/fox",
    "http://flowable.org/bpmn",
    "http://activiti.org/bpmn",
)
_SILENT = {"versionTag", "modelerTemplate", "modelerTemplateVersion", "historyTimeToLive", "initiator", "type",
           "exclusive", "asyncBefore", "asyncAfter", "async", "asynchronous", "priority", "jobPriority",
           "isStartableInTasklist", "formFieldValidation", "candidateStarterGroups", "candidateStarterUsers",
           "sameDeployment", "modelVersion"}  # fmt: skip
"""Settings of that engine's own working: nothing of the process is lost with them."""
_ATTRIBUTES = {
    "assignee": remarks.NO_PERSON, "candidateUsers": remarks.NO_PERSON, "owner": remarks.NO_PERSON,
    "dueDate": remarks.NO_DUE, "followUpDate": remarks.NO_DUE, "businessCalendarName": remarks.NO_DUE,
    "decisionRef": remarks.NO_DECISION, "rules": remarks.NO_DECISION, "resource": remarks.NO_CODE,
    "skipExpression": remarks.NO_CODE, "resultVariable": remarks.NO_DATA, "resultVariableName": remarks.NO_DATA,
}  # fmt: skip
_ELEMENTS = {
    "executionListener": remarks.NO_CODE, "taskListener": remarks.NO_CODE, "eventListener": remarks.NO_CODE,
    "connector": remarks.NO_CODE, "script": remarks.NO_CODE, "field": remarks.NO_DATA, "inputOutput": remarks.NO_DATA,
    "in": remarks.NO_DATA, "out": remarks.NO_DATA, "formData": remarks.NO_FIELDS, "formProperty": remarks.NO_FIELDS,
}  # fmt: skip
_CODE = ("delegateExpression", "class", "expression")


def translate(sheet: Sheet) -> None:
    """Make forms, groups and services ours; leave out the rest."""
    for element in list(sheet.root.iter(f"{{{xml.BPMN}}}*")):
        extensions = sheet.take_extensions(element, NAMESPACES)
        attributes = sheet.take_attributes(element, NAMESPACES)
        if not attributes and not extensions:
            continue
        _step(sheet, element, attributes)
        _service(sheet, element, attributes, _inputs(extensions))
        _losses(sheet, element, attributes)
        for each in extensions:
            _extension(sheet, element, each)


def _step(sheet: Sheet, element: xml.Element, attributes: dict[str, str]) -> None:
    for name in ("formKey", "formRef"):
        if xml.kind(element) == "userTask" and name in attributes:
            sheet.give_form(element, attributes.pop(name))
    if xml.kind(element) == "userTask" and "candidateGroups" in attributes:
        sheet.give_group(element, attributes.pop("candidateGroups"))


def _service(sheet: Sheet, element: xml.Element, attributes: dict[str, str], inputs: dict[str, str]) -> None:
    if xml.kind(element) not in {"serviceTask", "sendTask", "businessRuleTask"}:
        return
    topic = attributes.pop("topic", None)
    if topic is not None:
        sheet.give_action(element, topic, inputs)
    for name in _CODE:
        if name in attributes:
            # Of "com.city.FindDepartment" and "${findDepartment.execute(case)}" the name is read, nothing is called.
            source = attributes.pop(name)
            found = re.search(r"[A-Za-z_]\w*", source.strip("${}# ").rpartition(".")[2] if name == "class" else source)
            sheet.give_action(element, found[0] if found else source, inputs)
    if "type" in attributes and attributes["type"] != "external":
        sheet.lose(element, remarks.NO_ACTION, attributes.pop("type"))


def _inputs(extensions: list[xml.Element]) -> dict[str, str]:
    """Parameters of a service that are plain texts."""
    return {
        each.get("name", ""): (each.text or "").strip()
        for extension in extensions
        for each in extension.iter()
        if isinstance(each.tag, str) and etree.QName(each).localname == "inputParameter" and not len(each)
    }


def _losses(sheet: Sheet, element: xml.Element, attributes: dict[str, str]) -> None:
    for name, value in attributes.items():
        if name in _CODE:
            sheet.lose(element, remarks.NO_CODE, f"{name}={value}")
        elif name in _ATTRIBUTES:
            sheet.lose(element, _ATTRIBUTES[name], f"{name}={value}")
        elif name not in _SILENT:
            sheet.lose(element, remarks.NO_SETTING, f"{name}={value}")


def _extension(sheet: Sheet, element: xml.Element, extension: xml.Element) -> None:
    name = etree.QName(extension).localname
    service = xml.extension(element, "action") is not None
    if name == "inputOutput" and service and not xml.find(extension, "./*[local-name()='outputParameter']"):
        return
    if name in {"property", "properties", "failedJobRetryTimeCycle", "potentialStarter"}:
        sheet.lose(element, remarks.NO_SETTING, name)
    else:
        inside = [each.get("id") or each.get("name") or "" for each in extension]
        told = ", ".join(filter(None, [name, extension.get("class"), extension.get("event"), *inside]))
        sheet.lose(element, _ELEMENTS.get(name, remarks.NO_SETTING), told)
