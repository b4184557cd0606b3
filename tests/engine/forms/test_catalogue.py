"""Every form of the city loads, and its file is in order."""

import json

import pytest

from engine.forms import catalogue, linting
from engine.forms.definition import YES

ACTS = [
    "report",
    "call",
    "filing_proposal",
    "confirmation_request",
    "rejection",
    "merger",
    "transfer",
    "confirmation",
    "filing",
    "filing_return",
    "filing_rejection",
    "dispatch",
    "signing",
    "assignment",
    "return_request",
    "handling",
    "hand_back",
    "feedback",
    "redo",
    "return_grant",
    "return_refusal",
    "arbitration",
    "feedback_acceptance",
    "feedback_refusal",
    "verification",
    "closure",
    "rework",
    "call_back",
    "voiding",
    "reopening",
    "comment",
    "self_handling_approval",
    "self_handling_refusal",
    "late_filing",
    "step",
]


def test_there_is_a_form_for_every_act() -> None:
    assert set(ACTS) <= catalogue.names()


@pytest.mark.parametrize("name", sorted(catalogue.names()))
def test_every_form_loads_without_findings(name: str) -> None:
    entry = json.loads((catalogue.FOLDER / f"{name}.json").read_text())
    assert [str(finding) for finding in linting.check(entry)] == []
    assert catalogue.load(name).name == name


def test_a_form_is_read_once() -> None:
    assert catalogue.load("dispatch") is catalogue.load("dispatch", version=1)


@pytest.mark.parametrize(("name", "version"), [("no_such_form", None), ("../pyproject", None), ("dispatch", 99)])
def test_unknown_forms_and_versions_are_not_found(name: str, version: int | None) -> None:
    with pytest.raises(catalogue.UnknownForm, match=f"There is no form {name}"):
        catalogue.load(name, version)


def test_an_urgent_report_must_name_its_department() -> None:
    department = catalogue.load("report").field("department_id")
    assert not department.is_visible({"is_urgent": ""})
    assert department.is_visible({"is_urgent": YES})
    assert department.is_required({"is_urgent": "on"})
