"""Every road through the standard case, from report to its end."""

import json
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest
from lxml import etree

from engine.access import seeds
from engine.cases.models import Stage
from engine.process import linting
from engine.process.errors import NoWayOn
from tests.workflows.walking import BPMN, OURS, WORKFLOWS, Walk, read

FORMS = Path(__file__).resolve().parents[2] / "forms"
KEEPS_ITS_STAGE = frozenset({"tell_citizen"})
"""The citizen hears of a rejection or of a transfer: the case stays what it became."""
CLOCKS = frozenset({"confirmation", "confirmation_escalation", "signing", "handling", "receipt"})


def case(entry: str = "report", *, due: frozenset[str] = frozenset(), **facts: Any) -> Walk:
    start = {"entry": entry, "is_public": False, "needs_confirmation": False, "needs_review": True, "dispatched": True}
    return Walk("standard_case", due, **start | facts)


def filed(**facts: Any) -> Walk:
    return case(**facts).do("accept", "propose_filing").do("approve_filing", "approve")


def handled(walk: Walk) -> Walk:
    """From signing to the dispatcher's review."""
    walk.do("sign", "sign").do("assign", "assign").do("handle", "done")
    return walk.do("give_feedback", "feedback")


def verified(walk: Walk) -> Walk:
    return handled(walk).do("review_feedback", "accept").do("verify", "passed")


def test_plain_case_is_dispatched_by_rules_and_closes() -> None:
    assert verified(filed()).do("approve_closure", "close").ended_at("end_closed")


def test_without_a_rule_the_dispatcher_decides() -> None:
    walk = filed(dispatched=False)
    assert walk.open == {"dispatch"}
    assert verified(walk.do("dispatch", "dispatch")).do("approve_closure", "close").ended_at("end_closed")


def test_citizen_case_is_confirmed_first_and_called_back_last() -> None:
    walk = case(is_public=True, needs_confirmation=True)
    walk.do("accept", "confirm").do("confirm", "true").do("accept", "propose_filing").do("approve_filing", "approve")
    verified(walk).do("approve_closure", "close")
    assert walk.open == {"call_back"}
    assert walk.do("call_back", "done").ended_at("end_closed")


@pytest.mark.parametrize("result", ["true", "untrue", "gone"])
def test_every_confirmation_comes_back_to_the_acceptor(result: str) -> None:
    assert case().do("accept", "confirm").do("confirm", result).open == {"accept"}


@pytest.mark.parametrize(("outcome", "end"), [("reject", "end_not_filed"), ("merge", "end_merged")])
def test_acceptor_may_end_a_case_before_filing(outcome: str, end: str) -> None:
    assert case().do("accept", outcome).ended_at(end)


def test_transfer_waits_for_its_receipt_and_comes_back_where_it_was_refused() -> None:
    walk = case().do("accept", "transfer").do("receive_receipt", "refused")
    assert walk.open == {"accept"}
    assert walk.do("accept", "transfer").do("receive_receipt", "received").ended_at("end_not_filed")


def test_transfer_without_receipt_is_asked_for_and_still_waits() -> None:
    walk = case(due=frozenset({"receipt"})).do("accept", "transfer")
    assert "urge_receipt" in walk.visited
    assert walk.open == {"receive_receipt"}


def rejected(walk: Walk) -> Walk:
    return walk.do("accept", "reject")


def not_filed(walk: Walk) -> Walk:
    return walk.do("accept", "propose_filing").do("approve_filing", "reject")


def transferred(walk: Walk) -> Walk:
    return walk.do("accept", "transfer").do("receive_receipt", "received")


@pytest.mark.parametrize("end", [rejected, not_filed, transferred])
def test_citizen_is_told_that_nothing_is_filed(end: Callable[[Walk], Walk]) -> None:
    walk = end(case(is_public=True))
    assert walk.open == {"tell_citizen"}
    assert walk.do("tell_citizen", "done").ended_at("end_not_filed")


def test_duty_officer_sends_back_or_rejects() -> None:
    walk = case().do("accept", "propose_filing").do("approve_filing", "send_back")
    assert walk.open == {"accept"}
    assert walk.do("accept", "propose_filing").do("approve_filing", "reject").ended_at("end_not_filed")


@pytest.mark.parametrize("where", ["sign", "assign", "give_feedback"])
def test_department_may_ask_to_return_from_each_of_its_steps(where: str) -> None:
    walk = filed()
    for node, outcome in [("sign", "sign"), ("assign", "assign"), ("handle", "done"), ("give_feedback", "feedback")]:
        if node == where:
            break
        walk.do(node, outcome)
    assert walk.do(where, "request_return").open == {"review_return"}


def test_granted_return_is_dispatched_again() -> None:
    walk = filed().do("sign", "request_return").do("review_return", "grant", return_count=1)
    assert walk.open == {"dispatch"}
    assert verified(walk.do("dispatch", "dispatch")).do("approve_closure", "close").ended_at("end_closed")


def test_refused_return_goes_back_to_the_department() -> None:
    assert filed().do("sign", "request_return").do("review_return", "refuse").open == {"sign"}


def test_second_granted_return_is_arbitrated() -> None:
    walk = filed().do("sign", "request_return").do("review_return", "grant", return_count=1)
    walk.do("dispatch", "dispatch").do("sign", "request_return").do("review_return", "grant", return_count=2)
    assert walk.open == {"arbitrate"}
    walk.do("arbitrate", "decide", no_return=True)
    assert verified(walk).do("approve_closure", "close").ended_at("end_closed")


def test_handler_hands_back_and_clerk_has_it_done_again() -> None:
    walk = filed().do("sign", "sign").do("assign", "assign").do("handle", "hand_back")
    assert walk.open == {"assign"}
    walk.do("assign", "assign").do("handle", "done").do("give_feedback", "redo")
    assert walk.open == {"handle"}


def test_refused_feedback_is_assigned_again() -> None:
    assert handled(filed()).do("review_feedback", "refuse").open == {"assign"}


def test_failed_verification_and_refused_closure_are_reworked() -> None:
    walk = handled(filed()).do("review_feedback", "accept").do("verify", "failed")
    assert walk.open == {"sign"}
    verified(walk).do("approve_closure", "rework")
    assert walk.open == {"sign"}
    assert verified(walk).do("approve_closure", "close").ended_at("end_closed")


def test_dissatisfied_citizen_brings_the_case_back() -> None:
    walk = verified(filed(is_public=True)).do("approve_closure", "close").do("call_back", "reopen")
    assert walk.open == {"sign"}
    assert verified(walk).do("approve_closure", "close").do("call_back", "done").ended_at("end_closed")


def test_self_handled_case_closes_after_review() -> None:
    assert case("self_handled").do("review_self_handling", "close").ended_at("end_self_handled")


def test_self_handled_case_that_is_not_sampled_closes_at_once() -> None:
    assert case("self_handled", needs_review=False).ended_at("end_self_handled")


def test_self_handled_case_found_wanting_goes_the_normal_way() -> None:
    assert case("self_handled").do("review_self_handling", "accept").open == {"accept"}


def test_reopened_case_starts_with_its_dispatch() -> None:
    walk = case("reopened")
    assert walk.open == {"dispatch"}
    assert verified(walk.do("dispatch", "dispatch")).do("approve_closure", "close").ended_at("end_closed")


def test_urgent_case_is_handled_first_and_filed_afterwards() -> None:
    walk = case("urgent")
    assert walk.open == {"sign", "file_afterwards"}
    handled(walk).do("review_feedback", "accept")
    assert walk.open == {"file_afterwards"}, "verification waits for the late filing"
    walk.do("file_afterwards", "approve").do("verify", "passed")
    assert walk.do("approve_closure", "close").ended_at("end_closed")


def test_urgent_case_filed_at_once_is_reworked_without_filing_again() -> None:
    walk = handled(case("urgent").do("file_afterwards", "approve")).do("review_feedback", "accept")
    assert walk.do("verify", "failed").open == {"sign"}
    handled(walk).do("review_feedback", "accept")
    assert walk.open == {"verify"}


def test_urgent_case_may_be_returned_while_its_filing_is_still_open() -> None:
    walk = case("urgent").do("sign", "request_return").do("review_return", "grant", return_count=1)
    walk.do("dispatch", "dispatch").do("file_afterwards", "approve")
    assert verified(walk).do("approve_closure", "close").ended_at("end_closed")


@pytest.mark.parametrize(
    ("clock", "action"),
    [("confirmation", "reassign_confirmation"), ("confirmation_escalation", "escalate_confirmation")],
)
def test_late_confirmation_moves_somebody_but_stays_open(clock: str, action: str) -> None:
    walk = case(due=frozenset({clock})).do("accept", "confirm")
    assert action in walk.visited
    assert walk.open == {"confirm"}
    assert walk.do("confirm", "untrue").do("accept", "reject").ended_at("end_not_filed")


@pytest.mark.parametrize(
    ("clock", "actions"), [("signing", {"urge_signing"}), ("handling", {"mark_overdue", "overdue_marked"})]
)
def test_late_department_is_urged_and_goes_on(clock: str, actions: set[str]) -> None:
    walk = verified(filed(due=frozenset({clock})))
    assert actions <= walk.visited
    assert walk.do("approve_closure", "close").ended_at("end_closed")


def test_unknown_outcome_leads_nowhere() -> None:
    with pytest.raises(NoWayOn):
        case().do("accept", "shelve")


def test_no_order_of_decisions_gets_stuck_and_every_node_is_reached(drawing: etree._Element) -> None:
    choices, reached = outcomes(drawing), set()
    for seed in range(36):
        chance = Random(seed)
        entry = ("report", "report", "self_handled", "urgent", "reopened")[seed % 5]
        walk = case(entry, due=CLOCKS, is_public=seed % 3 > 0, dispatched=seed % 2 > 0)
        for number in range(50):
            if walk.run.ended:
                break
            node = chance.choice(sorted(walk.open))
            walk.do(node, chance.choice(choices[node]), return_count=number // 8)
        assert walk.run.ended or walk.open
        reached |= walk.visited
    assert reached >= {node.get("id") for node in nodes(drawing)}


def outcomes(drawing: etree._Element) -> dict[str, list[str]]:
    """What each user task may end with, read from the conditions of the gateway behind it."""
    flows = list(drawing.iter(f"{BPMN}sequenceFlow"))
    after = {flow.get("sourceRef"): flow.get("targetRef") for flow in flows}
    found = {}
    for task in drawing.iter(f"{BPMN}userTask"):
        behind = [flow for flow in flows if flow.get("sourceRef") == after[task.get("id")]]
        texts = " ".join(flow.findtext(f"{BPMN}conditionExpression", "") for flow in behind)
        found[task.get("id")] = re.findall(r'outcome == "(\w+)"', texts) or ["done"]
    return found


# -- the drawing itself -------------------------------------------------------------------------------------------

SHAPES = {
    "di": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "wp": "http://www.omg.org/spec/DD/20100524/DI",
}


@pytest.fixture(scope="module")
def drawing() -> etree._Element:
    return read("standard_case")


def nodes(drawing: etree._Element) -> Iterator[etree._Element]:
    process = drawing.find(f"{BPMN}process")
    yield from (
        element
        for element in process
        if element.find(f"{BPMN}incoming") is not None or element.find(f"{BPMN}outgoing") is not None
    )


def test_every_user_task_names_form_act_stage_and_lane(drawing: etree._Element) -> None:
    in_a_lane = {ref.text for ref in drawing.iter(f"{BPMN}flowNodeRef")}
    for task in drawing.iter(f"{BPMN}userTask"):
        ours = task.find(f"{BPMN}extensionElements/{OURS}task")
        assert {"form", "act"} <= set(ours.attrib), task.get("id")
        assert "stage" in ours.attrib or task.get("id") in KEEPS_ITS_STAGE, task.get("id")
        assert task.get("id") in in_a_lane


def test_every_stage_is_one_of_the_cases(drawing: etree._Element) -> None:
    named = [element.get("stage") for kind in ("task", "end") for element in drawing.iter(f"{OURS}{kind}")]
    assert set(named) - {None} <= {stage.value for stage in Stage}


def test_every_lane_serves_a_role_and_every_clock_has_a_name(drawing: etree._Element) -> None:
    assert {lane.get("role") for lane in drawing.iter(f"{OURS}lane")} <= {role.code for role in seeds.ROLES}
    assert {timer.get("clock") for timer in drawing.iter(f"{OURS}timer")} == CLOCKS


def test_the_drawing_may_go_live() -> None:
    assert linting.check((WORKFLOWS / "standard_case.bpmn").read_bytes()) == []


def test_ends_say_what_became_of_the_case(drawing: etree._Element) -> None:
    meant = {end.getparent().getparent().get("id"): dict(end.attrib) for end in drawing.iter(f"{OURS}end")}
    assert meant == {
        "end_closed": {"stage": "closed", "result": "resolved"},
        "end_self_handled": {"stage": "closed", "result": "self_handled"},
        "end_not_filed": {},
        "end_merged": {"stage": "merged"},
    }


def test_every_form_that_a_step_names_exists(drawing: etree._Element) -> None:
    for ours in drawing.iter(f"{OURS}task"):
        assert json.loads((FORMS / f"{ours.get('form')}.json").read_text())["name"] == ours.get("form")


def test_every_node_is_drawn_in_one_lane_and_in_the_picture(drawing: etree._Element) -> None:
    refs = [ref.text for ref in drawing.iter(f"{BPMN}flowNodeRef")]
    drawn = {shape.get("bpmnElement") for shape in drawing.iterfind(".//di:BPMNShape", SHAPES)}
    ids = [node.get("id") for node in nodes(drawing)]
    assert sorted(refs) == sorted(ids)
    assert set(ids) <= drawn


def test_edges_are_orthogonal_and_begin_and_end_at_their_shapes(drawing: etree._Element) -> None:
    boxes = {shape.get("bpmnElement"): box(shape) for shape in drawing.iterfind(".//di:BPMNShape", SHAPES)}
    flows = {flow.get("id"): flow for flow in drawing.iter(f"{BPMN}sequenceFlow")}
    edges = drawing.findall(".//di:BPMNEdge", SHAPES)
    assert {edge.get("bpmnElement") for edge in edges} == set(flows)
    for edge in edges:
        points = [(float(p.get("x")), float(p.get("y"))) for p in edge.iterfind("wp:waypoint", SHAPES)]
        assert all(ax == bx or ay == by for (ax, ay), (bx, by) in pairwise(points))
        flow = flows[edge.get("bpmnElement")]
        assert touches(points[0], boxes[flow.get("sourceRef")])
        assert touches(points[-1], boxes[flow.get("targetRef")])


def test_tasks_and_gateways_do_not_lie_on_each_other(drawing: etree._Element) -> None:
    kinds = ("userTask", "serviceTask", "exclusiveGateway", "parallelGateway", "inclusiveGateway", "endEvent")
    ids = {node.get("id") for kind in kinds for node in drawing.iter(f"{BPMN}{kind}")}
    boxes = [box(shape) for shape in drawing.iterfind(".//di:BPMNShape", SHAPES) if shape.get("bpmnElement") in ids]
    for index, (ax, ay, aw, ah) in enumerate(boxes):
        for bx, by, bw, bh in boxes[index + 1 :]:
            assert ax + aw <= bx or bx + bw <= ax or ay + ah <= by or by + bh <= ay


def box(shape: etree._Element) -> tuple[float, float, float, float]:
    bounds = shape.find("dc:Bounds", SHAPES)
    return tuple(float(bounds.get(key)) for key in ("x", "y", "width", "height"))  # type: ignore[return-value]


def touches(point: tuple[float, float], around: tuple[float, float, float, float]) -> bool:
    (x, y), (left, top, width, height) = point, around
    return left <= x <= left + width and top <= y <= top + height
