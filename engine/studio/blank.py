"""The drawing that a new process begins with: a pool with one lane, a start, a step and an end."""

from lxml import etree

from engine.process import xml

_PARTS = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
                  xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
                  xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
                  xmlns:di="http://www.omg.org/spec/DD/20100524/DI"
                  xmlns:cityloop="urn:cityloop:bpmn"
                  id="drawing_definitions" targetNamespace="urn:cityloop:workflows">
  <bpmn:collaboration id="drawing_collaboration">
    <bpmn:participant id="drawing_pool" processRef="process" />
  </bpmn:collaboration>
  <bpmn:process id="process" isExecutable="true">
    <bpmn:laneSet id="drawing_lanes">
      <bpmn:lane id="first_lane">
        <bpmn:flowNodeRef>begin</bpmn:flowNodeRef>
        <bpmn:flowNodeRef>first_step</bpmn:flowNodeRef>
        <bpmn:flowNodeRef>finish</bpmn:flowNodeRef>
      </bpmn:lane>
    </bpmn:laneSet>
    <bpmn:startEvent id="begin"><bpmn:outgoing>begin_to_first_step</bpmn:outgoing></bpmn:startEvent>
    <bpmn:userTask id="first_step">
      <bpmn:incoming>begin_to_first_step</bpmn:incoming>
      <bpmn:outgoing>first_step_to_finish</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:endEvent id="finish"><bpmn:incoming>first_step_to_finish</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="begin_to_first_step" sourceRef="begin" targetRef="first_step" />
    <bpmn:sequenceFlow id="first_step_to_finish" sourceRef="first_step" targetRef="finish" />
  </bpmn:process>
  <bpmndi:BPMNDiagram id="drawing_diagram">
    <bpmndi:BPMNPlane id="drawing_plane" bpmnElement="drawing_collaboration">
      <bpmndi:BPMNShape id="drawing_pool_shape" bpmnElement="drawing_pool" isHorizontal="true">
        <dc:Bounds x="100" y="80" width="900" height="200" />
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="first_lane_shape" bpmnElement="first_lane" isHorizontal="true">
        <dc:Bounds x="130" y="80" width="870" height="200" />
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="begin_shape" bpmnElement="begin">
        <dc:Bounds x="192" y="162" width="36" height="36" />
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="first_step_shape" bpmnElement="first_step">
        <dc:Bounds x="300" y="140" width="100" height="80" />
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="finish_shape" bpmnElement="finish">
        <dc:Bounds x="472" y="162" width="36" height="36" />
      </bpmndi:BPMNShape>
      <bpmndi:BPMNEdge id="begin_to_first_step_edge" bpmnElement="begin_to_first_step">
        <di:waypoint x="228" y="180" /><di:waypoint x="300" y="180" />
      </bpmndi:BPMNEdge>
      <bpmndi:BPMNEdge id="first_step_to_finish_edge" bpmnElement="first_step_to_finish">
        <di:waypoint x="400" y="180" /><di:waypoint x="472" y="180" />
      </bpmndi:BPMNEdge>
    </bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</bpmn:definitions>
"""


def drawing(key: str, name: str) -> str:
    """The XML of a new process; ``name`` is any text."""
    root = xml.read(_PARTS)
    process, pool = xml.find(root, "./bpmn:process")[0], xml.find(root, ".//bpmn:participant")[0]
    process.set("id", key)
    pool.set("processRef", key)
    for element in (process, pool):
        element.set("name", name)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + etree.tostring(root, encoding="unicode")
