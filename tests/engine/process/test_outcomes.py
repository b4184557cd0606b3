"""What a step may come to, read from the conditions behind it."""

from engine.process import outcomes
from tests.workflows.walking import WORKFLOWS


def test_the_steps_of_the_standard_case_have_their_outcomes():
    found = outcomes.read((WORKFLOWS / "standard_case.bpmn").read_bytes())
    assert {"confirm", "propose_filing", "reject", "merge", "transfer"} >= set(found["accept"]) >= {"confirm", "reject"}
    assert {"grant", "refuse"} & set(found["review_return"])
    assert all(found["accept"].values())
