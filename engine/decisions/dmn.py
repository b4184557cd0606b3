"""Tables as DMN 1.3 files, which other tools open; what those do not know, the test cases, stands in an extension."""

from collections.abc import Iterator

from lxml import etree

from engine.decisions import cells
from engine.decisions.content import Content, Example, Row
from engine.decisions.vocabulary import Answers, Decision, HitPolicy, Input
from engine.kit import xml
from engine.kit.facts import FactKind
from engine.kit.i18n import translate

DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"
DMNDI = "https://www.omg.org/spec/DMN/20191111/DMNDI/"
DC = "http://www.omg.org/spec/DMN/20180521/DC/"
OWN = "urn:cityloop:dmn"
NAMES = {None: DMN, "dmndi": DMNDI, "dc": DC, "cityloop": OWN}
TYPES = {FactKind.text: "string", FactKind.whole: "number", FactKind.number: "number", FactKind.truth: "boolean"}
AGGREGATIONS = {HitPolicy.collect_min: "MIN", HitPolicy.collect_max: "MAX"}
WIDTH, HEIGHT, GAP = 180, 80, 40
"""Of a shape in the picture of what the decision needs."""


def exported(content: Content, decision: Decision, *, locale: str) -> str:
    """A table as the text of a DMN file; labels are in ``locale``, names the same in all."""
    root = etree.Element(f"{{{DMN}}}definitions", nsmap=NAMES, id=f"definitions_{decision.name}",
                         name=translate(decision.label, locale), namespace="urn:cityloop:decisions")  # fmt: skip
    head = _in(root, "decision", id=decision.name, name=translate(decision.label, locale))
    _examples(head, content)
    _in(head, "variable", id=f"variable_{decision.name}", name=decision.name)
    for name in content.inputs:
        needed = _in(head, "informationRequirement", id=f"needs_{name}")
        _in(needed, "requiredInput", href=f"#fact_{name}")
    _table(head, content, decision, locale)
    for name in content.inputs:
        asked = decision.input(name)
        fact = _in(root, "inputData", id=f"fact_{name}", name=translate(asked.label, locale) if asked else name)
        _in(fact, "variable", id=f"value_{name}", name=name, typeRef=_type(asked))
    _picture(root, content, decision)
    return xml.written(root)


def columns(content: Content, decision: Decision) -> list[tuple[str, str]]:
    """Names and types of the output columns.

    The least or greatest is taken of single numbers only (DMN 1.3, 8.2.10): there the column is named after the unit.
    """
    if decision.answers is Answers.department:
        return [("department", "string")]
    units = {row.output.get("unit", "") for row in content.rows}
    if content.hit_policy in AGGREGATIONS and len(units) == 1 and units != {""}:
        return [(units.pop(), "number")]
    return [("value", "number"), ("unit", "string")]


def _table(head: xml.Element, content: Content, decision: Decision, locale: str) -> None:
    policy = content.hit_policy
    given = {"hitPolicy": policy.name.upper().partition("_")[0]}
    if policy in AGGREGATIONS:
        given["aggregation"] = AGGREGATIONS[policy]
    table = _in(head, "decisionTable", id=f"table_{decision.name}", **given)
    for name in content.inputs:
        _input(table, name, decision.input(name), locale)
    outputs = columns(content, decision)
    for name, kind in outputs:
        _in(table, "output", id=f"output_{name}", name=name, label=name, typeRef=kind)
    _in(table, "annotation", name="note")
    for number, row in enumerate(content.rows, 1):
        _rule(table, number, row, outputs)


def _input(table: xml.Element, name: str, asked: Input | None, locale: str) -> None:
    column = _in(table, "input", id=f"input_{name}", label=translate(asked.label, locale) if asked else name)
    _text(_in(column, "inputExpression", id=f"expression_{name}", typeRef=_type(asked)), name)
    if asked is not None and asked.values:
        _text(_in(column, "inputValues", id=f"values_{name}"), ", ".join(map(cells.literal, asked.values)))


def _rule(table: xml.Element, number: int, row: Row, outputs: list[tuple[str, str]]) -> None:
    rule = _in(table, "rule", id=f"row_{number}")
    for place, text in enumerate(row.tests, 1):
        _text(_in(rule, "inputEntry", id=f"cell_{number}_{place}"), text)
    for place, (name, kind) in enumerate(outputs, 1):
        given = row.output.get(name, "") if name in row.output else row.output.get("value", "")
        text = cells.literal(given) if kind == "string" and given else given
        _text(_in(rule, "outputEntry", id=f"answer_{number}_{place}"), text)
    _text(_in(rule, "annotationEntry"), row.note)


def _examples(head: xml.Element, content: Content) -> None:
    if not content.examples:
        return
    own = _in(head, "extensionElements")
    for one in content.examples:
        _example(own, one)


def _example(own: xml.Element, one: Example) -> None:
    example = etree.SubElement(own, f"{{{OWN}}}example", name=one.name)
    for kind, texts in (("fact", one.facts), ("expected", one.expected)):
        for name, text in texts.items():
            etree.SubElement(example, f"{{{OWN}}}{kind}", name=name, value=text)


def _picture(root: xml.Element, content: Content, decision: Decision) -> None:
    """The decision above the facts that it needs: some tools open nothing without a picture."""
    diagram = etree.SubElement(etree.SubElement(root, f"{{{DMNDI}}}DMNDI"), f"{{{DMNDI}}}DMNDiagram", id="picture")
    for number, (name, x, y) in enumerate(_places(content, decision), 1):
        shape = etree.SubElement(diagram, f"{{{DMNDI}}}DMNShape", id=f"shape_{number}", dmnElementRef=name)
        etree.SubElement(shape, f"{{{DC}}}Bounds", x=str(x), y=str(y), width=str(WIDTH), height=str(HEIGHT))


def _places(content: Content, decision: Decision) -> Iterator[tuple[str, int, int]]:
    yield decision.name, GAP, GAP
    for number, name in enumerate(content.inputs):
        yield f"fact_{name}", GAP + number * (WIDTH + GAP), 2 * GAP + 2 * HEIGHT


def _in(parent: xml.Element, kind: str, **given: str) -> xml.Element:
    return etree.SubElement(parent, f"{{{DMN}}}{kind}", **given)


def _text(parent: xml.Element, text: str) -> None:
    _in(parent, "text").text = text


def _type(asked: Input | None) -> str:
    return TYPES[asked.kind] if asked is not None else "string"
