"""Versions beside each other, brought back and suspended; each by those who may."""

import pytest

from engine.kit.db import db, unit_of_work
from engine.process import definitions
from engine.process.models import ProcessDefinition
from tests.engine.studio.redrawing import renamed, standard
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
