"""Files that were drawn elsewhere become drafts, with what their import has to say."""

import pytest

from engine.kit.db import unit_of_work
from engine.kit.errors import Invalid
from engine.process import definitions
from engine.studio import bringing, commenting, drafting
from engine.studio.bringing import File
from engine.studio.errors import DraftExists
from tests.engine.studio.conftest import NINE
from tests.engine.studio.redrawing import renamed, standard

LOSING = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="x"
 xmlns:camunda="http://camunda.org/schema/1.0/bpmn"><process id="lost" name="Lost">
 <startEvent id="begin"/><sequenceFlow sourceRef="begin" targetRef="look"/>
 <userTask id="look" name="Look" camunda:candidateGroups="acceptor"
 camunda:assignee="&lt;img src=x onerror=alert(1)&gt;"/>
 <sequenceFlow sourceRef="look" targetRef="done"/><endEvent id="done"/></process></definitions>"""


def bring(city, source, *, key="", name="a.bpmn", locale="en"):
    with unit_of_work():
        return bringing.bring(File(name, source), key=key, locale=locale, by=city.system_admin, at=NINE)


def test_what_is_brought_is_a_draft_and_in_force_only_after_a_review(city):
    draft = bring(city, renamed("handle", "repair"), key="standard_case")
    version = definitions.active("standard_case")
    assert (draft.state, draft.based_on_id, version.version) == ("drawing", version.id, 1)
    assert drafting.hands(draft.id) == {city.system_admin.id}


def test_a_file_that_names_a_process_of_the_city_is_its_next_version(city):
    assert bring(city, standard()).key == "standard_case"


def test_any_other_file_is_a_process_of_its_own(city):
    assert bring(city, LOSING, name="别的.bpmn").key == "lost"


@pytest.mark.parametrize("locale", ["en", "zh_Hans_CN"])
def test_what_is_translated_and_lost_stands_beside_its_elements(city, locale):
    draft = bring(city, LOSING, locale=locale)
    told = commenting.of(draft.id)
    assert {one.element_id for one in told} >= {"look"}
    assert any("onerror" in one.text for one in told)
    assert any("一" <= letter <= "鿿" for letter in told[0].text) == (locale != "en")
    assert {one.by for one in told} == {""}


def test_thousands_of_remarks_are_bounded_and_written_at_once(city, statements):
    many = "".join(f'<userTask id="t{n}" camunda:assignee="x{n}"/>' for n in range(1500))
    text = LOSING.replace('<endEvent id="done"/>', many + '<endEvent id="done"/>')
    with statements() as seen:
        draft = bring(city, text)
    told = commenting.of(draft.id)
    assert len(told) == bringing.MOST_TOLD + 1
    assert told[-1].text.startswith("and ")
    assert len(seen) <= 20, seen


BOMB = """<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol1 "&lol;&lol;&lol;">]>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="x" name="&lol1;"/></definitions>"""
TWO = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
<process id="x"/><process id="y"/></definitions>"""


@pytest.mark.parametrize(
    "source",
    ["<not-a-drawing/>", b"PK\x03\x04", b"", "<a", BOMB, TWO, TWO.replace('<process id="x"/><process id="y"/>', "")],
)
def test_what_is_no_drawing_is_refused_beside_the_file(city, source):
    with pytest.raises(Invalid) as refusal:
        bring(city, source)
    assert list(refusal.value.fields) == ["file"]
    assert drafting.open_drafts() == []


def test_a_second_draft_of_the_process_is_refused(city):
    bring(city, standard())
    with pytest.raises(DraftExists, match=city.system_admin.name):
        bring(city, standard())
