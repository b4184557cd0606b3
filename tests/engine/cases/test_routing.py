"""The lists that drawings choose from hold what cases really give."""

import re

import pytest
from sqlalchemy import select

from engine.cases import list_of_acts as acts
from engine.cases import routing
from engine.kit.config import ROOT
from engine.kit.db import db
from engine.process import expressions, vocabulary, xml
from engine.process.models import ProcessEvent
from tests.stories import Story

DRAWINGS = sorted((ROOT / "workflows").glob("*.bpmn"))
OUTCOME = re.compile(r'outcome == "(\w+)"')


def names():
    return set(vocabulary.facts())


def conditions(path):
    return ["".join(one.itertext()) for one in xml.find(xml.read(path.read_bytes()), ".//bpmn:conditionExpression")]


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.stem)
def test_every_fact_that_a_delivered_drawing_asks_for_is_known(path):
    for source in conditions(path):
        assert set(expressions.compiled(source).variables()) <= names(), source


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.stem)
def test_every_outcome_that_a_delivered_drawing_asks_for_is_known(path):
    known = {outcome for outcomes in routing.OUTCOMES.values() for outcome in outcomes}
    assert {found for source in conditions(path) for found in OUTCOME.findall(source)} <= known


def test_every_act_of_the_program_has_its_outcomes():
    assert routing.OUTCOMES.keys() == acts.KNOWN_STEPS


def test_what_a_case_gives_is_in_the_list(city):
    story = Story(city).filed()
    given = db.session.scalars(select(ProcessEvent).where(ProcessEvent.instance_id == story.case.instance_id))
    facts = {name: value for event in given for name, value in event.facts.items()}
    assert facts.keys() <= names()
    assert (facts["category"], facts["kind"]) == (story.case.category.code, story.case.kind)


def test_a_drawing_can_ask_for_the_category_from_the_start(city):
    story = Story(city).report()
    start = db.session.scalars(select(ProcessEvent).where(ProcessEvent.kind == "started")).first()
    assert {"category", "major_category", "kind", "is_urgent"} <= start.facts.keys()
    assert story.case.instance_id == start.instance_id
