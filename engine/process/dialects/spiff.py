"""SpiffWorkflow's own drawings (SpiffArena): forms as properties, Python before and after, operators of services."""

from lxml import etree

from engine.process import xml
from engine.process.dialects import remarks
from engine.process.dialects.sheet import Sheet

NAMESPACES = ("http://spiffworkflow.org/bpmn/schema/1.0/core", "http://spiffworkflow.org/bpmn/schema")
_SILENT = {"unitTests", "formUiSchemaFilename", "category", "allowGuest"}
_LOSSES = {
    "preScript": remarks.NO_CODE, "postScript": remarks.NO_CODE, "calledDecisionId": remarks.NO_DECISION,
    "messagePayload": remarks.NO_DATA, "payloadExpression": remarks.NO_DATA, "messageVariable": remarks.NO_DATA,
    "variableName": remarks.NO_DATA, "processVariableCorrelation": remarks.NO_DATA, "dueDate": remarks.NO_DUE,
}  # fmt: skip


def translate(sheet: Sheet) -> None:
    """Make forms, instructions and services ours; leave out the rest."""
    for element in list(sheet.root.iter(f"{{{xml.BPMN}}}*")):
        sheet.take_attributes(element, NAMESPACES)
        for each in sheet.take_extensions(element, NAMESPACES):
            _extension(sheet, element, each)


def _extension(sheet: Sheet, element: xml.Element, extension: xml.Element) -> None:
    name, text = etree.QName(extension).localname, "".join(extension.itertext()).strip()
    if name == "properties":
        for each in extension:
            _property(sheet, element, each.get("name", ""), each.get("value", ""))
    elif name == "instructionsForEndUser":
        sheet.give_help(element, text)
    elif name == "serviceTaskOperator":
        params = {each.get("id", ""): _literal(each.get("value", "")) for each in extension.iter() if each.get("value")}
        sheet.give_action(element, extension.get("id", ""), params)
    elif name not in _SILENT:
        sheet.lose(element, _LOSSES.get(name, remarks.NO_SETTING), f"{name} {text}".strip())


def _property(sheet: Sheet, element: xml.Element, name: str, value: str) -> None:
    if name == "formJsonSchemaFilename":
        # Its files are called "handling-schema.json".
        sheet.give_form(element, value.removesuffix(".json").removesuffix("-schema"))
    elif name not in _SILENT:
        sheet.lose(element, remarks.NO_SETTING, f"{name}={value}")


def _literal(value: str) -> str:
    """A quoted text as it is; an expression is marked, so that it is not taken for one."""
    return value if value[:1] in {'"', "'"} else f"={value}"
