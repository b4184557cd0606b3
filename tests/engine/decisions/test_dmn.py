"""Tables leave as DMN 1.3 that the standard's own schema accepts, and come back; files of strangers do no harm."""

from pathlib import Path

import pytest
import SpiffWorkflow
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from engine.decisions import dmn, dmn_import
from engine.decisions import vocabulary as known
from engine.decisions.content import Content, Example, Row
from engine.decisions.errors import TooLarge, UnreadableDmn
from engine.decisions.vocabulary import HitPolicy
from tests.engine.decisions.drawing_up import LIMITS, OFFICES, hours, table

SCHEMA = Path(SpiffWorkflow.__file__).parent / "dmn/parser/schema/DMN13.xsd"
EXAMPLE = Example('<b>"1"</b>', {"area": "A", "count": "1"}, hours(4))
GOOD = Content(HitPolicy.first, ("area", "count"),
               (Row(('"A", "B"', "[0..5)"), hours(4), "夏季 <i>"), Row(("-", ">= 5"), hours(0.5, "working_days"))),
               (EXAMPLE, Example("none", {"area": "C", "count": "0"})))  # fmt: skip


def back(content, decision=LIMITS):
    return dmn_import.read(dmn.exported(content, decision, locale="zh_Hans_CN").encode(), decision)


@pytest.fixture(scope="module")
def schema():
    return etree.XMLSchema(etree.parse(SCHEMA))


@pytest.mark.parametrize("policy", [one for one in HitPolicy if one is not HitPolicy.collect])
def test_what_is_exported_is_dmn_by_the_schema_of_the_standard_and_comes_back(schema, policy):
    rows = tuple(Row(row.tests, hours(3), row.note) for row in GOOD.rows)
    content = Content(policy, GOOD.inputs, rows, GOOD.examples)
    schema.assertValid(etree.fromstring(dmn.exported(content, LIMITS, locale="en").encode()))
    assert back(content) == dmn_import.Imported(content.tidied(LIMITS), ())


def test_departments_come_back_by_their_codes(city, schema):
    content = table("area urgent", ("A", "true", "sanitation"), ("B", "-", "landscaping"), policy=HitPolicy.collect)
    content = content.tidied(OFFICES)
    text = dmn.exported(content, OFFICES, locale="zh_Hans_CN")
    schema.assertValid(etree.fromstring(text.encode()))
    assert back(content, OFFICES).content == content
    named = text.replace('"sanitation"', f'"{city.sanitation.short_name}"')
    assert dmn_import.read(named.encode(), OFFICES).content == content


TEXTS = st.text(max_size=30)


@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), max_size=4), TEXTS)
def test_whatever_was_typed_leaves_and_comes_back(rows, name):
    found = tuple(Row((cell,), hours(1), note) for cell, _, note in rows)
    content = Content(inputs=("code",), rows=found, examples=(Example(name, {"code": name}, hours(2)),)).tidied(LIMITS)
    again = back(content).content
    assert [" ".join(row.tests[0].split()) for row in content.rows] == [row.tests[0] for row in again.rows]
    assert again.examples == content.examples


FOREIGN = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/DMN/20180521/MODEL/" id="d" name="Limits" namespace="http://camunda.org">
  <decision id="Decision_1" name="Limits">
    <decisionTable id="t" hitPolicy="FIRST">
      <input id="i1" label="Area class"><inputExpression typeRef="string"><text>any</text></inputExpression></input>
      <input id="i2"><inputExpression typeRef="integer"><text>count</text></inputExpression></input>
      <output id="o1" label="value" typeRef="double"><defaultOutputEntry><text>9</text></defaultOutputEntry></output>
      <output id="o2" name="unit" typeRef="string" />
      <rule id="r1"><description>old</description>
        <inputEntry><text>"Inner city"</text></inputEntry><inputEntry><text>[1..3]</text></inputEntry>
        <outputEntry><text>4</text></outputEntry><outputEntry><text>"Working hours"</text></outputEntry></rule>
      <rule id="r2">
        <inputEntry><text></text></inputEntry><inputEntry><text>count &gt; limit + 1</text></inputEntry>
        <outputEntry><text>2 * 3</text></outputEntry><outputEntry><text>"working_days"</text></outputEntry></rule>
    </decisionTable>
  </decision>
</definitions>"""


def test_a_file_of_another_tool_is_taken_as_far_as_it_can_be_and_says_what_was_lost():
    found = dmn_import.read(FOREIGN.encode(), LIMITS)
    first, second = found.content.tidied(LIMITS).rows
    assert (first.tests, first.output, first.note) == (('"A"', "[1..3]"), hours(4), "old")
    assert second.tests == ("-", "count > limit + 1"), "the check will say what is wrong with it"
    assert second.output == {"value": "2 * 3", "unit": "working_days"}
    assert [str(one) for one in found.losses] == [
        "The answer where no row applies was left out: here it is as if there were no table."
    ]


LAUGHS = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9))
REFUSED = {
    "billion laughs": (
        FOREIGN.replace("<def", f'<!DOCTYPE d [<!ENTITY a0 "ha">{LAUGHS}]><def', 1).replace("old", "&a9;"),
        "it declares a document type or entities",
    ),
    "file": (
        FOREIGN.replace("<def", '<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/hostname">]><def', 1),
        "it declares a document type or entities",
    ),
    "huge": (FOREIGN + " " * 1024 * 1024, "it is larger than 1 MB"),
    "packed": ("PK\x03\x04", "it is a packed file; please unpack it first"),
    "page": ("<html/>", "This is not a DMN file."),
    "drawing": ('<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>', "This is not a DMN file."),
    "policy": (
        FOREIGN.replace("FIRST", "RULE ORDER"),
        "Its hit policy RULE ORDER is not run here: please use UNIQUE, FIRST, ANY or COLLECT.",
    ),
    "sum": (
        FOREIGN.replace('"FIRST"', '"COLLECT" aggregation="SUM"'),
        "Its hit policy COLLECT SUM is not run here: please use UNIQUE, FIRST, ANY or COLLECT.",
    ),
    "fact": (FOREIGN.replace(">count<", ">os.system('id')<"), "There is no fact called os.system('id')."),
    "output": (
        FOREIGN.replace('name="unit"', 'name="price"'),
        "Its output price is not known: please call the outputs value and unit.",
    ),
    "ragged": (
        FOREIGN.replace("<inputEntry><text></text></inputEntry>", ""),
        "A row has more or fewer cells than the table has columns.",
    ),
    "none": (FOREIGN.replace("decisionTable", "literalExpression"), "There is no decision table in this file."),
    "two": (
        FOREIGN.replace("</definitions>", FOREIGN[FOREIGN.index("<decision ") :]),
        "There are several decision tables in this file: please export one alone.",
    ),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_cannot_be_taken_is_refused_in_words(why):
    source, text = REFUSED[why]
    with pytest.raises(UnreadableDmn) as refused:
        dmn_import.read(source.encode(), LIMITS)
    assert [str(one) for one in refused.value.fields["file"]] == [text]


def test_a_table_of_a_thousand_rows_is_refused():
    rule = FOREIGN[FOREIGN.index("<rule id") : FOREIGN.index("</rule>") + 7]
    with pytest.raises(TooLarge):
        dmn_import.read(FOREIGN.replace("</decisionTable>", rule * 1000 + "</decisionTable>").encode(), LIMITS)


def test_the_program_s_own_decisions_are_exported(city, schema):
    for name in known.names():
        decision = known.get(name)
        content = Content(inputs=tuple(one.name for one in decision.inputs)[:10])
        schema.assertValid(etree.fromstring(dmn.exported(content, decision, locale="zh_Hans_CN").encode()))
