"""What the check of drawings is told about cases agrees with the drawings that come with the program."""

from collections.abc import Iterator

import pytest

from engine import rooms
from engine.cases import drawn_facts
from engine.kit.config import ROOT
from engine.process import linting, outcomes, parser, vocabulary, xml

rooms.connect_receivers()
DRAWINGS = sorted((ROOT / "workflows").glob("*.bpmn"))


def _asked() -> Iterator[tuple[str, set[str]]]:
    for path in DRAWINGS:
        root = xml.read(path.read_bytes())
        for key, asked in outcomes.asked(root).items():
            [task] = xml.find(root, f'.//bpmn:userTask[@id="{key}"]')
            if asked:
                yield parser.task_of(task)["act"], set(asked) - {outcomes.OTHERWISE}


@pytest.mark.parametrize(("act", "asked"), list(_asked()))
def test_what_a_step_may_end_with_is_what_the_drawing_asks_for(act: str, asked: set[str]) -> None:
    assert asked <= drawn_facts.OUTCOMES[act]


def test_every_act_of_a_step_has_its_outcomes() -> None:
    plain = vocabulary.mapping("plain_step")["act"]
    assert set(vocabulary.names("act")) - {plain} == set(drawn_facts.OUTCOMES)


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.stem)
def test_the_drawings_of_the_program_give_no_warning(path) -> None:
    assert linting.findings(path.read_bytes(), rehearse=False) == []


def test_facts_are_told_with_their_kinds() -> None:
    found = vocabulary.facts()
    assert found["entry"].values
    assert found["is_public"].kind == vocabulary.FactKind.truth
    assert {"outcome", "return_count", "dispatched"} <= set(found)
