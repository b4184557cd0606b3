"""What is wrong with an uploaded drawing is said of the element that is wrong."""

import pytest
from marshmallow import Schema, fields

from engine.process import actions, linting, translating
from engine.process.linting import Finding
from tests.engine.process.sketching import Sketch
from tests.engine.process.stories import DRAWINGS


@pytest.fixture(autouse=True)
def _actions() -> None:
    actions.register("find_department", Schema.from_dict({}), lambda *_: {"found": True})
    actions.register("urge", Schema.from_dict({"to": fields.String(required=True)}), lambda *_: None)


QUOTES = "\\'" * 400_000
"""Long, and never closed: whoever looks for its end from every beginning anew takes hours."""


def plain() -> Sketch:
    return Sketch().start().user("work").end().chain("begin", "work", "finish")


def choosing(condition: str) -> Sketch:
    s = Sketch().start().user("work").xor("gate", "other").end("good").end("bad")
    s.chain("begin", "work", "gate").flow("gate", "bad", name="other")
    return s.flow("gate", "good", condition, name="way")


def waiting(duration: str = "", **more: str) -> Sketch:
    s = Sketch().start().wait("rest", duration=duration, **more).end()
    return s.chain("begin", "rest", "finish")


def found(source: Sketch | str) -> dict[str, str]:
    findings = linting.check(source if isinstance(source, str) else source.xml())
    return {finding.element_id: finding.told("en") for finding in findings}


@pytest.mark.parametrize("name", ["repair", "errand"])
def test_good_drawings_pass(name: str) -> None:
    assert linting.check((DRAWINGS / f"{name}.bpmn").read_bytes()) == []


CASES = {
    "not executable": (Sketch(executable=False).start().end().flow("begin", "finish"), "sketch", "not executable"),
    "no form": (Sketch().start().node("userTask", "work").end().chain("begin", "work", "finish"), "work", "no act"),
    "id Start": (Sketch().start("Start").end().chain("Start", "finish"), "Start", "reserved"),
    "cron": (waiting("").node("x", "y"), "y", "does not run"),
    "no way on": (plain().user("idle").flow("begin", "idle"), "begin", "gateway"),
    "unreachable": (plain().user("island").flow("island", "finish"), "island", "No way leads"),
    "dead end": (Sketch().start().user("work").end().chain("begin", "work"), "work", "Nothing leads on"),
    "condition on a task's flow": (
        Sketch().start().end().flow("begin", "finish", "x"),
        "begin_to_finish",
        "never asked",
    ),
    "unknown action": (Sketch().start().service("s", "hack").end().chain("begin", "s", "finish"), "s", "no action"),
    "missing parameter": (
        Sketch().start().service("s", "urge").end().chain("begin", "s", "finish"),
        "s",
        "parameter to",
    ),
    "python script": (
        Sketch().start().script("s", "import os").end().chain("begin", "s", "finish"),
        "s",
        "name = expr",
    ),
    "juel": (choosing("${outcome == 'a'}"), "way", "outcome == 'a'"),
    "feel": (choosing('=outcome = "a" and n > 1'), "way", 'outcome == "a" && n > 1'),
    "method call": (choosing("${execution.setVariable('a', 1)}"), "way", "not usable CEL"),
    "unquoted duration": (waiting("PT30M"), "rest", '"PT30M"'),
    "nonsense duration": (waiting('"soon"'), "rest", "not usable"),
    "timer without time": (waiting(), "rest", "neither a clock nor a duration"),
    "complex gateway": (plain().node("complexGateway", "knot"), "knot", "complexGateway"),
    "data store": (plain().node("dataStoreReference", "store"), "store", "dataStoreReference"),
    "two ids": (plain().user("work"), "work", "used twice"),
    "no start": (Sketch().user("work").end().flow("work", "finish"), "sketch", "start event"),
    "bad id": (Sketch().start("a b").end().flow("a b", "finish"), "a b", "letters"),
    "unnamed message": (
        Sketch().start().node("receiveTask", "r").end().chain("begin", "r", "finish"),
        "r",
        "no message",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_findings(case: str) -> None:
    sketch, element, words = CASES[case]
    assert words in found(sketch).get(element, f"nothing, but {found(sketch)}")


def test_cycles_are_refused() -> None:
    xml = waiting('"PT1M"').xml().replace("timeDuration", "timeCycle")
    assert "cron" in found(xml)["rest"]


def test_a_flow_without_condition_is_found() -> None:
    xml = choosing("x").xml().replace(' default="other"', "")
    assert "no condition" in found(xml)["other"]


def test_compensation_and_loops_are_refused() -> None:
    s = plain()
    s.nodes[1] = s.nodes[1].replace(
        "</bpmn:userTask>", '<bpmn:standardLoopCharacteristics loopMaximum="3"/></bpmn:userTask>'
    )
    assert "standardLoopCharacteristics" in found(s)["work"]
    s = plain()
    s.nodes[1] = s.nodes[1].replace("<bpmn:userTask", '<bpmn:userTask isForCompensation="true"')
    assert "compensation" in found(s)["work"]


def test_a_lane_without_a_role_is_found() -> None:
    assert "no lane with a role" in found(plain().xml().replace('role="clerk"', ""))["work"]


def test_a_join_that_can_never_be_complete_gets_the_dry_run_stuck() -> None:
    s = Sketch().start().xor("choose", "left").user("a").user("b").parallel("meet").end()
    s.chain("begin", "choose").flow("choose", "a", name="left").flow("choose", "b", "x").chain("a", "meet")
    assert "stuck" in found(s.chain("b", "meet", "finish"))["meet"]


def test_a_drawing_that_runs_in_circles_is_found() -> None:
    s = Sketch().start().xor("back").xor("again", "back_again").end()
    s.chain("begin", "back", "again").flow("again", "back", name="back_again")
    assert "without any step" in found(s.flow("again", "finish", "false"))["again"]


def test_unknown_names_are_found_once_they_are_known() -> None:
    linting.know("form", lambda: {"acceptance"})
    assert "no form" in found(plain())["work"]


@pytest.mark.parametrize(
    ("source", "better"),
    [
        ("${outcome == 'a' and not done}", "outcome == 'a' && ! done"),
        ('=outcome = "a"', 'outcome == "a"'),
        ("outcome == 'a and b' or done is None", None),
        ("outcome == 'a and b' or done", "outcome == 'a and b' || done"),
        ("flag == True", "flag == true"),
        ("outcome == 'a'", None),
        ("__import__('os')", None),
        ("${execution.getVariable('a') == 1}", "a == 1"),
        ('return outcome.equals("a");', 'outcome == "a"'),
        ('return "a".equals(outcome) && n > 1;', '"a" == outcome && n > 1'),
        ("return System.exit(0);", None),
        ("a == 1 and not b == 2", None),
        ("a == 1 and not (b == 2)", "a == 1 && ! (b == 2)"),
        ("0 < a < 5 and b", None),
        (QUOTES, None),
        ("${" + "(" * 500_000 + "}", None),
    ],
)
def test_dialects_are_translated_where_it_is_safe(source: str, better: str | None) -> None:
    assert translating.condition(source) == better


@pytest.mark.parametrize(
    ("source", "better"),
    [
        ("PT30M", '"PT30M"'),
        ('"PT30M"', None),
        ('=duration("PT30M")', '"PT30M"'),
        ('=now() + duration("P1D")', '"P1D"'),
        ('="PT5M"', '"PT5M"'),
        ('=date and time("2026-12-31T00:00:00Z")', '"2026-12-31T00:00:00Z"'),
        ("${pause}", "pause"),
        ("=now()", None),
        ("R/PT1H", None),
        ("0 0 9 * * ?", None),
    ],
)
def test_times_are_translated_where_it_is_safe(source: str, better: str | None) -> None:
    assert translating.moment(source) == better


def test_translating_a_drawing_leaves_nothing_to_find() -> None:
    xml = translating.translated(choosing("${outcome == 'a' && n gt 1}").xml())
    assert linting.check(xml) == []
    assert "n > 1" in xml.replace("&gt;", ">")


def test_a_finding_can_be_told_in_words() -> None:
    finding = Finding("a", "The id %(id)s is used twice.", {"id": "a"})
    assert finding.told("en") == "The id a is used twice."
