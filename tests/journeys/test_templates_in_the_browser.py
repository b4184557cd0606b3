"""The templates of the drawing board, put into a new process: each can go live once the ways lead through it."""

import pytest

from engine.process import linting, xml
from engine.studio import drafting
from tests.engine.studio.redrawn import Redrawn
from tests.journeys.drawing_board import SIZE, Board

pytestmark = pytest.mark.browser
STEPS = {"confirm": 1, "approve": 1, "countersign": 2, "subprocess": 1}


@pytest.mark.parametrize("template", sorted(STEPS))
def test_a_template_led_through_can_go_live(city, browse, template):
    with browse("system_admin", size=SIZE) as page:
        page.goto("/studio/drafts/new")
        page.fill("[name=name]", "模板")
        page.click(".form-end button")
        board = Board(page).ready().choose("first_lane").set("role", "acceptor")
        board.choose("first_step").set("act", "step")
        placed = board.place(template, 640, 180)
        board.saved()
        assert not page.complaints, page.complaints
    drawn = redrawn(drafting.open_drafts()[0].xml)
    tasks = [key for key in placed if is_a(drawn, key, "userTask")]
    assert len(tasks) + len(xml.find(drawn.root, ".//bpmn:subProcess//bpmn:userTask")) >= STEPS[template]
    led(drawn, placed)
    assert [one.told("en") for one in linting.check(drawn.xml)] == []


def redrawn(source):
    drawn = Redrawn()
    drawn.root = xml.read(source)
    drawn.process = xml.find(drawn.root, "./bpmn:process")[0]
    return drawn


def is_a(drawn, key, kind):
    return any(each.get("id") == key for each in xml.find(drawn.process, f"./bpmn:{kind}"))


def led(drawn, placed):
    """From the first step through the template to the end: in at what nothing leads to, on from what leads nowhere."""
    top = {each.get("id") for each in drawn.process if each.get("id") in placed and xml.kind(each) != "sequenceFlow"}
    flows = xml.find(drawn.process, "./bpmn:sequenceFlow")
    begin = top - {flow.get("targetRef") for flow in flows}
    end = top - {flow.get("sourceRef") for flow in flows}
    assert (len(begin), len(end)) == (1, 1)
    drawn.lead("first_step_to_finish", *begin)
    for last in end:
        if is_a(drawn, last, "exclusiveGateway"):
            drawn.flow(last, "finish", 'outcome == "yes"').flow(last, "first_step", 'outcome == "no"')
        else:
            drawn.flow(last, "finish")
