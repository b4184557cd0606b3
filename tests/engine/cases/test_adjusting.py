"""What adjustments share: one at a time however fast two are, and a city whose drawings are redrawn or missing."""

from threading import Barrier, Thread

import pytest
from lxml import etree
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from engine.cases import acts, queries, steps
from engine.cases.adjustment_models import Adjustment, AdjustmentState
from engine.cases.errors import AdjustmentPending
from engine.cases.models import Stage
from engine.deadlines import clocks
from engine.kit.db import db, unit_of_work
from engine.process import definitions
from engine.process.models import ProcessDefinition
from tests import databases
from tests.stories import Story
from tests.workflows.walking import BPMN, WORKFLOWS

WORDS = {"reason": "materials", "value": None, "note": "等待配件到货"}


@pytest.fixture
def story(city):
    return Story(city).filed().signed()


def rows():
    return db.session.scalars(select(Adjustment).order_by(Adjustment.id)).all()


def redrawn(story, change):
    """An administrator publishes the extension's drawing with a change."""
    drawing = etree.fromstring((WORKFLOWS / "extension.bpmn").read_bytes())
    change(drawing)
    with unit_of_work():
        admin = story.city.system_admin.id
        definitions.publish("extension", etree.tostring(drawing), by_id=admin, at=story.now)


def test_of_two_who_ask_at_the_same_moment_one_is_told_that_another_waits(story):
    app, ready, answers = databases.application(story.city.url), Barrier(2), []
    clerk, case_id, now = story.city.clerk, story.case_id, story.now
    db.session.remove()

    def ask():
        with app.app_context():
            try:
                ready.wait(20)
                with unit_of_work():
                    acts.perform(queries.lock(case_id, clerk), "extension", WORDS, by=clerk, at=now)
                answers.append("asked")
            except BaseException as error:
                answers.append(error)
            finally:
                db.session.remove()

    threads = [Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with app.app_context():
        db.engine.dispose()
    assert answers.count("asked") == 1, answers
    assert [type(other) for other in answers if other != "asked"] == [AdjustmentPending]
    assert [row.state for row in rows()] == [AdjustmentState.requested]
    assert story.waiting == {"handle", "review_by_head"}


def test_the_database_itself_keeps_a_second_request_out(story):
    story.do("clerk", "extension", **WORDS)
    again = {"kind": "suspension", "state": "requested", "reason": "season", "requested_at": story.now}
    with pytest.raises(IntegrityError), unit_of_work():
        db.session.add(Adjustment(case_id=story.case_id, note="", safety_measure="", decision_note="", **again))
        db.session.flush()


def without_dispatcher_and_duty_officer(drawing):
    """The head's yes leads to the end at once; who is asked after him is gone."""
    process = drawing.find(f"{BPMN}process")
    gone = {"review_by_dispatcher", "dispatcher_result", "review_by_duty_officer", "duty_officer_result"}
    for flow in process.findall(f"{BPMN}sequenceFlow"):
        if flow.get("sourceRef") == "head_result" and flow.get("targetRef") in gone:
            flow.set("targetRef", "end_granted")
        elif gone & {flow.get("sourceRef"), flow.get("targetRef")}:
            process.remove(flow)
    for node in [node for node in process if node.get("id") in gone]:
        process.remove(node)
    tidy(drawing)


def tidy(drawing):
    """What names something that is gone goes too, and the picture."""
    process = drawing.find(f"{BPMN}process")
    kept = {node.get("id") for node in process}
    for named in list(drawing.iter(f"{BPMN}flowNodeRef", f"{BPMN}incoming", f"{BPMN}outgoing")):
        if named.text not in kept or named.tag != f"{BPMN}flowNodeRef":
            named.getparent().remove(named)
    drawing.remove(drawing.find("{http://www.omg.org/spec/BPMN/20100524/DI}BPMNDiagram"))


def head_and_dispatcher_at_once(drawing):
    """Both are asked at the same time, both must say yes; whoever refuses ends it. Nobody else is asked."""
    process = drawing.find(f"{BPMN}process")
    for flow in process.findall(f"{BPMN}sequenceFlow"):
        if {"duty_officer_result", "review_by_duty_officer"} & {flow.get("sourceRef"), flow.get("targetRef")}:
            process.remove(flow)
        elif flow.get("id") == "requested_to_review_by_head":
            flow.set("targetRef", "both")
        elif flow.get("id") in {"head_result_to_review_by_dispatcher", "dispatcher_result_to_end_granted"}:
            flow.set("targetRef", "ready")
            flow.find(f"{BPMN}conditionExpression").text = 'outcome == "approve"'
    for node in [one for one in process if one.get("id") in {"review_by_duty_officer", "duty_officer_result"}]:
        process.remove(node)
    for name in ("both", "ready"):
        etree.SubElement(process, f"{BPMN}parallelGateway", id=name, name=name)
    for source, target in (("both", "review_by_head"), ("both", "review_by_dispatcher"), ("ready", "end_granted")):
        etree.SubElement(process, f"{BPMN}sequenceFlow", id=f"{source}_{target}", sourceRef=source, targetRef=target)
    refused = next(node for node in process if node.get("id") == "end_refused")
    etree.SubElement(refused, f"{BPMN}terminateEventDefinition", id="whoever_refuses")
    tidy(drawing)


def answer(story, who, node, act, note=""):
    """Their step, of two that wait for the same kind of answer: the page names it."""
    task_id = next(task.id for task in steps.open_steps(story.case) if task.node == node)
    return story.do(who, act, task_id=task_id, note=note)


def test_an_administrator_has_two_asked_at_once(story):
    redrawn(story, head_and_dispatcher_at_once)
    story.do("clerk", "extension", **WORDS)
    assert story.waiting == {"handle", "review_by_head", "review_by_dispatcher"}
    limit = clocks.open_clock("case", story.case_id, "adjustment_review").due_at
    dues = {task.due_at for task in steps.open_steps(story.case) if task.act == "extension_review"}
    assert dues == {limit}
    answer(story, "wang", "review_by_dispatcher", "extension_approval")
    # The clock of the review runs on for whoever has not answered yet.
    assert clocks.open_clock("case", story.case_id, "adjustment_review").due_at == limit
    assert (rows()[0].state, story.case.extension_count) == (AdjustmentState.requested, 0)
    story.do("head", "extension_approval", note="")
    assert (rows()[0].state, story.case.extension_count) == (AdjustmentState.granted, 1)
    assert set(clocks.open_clocks("case", story.case_id)) == {"handling"}


def test_whoever_of_the_two_refuses_ends_it(story):
    redrawn(story, head_and_dispatcher_at_once)
    story.do("clerk", "extension", **WORDS)
    answer(story, "wang", "review_by_dispatcher", "extension_refusal", "理由不充分")
    assert (rows()[0].state, story.waiting) == (AdjustmentState.refused, {"handle"})
    assert set(clocks.open_clocks("case", story.case_id)) == {"handling"}


def test_feedback_withdraws_a_request_that_two_look_at(story):
    redrawn(story, head_and_dispatcher_at_once)
    story.do("clerk", "extension", **WORDS)
    answer(story, "head", "review_by_head", "extension_approval")
    story.do("handler", "handling", note="已清理").do("clerk", "feedback", note="已处置完毕")
    assert (rows()[0].state, story.waiting) == (AdjustmentState.withdrawn, {"review_feedback"})


def without_clocks(drawing):
    """Whoever drew it forgot the clock of the reviews."""
    for task in drawing.iter("{urn:cityloop:bpmn}task"):
        task.attrib.pop("clock", None)


def test_a_review_that_is_drawn_without_a_clock_has_one_all_the_same(story):
    redrawn(story, without_clocks)
    story.do("clerk", "extension", **WORDS)
    assert "adjustment_review" in clocks.open_clocks("case", story.case_id)
    story.do("handler", "handling", note="已清理").do("clerk", "feedback", note="已处置完毕")
    assert (rows()[0].state, story.waiting) == (AdjustmentState.withdrawn, {"review_feedback"})


def test_a_redrawn_version_holds_for_the_next_request(story):
    story.do("clerk", "extension", **WORDS)
    redrawn(story, without_dispatcher_and_duty_officer)
    story.do("head", "extension_approval", note="")
    assert story.waiting == {"handle", "review_by_dispatcher"}
    story.do("wang", "extension_approval", note="").do("clerk", "extension", **WORDS)
    story.do("head", "extension_approval", note="")
    assert [row.state for row in rows()] == [AdjustmentState.granted] * 2


def test_an_administrator_redraws_who_is_asked(story):
    redrawn(story, without_dispatcher_and_duty_officer)
    story.do("clerk", "extension", **WORDS).do("head", "extension_approval", note="")
    assert (rows()[0].state, story.case.extension_count) == (AdjustmentState.granted, 1)
    assert rows()[0].decided_by_id == story.city.head.id


def test_a_city_from_before_gets_the_drawings_when_they_are_first_needed(story):
    with unit_of_work():
        db.session.execute(delete(ProcessDefinition).where(ProcessDefinition.key == "extension"))
    story.do("clerk", "extension", **WORDS)
    assert story.waiting == {"handle", "review_by_head"}


def test_reopening_a_case_ends_what_ran_beside_it(story):
    story.do("clerk", "extension", **WORDS).do("zhao", "voiding", reason="filed_in_error", note="误立案")
    story.do("zhao", "reopening", reason="应当立案")
    assert story.case.stage == Stage.pending_dispatch
    story.do("wang", "dispatch", department_id=story.city.sanitation.id).signed()
    story.do("clerk", "extension", **WORDS)
    assert [row.state for row in rows()] == [AdjustmentState.withdrawn, AdjustmentState.requested]
