"""Rules about tasks: what the engine runs, and what each kind must name."""

from collections.abc import Iterator

from lxml import etree

from engine.kit.i18n import N_
from engine.process import actions, expressions, parser, vocabulary, xml
from engine.process.finding import EVENTS, NODES, Finding, Shape, at, is_bpmn, name_of

_HARMLESS = {
    "incoming", "outgoing", "documentation", "extensionElements", "sequenceFlow", "conditionExpression", "laneSet",
    "lane",
    "childLaneSet", "flowNodeRef", "textAnnotation", "text", "association", "group", "category", "categoryValue",
    "process", "definitions", "collaboration", "participant", "messageFlow", "script", "message", "error", "signal",
    "timerEventDefinition", "timeDuration", "timeDate", "timeCycle", "messageEventDefinition",
    "terminateEventDefinition",
}  # fmt: skip
_ELSEWHERE_RUN = {"preScript", "postScript", "executionListener", "taskListener", "serviceTaskOperator", "connector",
                  "calledElement", "taskDefinition", "ioMapping", "inputOutput"}  # fmt: skip


def unsupported(shape: Shape) -> Iterator[Finding]:
    """Elements of BPMN that the engine does not run: better refused than silently passed over."""
    for element in shape.root.iter():
        kind = xml.kind(element)
        if kind.endswith("EventDefinition") and xml.kind(element.getparent()) in EVENTS:
            continue  # The rule about events tells of these, with what they stand on.
        if is_bpmn(element) and kind not in NODES and kind not in _HARMLESS:
            holder = element if element.get("id") or element.getparent() is None else element.getparent()
            yield at(holder, N_("The engine does not run this kind of element: %(kind)s"), kind=kind)
        if element.get("isForCompensation") == "true":
            yield at(element, N_("The engine does not run this kind of element: %(kind)s"), kind="compensation")
        if kind == "subProcess" and element.get("triggeredByEvent") == "true":
            yield at(element, N_("The engine does not run this kind of element: %(kind)s"), kind="event subprocess")


def user_tasks(shape: Shape) -> Iterator[Finding]:
    """A step for people names its form and act, and lies in a lane that names a role."""
    for node in shape.of("userTask", "manualTask"):
        task = parser.task_of(node)
        if not task["form"]:
            yield at(node, N_('The step "%(name)s" names no form.'), name=name_of(node))
        if not task["act"]:
            yield at(node, N_('The step "%(name)s" names no act.'), name=name_of(node))
        if not shape.role_of(node):
            yield at(node, N_('The step "%(name)s" lies in no lane with a role.'), name=name_of(node))
        for kind in ("form", "act", "stage", "clock"):
            yield from _unknown(shape, node, kind, task[kind])
        for kind in ("role", "department"):
            yield from _unknown(shape, node, kind, task["properties"].get(kind))
        for name in task["properties"].get("notify", "").split():
            yield from _unknown(shape, node, "notify", name)
        yield from _of_no_department(shape, node, task["properties"].get("department"))
    for lane in xml.find(shape.root, ".//bpmn:lane"):
        element = xml.extension(lane, "lane")
        yield from _unknown(shape, lane, "role", element.get("role") if element is not None else None)
    for node in shape.of("endEvent"):
        yield from _unknown(shape, node, "stage", (parser.end_of(node)["end"] or {}).get("stage"))


def service_tasks(shape: Shape) -> Iterator[Finding]:
    """A service task names a registered action, and gives it the parameters that it needs."""
    offered = {action.name for action in actions.offered()}
    for node in shape.of("serviceTask"):
        drawn = parser.action_of(node)
        if not drawn["action"]:
            yield at(node, N_('The service task "%(name)s" names no action.'), name=name_of(node))
        elif drawn["action"] not in offered:
            yield at(node, N_('There is no action "%(name)s".'), name=drawn["action"])
        else:
            for parameter, problems in actions.problems(drawn["action"], drawn["params"]).items():
                text = N_("The parameter %(parameter)s of the action is not right: %(problem)s")
                yield at(node, text, parameter=parameter, problem=" ".join(problems))
            for kind, value in actions.named(drawn["action"], drawn["params"]):
                yield from _unknown(shape, node, kind, value)


def script_tasks(shape: Shape) -> Iterator[Finding]:
    """A script task is a list of ``name = CEL``."""
    for node in shape.of("scriptTask"):
        found = xml.find(node, "./bpmn:script")
        try:
            lines = expressions.assignments((found[0].text or "") if found else "")
            if not lines:
                raise expressions.Refused(N_("It is empty."))
            for _, source in lines:
                expressions.compiled(source)
        except expressions.Refused as error:
            text = N_('The script of "%(name)s" cannot be run. %(reason)s')
            yield at(node, text, name=name_of(node), reason=str(error))


def foreign_extensions(shape: Shape) -> Iterator[Finding]:
    """What another engine would have run here, and ours would pass over in silence."""
    for element in xml.find(shape.root, ".//bpmn:extensionElements//*"):
        name = etree.QName(element)
        if name.namespace != xml.NAMES["cityloop"] and name.localname in _ELSEWHERE_RUN:
            holder = next(element.iterancestors(f"{{{xml.BPMN}}}extensionElements")).getparent()
            yield at(
                holder, N_("This was written for another engine and is not run here: %(kind)s"), kind=name.localname
            )


def _of_no_department(shape: Shape, node: xml.Element, department: str | None) -> Iterator[Finding]:
    """Whose people serve the whole city is asked in no department's name: naming one would be passed over."""
    role = shape.role_of(node)
    if department and role and vocabulary.is_told("department_role") and role not in shape.known("department_role"):
        text = N_('The step "%(name)s" names a department, but the people of its role serve the whole city.')
        yield at(node, text, name=name_of(node))


def _unknown(shape: Shape, element: xml.Element, kind: str, value: str | None) -> Iterator[Finding]:
    if value and vocabulary.is_told(kind) and value not in shape.known(kind):
        yield at(element, _UNKNOWN[kind], name=value)


_UNKNOWN = {
    "form": N_('There is no form "%(name)s".'),
    "act": N_('There is no act "%(name)s".'),
    "stage": N_('There is no stage "%(name)s".'),
    "clock": N_('There is no clock "%(name)s".'),
    "role": N_('There is no role "%(name)s".'),
    "department": N_('There is no department or rule for one called "%(name)s".'),
    "notify": N_('There is no list of people to tell called "%(name)s".'),
}
