"""Conditions read what somebody gives; ways come to an end; and whoever does the work does not close the case."""

import pytest
from marshmallow import Schema, fields

from engine.process import actions, linting, xml
from engine.process.linting import Finding, Grade
from engine.process.vocabulary import Fact, FactKind
from tests.engine.process.sketching import Sketch

LANES = (
    '<bpmn:lane id="lane_{role}"><bpmn:extensionElements><cityloop:lane role="{role}"/></bpmn:extensionElements>'
    "{nodes}</bpmn:lane>"
)


@pytest.fixture(autouse=True)
def _told() -> None:
    actions.register("urge", Schema.from_dict({"to": fields.String(metadata={"names": "role"})}), lambda *_: None)
    linting.know(
        "fact", lambda: {"count": Fact("count", FactKind.whole), "kind": Fact("kind", values=("big", "small"))}
    )
    linting.know("outcome", lambda: {"verification": {"passed", "failed"}, "handling": {"done"}})
    linting.know("act_fact", lambda: {"handling": {"note_length": Fact("note_length", FactKind.whole)}})
    linting.know("form_fact", lambda: {"poll": {"votes": Fact("votes", FactKind.whole)}})
    linting.know("plain_step", lambda: {"form": "step", "act": "step"})
    linting.know("handling", lambda: {"handling"})
    linting.know("apart", lambda: {"verification", "closure"})
    linting.know("closed", lambda: {"closed"})


def said(source: Sketch | str, grade: Grade) -> dict[str, str]:
    found = linting.findings(source if isinstance(source, str) else source.xml())
    return {finding.element_id: finding.told("en") for finding in found if finding.grade == grade}


def choosing(*conditions: str, default: bool = False, **step: str) -> Sketch:
    s = Sketch().start().user("work", **step).xor("gate", "otherwise" if default else None).end()
    s.chain("begin", "work", "gate")
    for number, condition in enumerate(conditions):
        s.flow("gate", "finish", condition, name=f"way_{number}")
    return s.flow("gate", "finish", name="otherwise") if default else s


def judged(*steps: tuple[str, str, str]) -> str:
    """The steps (name, act, role) one behind the other, and an end that closes the case."""
    s = Sketch().start()
    for name, act, _ in steps:
        s.user(name, act=act)
    s.end("finish", stage="closed").chain("begin", *(name for name, _, _ in steps), "finish")
    lanes = "".join(
        LANES.format(role=role, nodes=f"<bpmn:flowNodeRef>{name}</bpmn:flowNodeRef>").replace("lane_", f"lane_{name}_")
        for name, _, role in steps
    )
    text = s.xml()
    begin, end = text.index("<bpmn:lane "), text.index("</bpmn:laneSet>")
    return text[:begin] + lanes + text[end:]


@pytest.mark.parametrize(
    ("condition", "words"),
    [("colour == 'red'", "colour, which nobody gives"), ("outcme == 'x'", "outcme, which nobody gives")],
)
def test_facts_that_nobody_gives_are_errors(condition: str, words: str) -> None:
    assert words in said(choosing(condition, default=True), Grade.error)["way_0"]


@pytest.mark.parametrize("condition", ["count > 1", "outcome == 'x'", "note_length > 3", "kind == 'big'"])
def test_facts_that_are_given_are_none(condition: str) -> None:
    assert said(choosing(condition, default=True, act="handling"), Grade.error) == {}


def test_the_answers_of_a_plain_steps_form_are_facts() -> None:
    assert said(choosing("votes > 1", default=True, act="step", form="poll"), Grade.error) == {}
    assert "votes" in said(choosing("votes > 1", default=True, act="other", form="poll"), Grade.error)["way_0"]


def test_scripts_and_timers_read_facts_too() -> None:
    s = Sketch().start().script("sum", "a = 1\nb = a + c").wait("rest", duration="pause").end()
    found = said(s.chain("begin", "sum", "rest", "finish"), Grade.error)
    assert "reads c," in found["sum"]
    assert "reads pause" in found["rest"]


def test_what_messages_may_bring_is_only_warned_of() -> None:
    s = Sketch().start().receive("letter", "came").xor("gate", "b").end().chain("begin", "letter", "gate")
    s.flow("gate", "finish", "colour == 1", name="a").flow("gate", "finish", name="b")
    assert said(s, Grade.error) == {}
    assert "colour" in said(s, Grade.warning)["a"]


def test_facts_given_on_some_ways_only_are_warned_of() -> None:
    s = Sketch().start().xor("gate", "short").script("set", "size_of = 1").xor("meet").xor("ask", "no").end()
    s.chain("begin", "gate").flow("gate", "set", "count > 1", name="long").flow("gate", "meet", name="short")
    s.chain("set", "meet", "ask").flow("ask", "finish", "size_of > 1", name="yes").flow("ask", "finish", name="no")
    assert "size_of is given only on some" in said(s, Grade.warning)["yes"]


def test_an_outcome_that_no_step_gives_before_is_warned_of() -> None:
    s = Sketch().start().xor("gate", "no").end().chain("begin", "gate").user("later").flow("later", "finish")
    s.flow("gate", "finish", "outcome == 'x'", name="yes").flow("gate", "later", name="no")
    assert "outcome is given only" in said(s, Grade.warning)["yes"]


@pytest.mark.parametrize(
    ("conditions", "shown"),
    [
        (("count > 3", "count < 3"), "count = 3"),
        (("kind == 'big'",), None),  # One way alone is no choice.
        (("kind == 'big'", "kind == 'big' && count > 1"), 'kind = "small"'),
        (("kind == 'big'", "kind == 'small'"), None),
        (("outcome == 'passed'", "outcome == 'passed' && count > 1"), 'outcome = "failed"'),
        (("outcome == 'passed'", "outcome == 'failed'"), None),
        (("outcome == 'passed' && count > 2", "outcome == 'failed'"), 'outcome = "passed"'),
    ],
)
def test_gateways_without_a_way_for_some_values_are_warned_of(conditions: tuple[str, ...], shown: str | None) -> None:
    found = said(choosing(*conditions, act="verification"), Grade.warning)
    assert ("gate" in found) == bool(shown)
    assert not shown or shown in found["gate"]
    assert said(choosing(*conditions, default=True, act="verification"), Grade.warning).get("gate") is None


def test_what_chose_the_way_here_is_known_at_the_next_gateway() -> None:
    s = Sketch().start().xor("first", "no").xor("second").end().chain("begin", "first")
    s.flow("first", "second", "kind == 'big' && count > 1", name="yes").flow("first", "finish", name="no")
    s.flow("second", "finish", "count < 5", name="a").flow("second", "finish", "count >= 5", name="b")
    assert said(s, Grade.warning) == {}


@pytest.mark.parametrize("condition", ["kind == 'bigg'", "outcome == 'pased'"])
def test_values_that_a_fact_never_has_are_warned_of(condition: str) -> None:
    assert "which it never is" in said(choosing(condition, default=True, act="verification"), Grade.warning)["way_0"]


def test_a_loop_without_a_way_out_is_an_error() -> None:
    s = Sketch().start().xor("meet").user("a").user("b").end().user("c")
    s.chain("begin", "meet", "a", "b", "meet")
    assert "no way leads to an end" in said(s.flow("c", "finish"), Grade.error)["begin"]


def test_what_a_timer_starts_beside_a_step_is_no_way_out() -> None:
    s = Sketch().start().xor("meet").user("a").timer("late", "a", duration='"PT1H"').end()
    s.chain("begin", "meet", "a", "meet").flow("late", "finish")
    assert "no way leads to an end" in said(s, Grade.error)["begin"]


def test_a_way_out_through_a_timer_is_one() -> None:
    s = Sketch().start().xor("meet").user("a").timer("late", "a", duration='"PT1H"', cancel=True).end()
    assert said(s.chain("begin", "meet", "a", "meet").flow("late", "finish"), Grade.error) == {}


def test_a_case_that_its_handler_closes_is_an_error() -> None:
    found = said(judged(("work", "handling", "clerk")), Grade.error)
    assert "no hands but those of" in found["finish"]


def test_approving_in_the_same_role_is_no_better() -> None:
    found = said(judged(("work", "handling", "clerk"), ("approve", "step", "clerk")), Grade.error)
    assert "finish" in found


def test_approving_in_another_role_is_warned_of_because_one_person_may_hold_both() -> None:
    drawing = judged(("work", "handling", "clerk"), ("approve", "step", "boss"))
    assert said(drawing, Grade.error) == {}
    assert 'only "approve" is done by others' in said(drawing, Grade.warning)["finish"]


def test_the_programs_own_verification_keeps_them_apart() -> None:
    drawing = judged(("work", "handling", "clerk"), ("verify", "verification", "boss"), ("file", "step", "clerk"))
    assert linting.findings(drawing) == []


def test_judging_in_the_role_that_did_the_work_is_warned_of() -> None:
    found = said(judged(("work", "handling", "clerk"), ("verify", "verification", "clerk")), Grade.warning)
    assert "same role" in found["verify"]


def test_a_step_may_name_a_role_of_its_own() -> None:
    drawing = judged(("work", "handling", "clerk"), ("verify", "verification", "clerk"))
    assert linting.findings(drawing.replace('act="verification"', 'act="verification" role="boss"')) == []


def test_parameters_name_what_exists() -> None:
    linting.know("role", lambda: {"clerk"})
    s = Sketch().start().service("s", "urge", to="nobody").end().chain("begin", "s", "finish")
    assert 'no role "nobody"' in said(s, Grade.error)["s"]


def test_every_sentence_about_a_drawing_says_how_to_mend_it() -> None:
    [finding] = linting.check(choosing("${1 ~ 2}", default=True).xml())
    assert finding.mended("en")
    assert finding.mended("zh_Hans_CN") != finding.mended("en")
    assert Finding("a", "The id %(id)s is used twice.", {"id": "a"}).mended("en")


def test_a_process_that_no_act_begins_is_warned_of() -> None:
    s = Sketch().start().user("work").end()
    s.chain("begin", "work", "finish")
    assert said(s, Grade.warning) == {}
    linting.know("begun", lambda: {"standard_case", "appeal"})
    (finding,) = linting.findings(s.xml())
    assert finding.grade == Grade.warning
    assert "No act of the program begins cases" in finding.told("en")
    assert finding.mended("en").endswith(": appeal, standard_case.")
    linting.know("begun", lambda: {xml.find(xml.read(s.xml()), "./bpmn:process")[0].get("id")})
    assert said(s, Grade.warning) == {}
