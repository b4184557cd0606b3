"""The standard process as administrators might redraw it."""

from lxml import etree

from tests.workflows.walking import BPMN, OURS, WORKFLOWS

XSI = "{http://www.w3.org/2001/XMLSchema-instance}"


class Redrawn:
    """A drawing that is changed by a few strokes."""

    def __init__(self, name: str = "standard_case") -> None:
        self.root = etree.parse(WORKFLOWS / f"{name}.bpmn").getroot()
        self.process = self.root.find(f"{BPMN}process")

    @property
    def xml(self) -> str:
        return etree.tostring(self.root, encoding="unicode")

    def element(self, key: str):
        return next(each for each in self.process.iter() if each.get("id") == key)

    def add(self, kind: str, key: str, **attributes: str):
        return etree.SubElement(self.process, f"{BPMN}{kind}", id=key, name=key, **attributes)

    def step(self, key: str, lane: str, **task: str) -> "Redrawn":
        node = self.add("userTask", key)
        etree.SubElement(etree.SubElement(node, f"{BPMN}extensionElements"), f"{OURS}task", **task)
        etree.SubElement(self.element(lane), f"{BPMN}flowNodeRef").text = key
        return self

    def gateway(self, key: str, lane: str) -> "Redrawn":
        self.add("exclusiveGateway", key)
        etree.SubElement(self.element(lane), f"{BPMN}flowNodeRef").text = key
        return self

    def flow(self, source: str, target: str, condition: str | None = None) -> "Redrawn":
        flow = self.add("sequenceFlow", f"{source}_to_{target}_new", sourceRef=source, targetRef=target)
        if condition is not None:
            self.ask(flow, condition)
        return self

    def ask(self, flow, condition: str) -> None:
        for old in flow.findall(f"{BPMN}conditionExpression"):
            flow.remove(old)
        asked = etree.SubElement(flow, f"{BPMN}conditionExpression", {f"{XSI}type": "bpmn:tFormalExpression"})
        asked.text = condition

    def lead(self, flow: str, target: str) -> "Redrawn":
        self.element(flow).set("targetRef", target)
        return self

    def drop(self, *nodes: str) -> "Redrawn":
        for each in list(self.process.iter()):
            is_one = each.get("id") in nodes or each.get("sourceRef") in nodes or each.get("targetRef") in nodes
            if is_one or (each.tag == f"{BPMN}flowNodeRef" and each.text in nodes):
                each.getparent().remove(each)
        return self


def with_second_approval(**task: str) -> str:
    """Closure is approved once more, by the director."""
    given = {"form": "closure", "act": "closure", "stage": "pending_closure", "clock": "closure"} | task
    drawn = Redrawn().step("approve_again", "director_lane", **given).gateway("again_result", "director_lane")
    drawn.lead("closure_result_to_is_public_report", "approve_again").flow("approve_again", "again_result")
    drawn.flow("again_result", "is_public_report", 'outcome == "close"')
    return drawn.flow("again_result", "rework", 'outcome == "rework"').xml


def with_leaders_say() -> str:
    """What the duty officer has closed, the director agrees to, or gives back to him."""
    drawn = Redrawn().step("agree", "director_lane", form="step", act="step").gateway("agreed", "director_lane")
    drawn.lead("closure_result_to_is_public_report", "agree").flow("agree", "agreed")
    drawn.flow("agreed", "is_public_report", 'outcome == "yes"')
    return drawn.flow("agreed", "approve_closure", 'outcome == "no"').xml


def without_feedback_review() -> str:
    """What the department reports is verified at once."""
    drawn = Redrawn().lead("feedback_result_to_review_feedback", "filing_complete")
    return drawn.drop("review_feedback", "feedback_review_result").xml


def nobody_called_back() -> str:
    """Citizens are called back only where a case was returned three times."""
    drawn = Redrawn()
    drawn.ask(drawn.element("is_public_report_to_call_back"), "is_public && return_count >= 3")
    return drawn.xml


def renamed() -> str:
    """The step of verification has another id."""
    drawn = Redrawn()
    for each in drawn.process.iter():
        for name in ("id", "sourceRef", "targetRef", "attachedToRef"):
            if each.get(name) == "verify":
                each.set(name, "look_on_site")
        if each.tag == f"{BPMN}flowNodeRef" and each.text == "verify":
            each.text = "look_on_site"
    return drawn.xml
