"""Changed copies of the city's drawing."""

from engine.kit.config import ROOT


def standard() -> str:
    """The standard case as it is delivered."""
    return (ROOT / "workflows" / "standard_case.bpmn").read_text()


def renamed(node: str, other: str, source: str | None = None) -> str:
    """A copy in which a node has another id."""
    text = source or standard()
    return text.replace(f'"{node}"', f'"{other}"').replace(f">{node}<", f">{other}<")


def reviewed(form: str, condition: str) -> str:
    """A drawing of one step that shows a form, with two ways behind it."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
                  xmlns:cityloop="urn:cityloop:bpmn" id="review" targetNamespace="urn:test">
  <bpmn:process id="process" name="复审" isExecutable="true">
    <bpmn:laneSet id="lanes"><bpmn:lane id="lane">
      <bpmn:extensionElements><cityloop:lane role="duty_officer"/></bpmn:extensionElements>
      <bpmn:flowNodeRef>review_it</bpmn:flowNodeRef>
    </bpmn:lane></bpmn:laneSet>
    <bpmn:startEvent id="begin"/>
    <bpmn:userTask id="review_it" name="复审">
      <bpmn:extensionElements><cityloop:task form="{form}" act="step"/></bpmn:extensionElements>
    </bpmn:userTask>
    <bpmn:exclusiveGateway id="decide" default="go_on"/>
    <bpmn:endEvent id="stop_here"/>
    <bpmn:endEvent id="end_here"/>
    <bpmn:sequenceFlow id="first" sourceRef="begin" targetRef="review_it"/>
    <bpmn:sequenceFlow id="then" sourceRef="review_it" targetRef="decide"/>
    <bpmn:sequenceFlow id="stop" sourceRef="decide" targetRef="stop_here">
      <bpmn:conditionExpression>{condition}</bpmn:conditionExpression>
    </bpmn:sequenceFlow>
    <bpmn:sequenceFlow id="go_on" sourceRef="decide" targetRef="end_here"/>
  </bpmn:process>
</bpmn:definitions>"""
