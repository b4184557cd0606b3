"""Every road through the drawings of extension, suspension and appeal."""

import pytest

from engine.process import specs
from tests.workflows.walking import WORKFLOWS, Walk

YES, NO = "approve", "refuse"


def extension(times: int = 0) -> Walk:
    return Walk("extension", reason="materials", is_urgent=False, extension_count=times)


def suspension(due: frozenset[str] = frozenset()) -> Walk:
    return Walk("suspension", due, reason="season", is_urgent=False, days=30)


def suspended(due: frozenset[str] = frozenset()) -> Walk:
    walk = suspension(due).do("review_by_head", YES).do("review_by_dispatcher", YES)
    return walk.do("review_by_director", YES)


def test_a_first_extension_asks_head_and_dispatcher() -> None:
    walk = extension().do("review_by_head", YES).do("review_by_dispatcher", YES)
    assert walk.ended_at("end_granted")


@pytest.mark.parametrize("times", [1, 2])
def test_any_other_asks_the_duty_officer_too(times: int) -> None:
    walk = extension(times).do("review_by_head", YES).do("review_by_dispatcher", YES)
    assert walk.open == {"review_by_duty_officer"}
    assert walk.do("review_by_duty_officer", YES).ended_at("end_granted")


@pytest.mark.parametrize("steps", [("review_by_head",), ("review_by_head", "review_by_dispatcher")])
def test_whoever_says_no_ends_an_extension(steps: tuple[str, ...]) -> None:
    walk = extension()
    for step in steps[:-1]:
        walk.do(step, YES)
    assert walk.do(steps[-1], NO).ended_at("end_refused")


def test_the_duty_officer_says_no_as_well() -> None:
    walk = extension(1).do("review_by_head", YES).do("review_by_dispatcher", YES)
    assert walk.do("review_by_duty_officer", NO).ended_at("end_refused")


@pytest.mark.parametrize("saying_no", ["review_by_head", "review_by_dispatcher", "review_by_director"])
def test_whoever_says_no_ends_a_suspension(saying_no: str) -> None:
    walk = suspension()
    while saying_no not in walk.open:
        walk.do(*walk.open, YES)
    assert walk.do(saying_no, NO).ended_at("end_refused")


def test_a_suspension_waits_for_its_day_or_for_whoever_lifts_it() -> None:
    walk = suspended()
    assert [step.stage for step in walk.steps] == ["suspended"]
    assert walk.do("suspended", "lift").ended_at("end_lifted")


def test_a_suspension_ends_by_itself() -> None:
    assert suspended(frozenset({"suspension"})).ended_at("end_over")


@pytest.mark.parametrize("saying_no", ["review_by_dispatcher", "review_by_acceptor"])
def test_an_appeal_is_granted_by_dispatcher_and_acceptor(saying_no: str) -> None:
    walk = Walk("appeal", reason="weather", is_urgent=False, late_hours=3)
    assert walk.do("review_by_dispatcher", YES).do("review_by_acceptor", YES).ended_at("end_granted")
    refused = Walk("appeal", reason="weather", is_urgent=False, late_hours=3)
    while saying_no not in refused.open:
        refused.do(*refused.open, YES)
    assert refused.do(saying_no, NO).ended_at("end_refused")


@pytest.mark.parametrize("name", ["extension", "suspension", "appeal"])
def test_every_end_says_what_was_decided(name: str) -> None:
    source = (WORKFLOWS / f"{name}.bpmn").read_text("utf-8")
    spec = specs.parse(source).spec
    results = {
        task.bpmn_id: task.extensions["end"]["result"]
        for task in spec.task_specs.values()
        if (task.bpmn_id or "").startswith("end_")
    }
    assert set(results.values()) <= {"granted", "refused", "ended"}
    assert len(results) >= 2
