"""Versions beside each other, brought back and suspended; each by those who may."""

import re

import pytest

from engine.kit.db import db, unit_of_work
from engine.process import definitions
from engine.process.models import ProcessDefinition
from tests.engine.studio.redrawing import renamed, standard
from tests.engine.studio.redrawn import Redrawn
from tests.stories import Story

SURE = {"is_sure": "1"}


@pytest.fixture
def first(city):
    return definitions.active("standard_case").id


@pytest.fixture
def second(city, first):
    changed = renamed("handle", "repair").replace('name="受理"', 'name="受理<b>登记"'.replace("<", "&lt;"), 1)
    with unit_of_work():
        return definitions.publish("standard_case", changed, by_id=None, at=Story(city).now).id


def test_two_versions_stand_side_by_side_with_what_is_different(visit, first, second):
    page = visit("system_admin", language="en").get(f"/studio/versions/{first}/differences/{second}").text
    assert page.count("<svg viewBox") == 2
    assert "is-added" in page
    assert "is-removed" in page
    assert "受理&lt;b&gt;登记" in page
    assert "<b>登记" not in page
    chinese = visit("qian").get(f"/studio/versions/{first}/differences/{second}").text
    assert "有何不同" in chinese


STEP = """
<bpmn:userTask id="countersign"{name}>
  <bpmn:extensionElements>
    <cityloop:task form="suspension_lift" act="verification" stage="verifying" clock="verification"
                   department="authority" notify="yes" odd="&lt;i&gt;odd"/>
  </bpmn:extensionElements>
</bpmn:userTask>
<bpmn:exclusiveGateway id="Gateway_0x1"/>
<bpmn:sequenceFlow id="Flow_0x1" sourceRef="countersign" targetRef="Gateway_0x1">
  <bpmn:conditionExpression>{condition}</bpmn:conditionExpression>
</bpmn:sequenceFlow>
"""
NAMED = ' name="会签&lt;i&gt;"'


def listed(browser, first, *, name=NAMED, condition="kind == &quot;event&quot; &amp;&amp; return_count &gt;= 2"):
    """The list of what is different once a step with a way behind it is added: nobody need be able to run it."""
    row = db.session.get_one(ProcessDefinition, first)
    xml = row.xml.replace("<bpmn:sequenceFlow", STEP.format(name=name, condition=condition) + "<bpmn:sequenceFlow", 1)
    xml = xml.replace("<bpmn:flowNodeRef>", "<bpmn:flowNodeRef>countersign</bpmn:flowNodeRef><bpmn:flowNodeRef>", 1)
    told = {"name": row.name, "digest": row.digest, "created_at": row.created_at}
    other = ProcessDefinition(key=row.key, version=9, xml=xml, state="superseded", **told)
    db.session.add(other)
    db.session.commit()
    both = ((first, other.id), (other.id, first))
    pages = [browser.get(f"/studio/versions/{before}/differences/{after}").text for before, after in both]
    return [re.sub(r"\s+", " ", page.partition('class="differences"')[2]) for page in pages]


def test_what_came_or_went_tells_its_properties_in_words(visit, first):
    for page, tag in zip(listed(visit("system_admin", language="en"), first), ("ins", "del"), strict=True):
        for label, value in (
            ("Act", "Verification"), ("Stage", "Being verified on site"), ("Clock", "Verification on site"),
            ("Who is told when it opens", "the people of this role"), ("odd", "&lt;i&gt;odd"),
        ):  # fmt: skip
            assert re.search(rf"<dt>{label}</dt><dd> ?<{tag}>{value}</{tag}>", page), label
        assert ">suspension_lift<" not in page, "forms go by their titles"
        assert ">authority<" not in page, "rules of departments go by their labels"
        assert "<i>" not in page


def test_ways_and_what_has_no_name_are_told_without_their_ids(visit, first):
    browser = visit("system_admin", language="en")
    came, _ = listed(browser, first)
    assert re.search(r'line <b data-show="Flow_0x1">from 会签&lt;i&gt; to unnamed gateway</b>', came)
    assert '<b data-show="Gateway_0x1">unnamed gateway</b>' in came
    assert ">Gateway_0x1" not in came


def test_a_step_without_a_name_says_so(visit, first):
    came, _ = listed(visit("system_admin", language="en"), first, name="")
    assert '<b data-show="countersign">unnamed step</b>' in came


def test_a_simple_condition_is_told_in_words_and_another_as_it_is_run(visit, first):
    browser = visit("system_admin", language="en")
    came, _ = listed(browser, first)
    source = "kind == &#34;event&#34; &amp;&amp; return_count &gt;= 2"
    assert re.search(rf"is Event and [^<]+ is at least 2 <code>{source}</code>", came)


def test_a_condition_of_more_than_rows_stays_as_it_is(visit, first):
    came, _ = listed(visit("system_admin", language="en"), first, condition="(rounds + 1) &gt; 2")
    assert "<ins>(rounds + 1) &gt; 2</ins>" in came


def test_whom_a_step_has_told_is_compared_in_words(visit, city):
    def published(notify):
        drawn = Redrawn().step("look", "handling_clerk_lane", form="step", act="step", notify=notify)
        drawn.lead("feedback_result_to_review_feedback", "look").flow("look", "review_feedback")
        with unit_of_work():
            return definitions.publish("standard_case", drawn.xml, by_id=None, at=Story(city).now).id

    address = f"/studio/versions/{published('yes')}/differences/{published('role department_head')}"
    page = visit("qian").get(address).text
    assert "<dt>环节开始时通知谁</dt>" in page
    assert "<del>该角色的人员</del> <ins>该角色的人员 · 承办部门负责人</ins>" in page


def test_versions_of_different_processes_are_not_compared(visit, city, first):
    other = db.session.query(ProcessDefinition.id).filter(ProcessDefinition.key != "standard_case").first()[0]
    assert visit("system_admin").get(f"/studio/versions/{first}/differences/{other}").status_code == 404


def test_an_earlier_version_comes_back_with_a_reason(visit, first, second):
    browser = visit("system_admin")
    assert browser.post(f"/studio/versions/{first}/restoration", data={"reason": "错"}).status_code == 422, "no tick"
    refused = browser.post(f"/studio/versions/{first}/restoration", data=SURE | {"reason": " "})
    assert refused.status_code == 422
    assert "请说明原因" in refused.text
    answer = browser.post(f"/studio/versions/{first}/restoration", data=SURE | {"reason": "二级审批有误"})
    assert answer.status_code == 303
    back = definitions.active("standard_case")
    assert back.version == 3
    assert "二级审批有误" in browser.get(answer.location).text
    assert browser.post(f"/studio/versions/{first}/restoration", data=SURE | {"reason": "again"}).status_code == 409


def test_a_suspended_version_says_what_cases_begin_on(visit, first, second):
    browser = visit("system_admin", language="en")
    answer = browser.post(f"/studio/versions/{second}/suspension", data=SURE | {"reason": "wrong"})
    assert answer.status_code == 303
    page = browser.get(answer.location).text
    assert "New cases begin on version 1." in page
    assert definitions.active("standard_case").id == first
    assert browser.post(f"/studio/versions/{second}/resumption").status_code == 303
    assert definitions.active("standard_case").id == second


def test_only_those_who_may_suspend_or_compare(visit, first, second):
    assert visit("wang").get(f"/studio/versions/{first}").status_code == 403
    director = visit("qian")
    assert director.get(f"/studio/versions/{first}").status_code == 200
    assert director.post(f"/studio/versions/{first}/suspension", data=SURE | {"reason": "x"}).status_code == 403


def test_the_drawing_is_what_was_published(first):
    assert db.session.get_one(ProcessDefinition, first).xml == standard()
