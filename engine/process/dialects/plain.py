"""What every tool draws, and BPMN allows, but is not run here as it stands: untyped tasks, data, triggers of starts."""

from lxml import etree

from engine.process import parser, translating, vocabulary, xml
from engine.process.dialects import remarks
from engine.process.dialects.sheet import Sheet, match

_SAME = {"task": "userTask", "sendTask": "serviceTask", "businessRuleTask": "serviceTask"}
_DRAWN_DATA = ("dataObjectReference", "dataStoreReference")
_DECLARED = (
    "dataObject", "dataStore", "ioSpecification", "property", "dataInputAssociation", "dataOutputAssociation",
    "itemDefinition", "interface", "resource", "partnerRole", "partnerEntity", "import", "relationship",
    "correlationProperty", "correlationSubscription", "monitoring", "auditing", "extension", "endPoint",
    "correlationKey",
)  # fmt: skip
_PERFORMERS = ("potentialOwner", "humanPerformer", "performer", "resourceRole")


def translate(sheet: Sheet) -> None:
    """Make the elements themselves ours. A drawing of our own means what it says, and is left as it is."""
    if sheet.is_own:
        return
    _kinds(sheet)
    _performers(sheet)
    _starts(sheet)
    _data(sheet)
    _lanes(sheet)
    _steps(sheet)
    for process in sheet.all("process"):
        if process.get("isExecutable") != "true":
            if process.get("isExecutable") == "false":
                sheet.note(process, remarks.EXECUTABLE)
            process.set("isExecutable", "true")


def expressions(sheet: Sheet) -> None:
    """Conditions and times become CEL, in drawings of our own too; empty ones are taken away."""
    for element in sheet.all("conditionExpression"):
        source = "".join(element.itertext()).strip()
        better = translating.condition(source)
        if not source:
            element.getparent().remove(element)
        elif better is not None:
            element.text = better
            element.attrib.pop("language", None)
            sheet.note(element.getparent(), remarks.CONDITION, source, better)
    for element in sheet.all("timeCycle", "timeDuration", "timeDate"):
        source = (element.text or "").strip()
        better = translating.moment(source)
        if xml.kind(element) == "timeCycle":
            better = translating.once(source)
        if better is not None:
            element.tag = element.tag.replace("timeCycle", "timeDuration")
            element.text = better
            sheet.note(_node_of(element), remarks.TIME, source, better)


def _kinds(sheet: Sheet) -> None:
    for old, new in _SAME.items():
        for element in sheet.all(old):
            element.tag = f"{{{xml.BPMN}}}{new}"
            for name in ("implementation", "operationRef", "messageRef"):
                element.attrib.pop(name, None)
            sheet.note(element, remarks.KIND, old, new)


def _performers(sheet: Sheet) -> None:
    for element in sheet.all(*_PERFORMERS):
        step, text = element.getparent(), "".join(element.itertext()).strip()
        group = text.partition("group(")[2].partition(")")[0] or text
        if match(group, vocabulary.mapping("role")) is not None:
            sheet.give_group(step, group)
        elif text:
            sheet.lose(step, remarks.NO_PERSON, text)
        step.remove(element)


def _starts(sheet: Sheet) -> None:
    for start in sheet.all("startEvent"):
        triggers = [each for each in start if xml.kind(each).endswith("EventDefinition")]
        if xml.kind(start.getparent()) == "process":
            for each in triggers:
                sheet.lose(start, remarks.NO_START, xml.kind(each).removesuffix("EventDefinition"))
                start.remove(each)


def _data(sheet: Sheet) -> None:
    gone = set()
    for element in sheet.all(*_DRAWN_DATA):
        sheet.lose(element, remarks.NO_DRAWN_DATA, element.get("name") or xml.kind(element))
        gone.add(element.get("id"))
    for element in sheet.all(*_DRAWN_DATA, *_DECLARED):
        gone.add(element.get("id"))
        if element.getparent() is not None:
            element.getparent().remove(element)
    for element in sheet.all("association"):
        if {element.get("sourceRef"), element.get("targetRef")} & gone:
            gone.add(element.get("id"))
            element.getparent().remove(element)
    for picture in xml.find(sheet.root, ".//bpmndi:BPMNShape | .//bpmndi:BPMNEdge"):
        if picture.get("bpmnElement") in gone:
            picture.getparent().remove(picture)


def _lanes(sheet: Sheet) -> None:
    """A lane takes the role that it is called like, or that all its steps were given."""
    for lane in sheet.all("lane"):
        if xml.extension(lane, "lane") is None:
            sheet.give_lane_role(lane)
        inside = {(each.text or "").strip() for each in xml.find(lane, "./bpmn:flowNodeRef")}
        steps = [each for each in sheet.all("userTask", "manualTask") if each.get("id") in inside]
        roles = {parser.task_of(each)["properties"].get("role") for each in steps}
        own = xml.extension(lane, "lane")
        if len(roles) == 1 and None not in roles and (own is None or own.get("role") in roles):
            sheet.extend(lane, "lane").set("role", roles.pop() or "")
            for each in steps:
                sheet.extend(each, "task").attrib.pop("role")


def _steps(sheet: Sheet) -> None:
    plain = vocabulary.mapping("plain_step")
    for step in sheet.all("userTask", "manualTask") if plain else ():
        task = sheet.extend(step, "task")
        if not task.get("form") and not task.get("act"):
            task.set("form", plain["form"])
            task.set("act", plain["act"])
            sheet.note(step, remarks.PLAIN)


def _node_of(element: xml.Element) -> xml.Element:
    while not element.get("id") or xml.kind(element).endswith(("Definition", "Duration", "Date", "Cycle")):
        if element.getparent() is None:
            break
        element = element.getparent()
    return element


def leftovers(sheet: Sheet) -> None:
    """Whatever else other tools have written into extensions is left out; what a tool keeps for itself, silently."""
    kept = {xml.NAMES["cityloop"], xml.BPMN}
    for holder in sheet.all("extensionElements"):
        for each in list(holder):
            name = etree.QName(each) if isinstance(each.tag, str) else None
            if name is None or name.namespace not in kept:
                holder.remove(each)
                if name is not None and "signavio" not in (name.namespace or ""):
                    sheet.lose(holder.getparent(), remarks.NO_SETTING, name.localname)
        if not len(holder):
            holder.getparent().remove(holder)
    for element in sheet.root.iter(f"{{{xml.BPMN}}}*"):
        for name in list(element.attrib):
            if name.startswith("{") and not name.startswith(f"{{{_XSI}}}"):
                del element.attrib[name]


_XSI = "http://www.w3.org/2001/XMLSchema-instance"
