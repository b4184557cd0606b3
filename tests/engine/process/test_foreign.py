"""Drawings made in other tools (``foreign/``) import as far as they can be honoured; beside each, what is said of it.

An outcome lists, for notes, losses, errors and warnings, a few words of every sentence by element: no more, no less.
"""

import json
from collections.abc import Iterable
from pathlib import Path

import pytest
from marshmallow import Schema, fields

from engine.process import actions, drawing, importing, linting, xml
from engine.process.linting import Finding
from engine.process.vocabulary import Fact, FactKind

FOLDER = Path(__file__).parent / "foreign"
NAMES = sorted(path.stem for path in FOLDER.glob("*.bpmn"))
OURS = {xml.BPMN, *xml.NAMES.values(), "http://www.w3.org/2001/XMLSchema-instance"}
Outcome = dict[str, dict[str, list[str]]]


@pytest.fixture(autouse=True)
def _city() -> None:
    actions.register("find_department", Schema.from_dict({}), lambda *_: {"found": True})
    actions.register("urge", Schema.from_dict({"to": fields.String(required=True)}), lambda *_: None)
    linting.know("form", lambda: {"handling", "step"})
    linting.know("act", lambda: {"handling", "step"})
    linting.know("form_act", lambda: {"handling": "handling"})
    linting.know("plain_step", lambda: {"form": "step", "act": "step"})
    linting.know("role", lambda: {"clerk": ("办事员", "Clerk"), "dispatcher": ("派遣员", "Dispatcher")})
    linting.know("fact", lambda: {"rounds": Fact("rounds", FactKind.whole), "urgent": Fact("urgent", FactKind.truth)})


def read(name: str) -> bytes:
    return (FOLDER / f"{name}.bpmn").read_bytes()


def told(findings: Iterable[Finding]) -> dict[str, list[str]]:
    said: dict[str, list[str]] = {}
    for finding in findings:
        said.setdefault(finding.element_id, []).append(finding.told("en"))
    return {key: sorted(sentences) for key, sentences in sorted(said.items())}


def outcome(name: str) -> Outcome:
    report = linting.examine(read(name))
    every = {"notes": report.notes, "losses": report.losses, "errors": report.errors, "warnings": report.warnings}
    return {kind: told(findings) for kind, findings in every.items()}


@pytest.mark.parametrize("name", NAMES)
def test_each_drawing_comes_out_as_expected(name: str) -> None:
    assert outcome(name) == json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


@pytest.mark.parametrize("name", NAMES)
def test_nothing_of_another_tool_is_left_in_it(name: str) -> None:
    root = xml.read(importing.read(read(name)).xml)
    found = {element.tag.partition("}")[0][1:] for element in root.iter("*")}
    assert found <= OURS


@pytest.mark.parametrize("name", NAMES)
def test_what_was_imported_is_imported_again_without_change(name: str) -> None:
    once = importing.read(read(name))
    again = importing.read(once.xml)
    assert again.xml == once.xml
    assert (again.notes, again.losses) == ((), ())


@pytest.mark.parametrize("name", NAMES)
def test_every_node_has_a_place_of_its_own(name: str) -> None:
    picture = drawing.read(importing.read(read(name)).xml)
    assert picture.shapes
    places = [(shape.box.x, shape.box.y) for shape in picture.shapes]
    assert len(set(places)) == len(places)


if __name__ == "__main__":
    raise SystemExit("Outcomes are written by hand, from what a person finds right.")
