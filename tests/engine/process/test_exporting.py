"""What we give out is plain BPMN 2.0: rules of its schema that other tools insist on, and a parser of theirs."""

import shutil
import subprocess
from pathlib import Path

import pytest

from engine.kit.config import ROOT
from engine.process import exporting, importing, linting, outcomes, xml
from tests.engine.process.sketching import Sketch
from tests.engine.process.stories import DRAWINGS

FOREIGN = Path(__file__).parent / "foreign"
OWN = [*sorted((ROOT / "workflows").glob("*.bpmn")), *sorted(DRAWINGS.glob("*.bpmn"))]
EVERY = {path.stem: path for path in [*OWN, *sorted(FOREIGN.glob("*.bpmn"))]}
MODDLE = ROOT / "node_modules" / "bpmn-moddle"
OPENING = """
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
const found = await import(createRequire(process.argv[1] + "/").resolve("bpmn-moddle"));
const Moddle = found.BpmnModdle || found.default;
const { rootElement, warnings } = await new Moddle().fromXML(readFileSync(0, "utf8"));
console.log(JSON.stringify([rootElement.$type, rootElement.diagrams.length, warnings.map((each) => each.message)]));
process.exit(0);
"""


def exported(name: str) -> xml.Element:
    imported = importing.read(EVERY[name].read_bytes())
    return xml.read(exporting.plain(imported.xml))


@pytest.mark.parametrize("name", EVERY)
def test_ids_are_unique_and_names_of_elements_lead_somewhere(name: str) -> None:
    root = exported(name)
    ids = [each.get("id") for each in root.iter("*") if each.get("id")]
    assert len(ids) == len(set(ids))
    for attribute in ("sourceRef", "targetRef", "attachedToRef", "default", "bpmnElement", "processRef", "messageRef"):
        assert {each.get(attribute) for each in root.iter("*") if each.get(attribute)} <= set(ids)
    for kind in ("incoming", "outgoing", "flowNodeRef"):
        assert {each.text for each in xml.find(root, f".//bpmn:{kind}")} <= set(ids)


@pytest.mark.parametrize("name", EVERY)
def test_each_flow_is_named_at_both_its_ends(name: str) -> None:
    root = exported(name)
    for kind, end in (("outgoing", "sourceRef"), ("incoming", "targetRef")):
        named = {(each.getparent().get("id"), each.text) for each in xml.find(root, f".//bpmn:{kind}")}
        flows = {(each.get(end), each.get("id")) for each in xml.find(root, ".//bpmn:sequenceFlow")}
        assert named == flows


@pytest.mark.parametrize("name", EVERY)
def test_children_stand_in_the_order_of_the_schema(name: str) -> None:
    order = ["documentation", "extensionElements", "incoming", "outgoing"]
    for element in exported(name).iter(f"{{{xml.BPMN}}}*"):
        kinds = [xml.kind(child) for child in element]
        places = [order.index(kind) if kind in order else len(order) for kind in kinds]
        assert places == sorted(places)
        if xml.kind(element) == "definitions":
            assert kinds[-1] == "BPMNDiagram"
            assert element.get("targetNamespace")


@pytest.mark.parametrize("name", EVERY)
def test_our_own_data_stands_in_extensions_only(name: str) -> None:
    for element in exported(name).iter(f"{{{xml.NAMES['cityloop']}}}*"):
        assert next(element.iterancestors(f"{{{xml.BPMN}}}extensionElements"), None) is not None


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_our_drawings_come_back_as_they_went(path: Path) -> None:
    source = path.read_bytes()
    again = importing.read(exporting.plain(source))
    assert (again.notes, again.losses) == ((), ())
    assert linting.findings(again.xml, rehearse=False) == linting.findings(source, rehearse=False)
    assert outcomes.read(again.xml) == outcomes.read(source)


def test_a_drawing_without_a_picture_is_given_one() -> None:
    text = Sketch().start().user("work").end().chain("begin", "work", "finish").xml()
    before, _, after = text.partition("<bpmndi:BPMNDiagram")
    root = xml.read(exporting.plain(before + after.partition("</bpmndi:BPMNDiagram>")[2]))
    shown = {each.get("bpmnElement") for each in xml.find(root, ".//bpmndi:BPMNShape | .//bpmndi:BPMNEdge")}
    assert {"begin", "work", "finish", "lane", "begin_to_work", "work_to_finish"} <= shown


@pytest.mark.skipif(not (shutil.which("node") and MODDLE.exists()), reason="needs node and bpmn-moddle")
@pytest.mark.parametrize("name", EVERY)
def test_the_parser_of_bpmn_js_opens_it_without_warning(name: str) -> None:
    text = exporting.plain(importing.read(EVERY[name].read_bytes()).xml)
    command = ["node", "--input-type=module", "-e", OPENING, str(ROOT / "node_modules")]
    answer = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    assert answer.stdout.strip() == '["bpmn:Definitions",1,[]]', answer.stderr
