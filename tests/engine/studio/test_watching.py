"""Counts of versions, and figures of nodes, of cases that really went through the drawing."""

from datetime import timedelta
from types import SimpleNamespace

from engine.kit.db import db, unit_of_work
from engine.process import charts, definitions
from engine.process.models import Incident, ProcessInstance
from engine.studio import heat, passing, watching
from tests.city import at
from tests.engine.process.sketching import Sketch
from tests.stories import Story

DAY = timedelta(days=1)
BEGIN = at("2026-03-02 09:00")


def standard() -> int:
    return definitions.active("standard_case").id


def heat_of(**span):
    return heat.of(standard(), charts.of(standard()), **span)


def behind(node, measure, **span):
    return heat.behind(standard(), charts.of(standard()), node, measure, **span)


def figures(now, node):
    found = heat_of(since=BEGIN - DAY, until=now + DAY, at=now)
    return next(each for each in found.nodes if each.id == node)


def failed(story):
    with unit_of_work():
        db.session.add(Incident(instance_id=story.case.instance_id, task_id="", node="sign", error="E", attempts=3,
                                opened_at=story.now))  # fmt: skip


def test_what_runs_waits_and_failed_is_counted_by_version(city, statements):
    one, two = Story(city).filed(), Story(city).report()
    failed(one)
    failed(one)
    with statements() as seen:
        found = {each.key: each for each in watching.versions(two.now)}
    assert len(seen) == 7
    counted = found["standard_case"]
    assert (counted.running, counted.steps, counted.failed, counted.finished) == (2, 2, 1, 0)
    assert counted.timers >= 1
    later = {each.key: each.overdue for each in watching.versions(two.now + 30 * DAY)}
    assert (counted.overdue, later["standard_case"]) == (0, 2)
    assert found["appeal"].running == 0


def test_what_ended_lately_counts_as_finished(city):
    story = Story(city).filed().handled().verified().do("zhao", "closure")
    ended = db.session.get(ProcessInstance, story.case.instance_id).ended_at
    assert ended is not None
    assert {each.key: each.finished for each in watching.versions(story.now)}["standard_case"] == 1
    later = {each.key: each.finished for each in watching.versions(story.now + 31 * DAY)}
    assert later["standard_case"] == 0


def test_times_are_those_between_coming_and_going(city):
    story = Story(city).filed()
    story.do(story.clerk, "signing", minutes=60)
    other = Story(city).filed()
    other.do(other.clerk, "signing", minutes=20)
    node = figures(story.now, "sign")
    assert (node.passed, node.again, node.median, node.slow) == (2, 0, 40 * 60, 56 * 60)
    assert figures(story.now, "assign").here == 2


def test_a_step_that_is_done_again_is_a_loop(city):
    story = Story(city).filed().handled().do("wang", "feedback_refusal", note="重做")
    story.do(story.clerk, "assignment", handler_id=story.handler.id)
    node = figures(story.now, "assign")
    assert (node.passed, node.again, node.circling) == (2, 1, 1)
    [found] = heat.behind(
        standard(), charts.of(standard()), "assign", "again", since=BEGIN - DAY, until=story.now + DAY, at=story.now
    )
    assert (found.subject_id, found.times) == (story.case_id, 2)


def test_who_is_here_and_overdue_opens_its_cases(city):
    story = Story(city).filed()
    late = story.now + 30 * DAY
    node = figures(late, "sign")
    assert (node.here, node.overdue, node.overdue_share) == (1, 1, 1.0)
    span = {"since": BEGIN - DAY, "until": late + DAY, "at": late}
    for measure in ("here", "overdue"):
        assert [each.subject_id for each in behind("sign", measure, **span)] == [story.case_id]
    assert behind("verify", "here", **span) == []
    assert behind("sign", "failed", **span) == []


def test_many_cases_are_sampled_and_the_page_says_so(city, monkeypatch):
    monkeypatch.setattr(passing, "MOST", 2)
    for _ in range(5):
        story = Story(city).report()
    found = heat_of(since=BEGIN - DAY, until=story.now + DAY, at=story.now)
    assert (found.began, found.read) == (5, 2)


def test_a_period_without_cases_has_no_times(city):
    found = heat_of(since=BEGIN - DAY, until=BEGIN, at=BEGIN)
    assert {node.median for node in found.nodes} == {None}
    assert set(found.warmth("median").values()) == {0}


def test_the_heat_grows_with_the_figure(city):
    Story(city).filed()
    story = Story(city).report()
    warmth = heat_of(since=BEGIN - DAY, until=story.now + DAY, at=story.now).warmth("here")
    assert warmth["sign"] == warmth["accept"] == 5
    assert warmth["verify"] == 0


def move(kind, minute, node, *path, **facts):
    return SimpleNamespace(kind=kind, at=BEGIN + timedelta(minutes=minute), node=node, path=list(path), facts=facts)


def test_a_way_that_was_not_taken_begins_no_passage(city):
    chart = charts.of(standard())
    moves = [
        move("started", 0, None, "reported", "entry_kind"),
        move("completed", 10, "accept", "accept", "acceptance_result"),
        move("completed", 30, "approve_filing", "approve_filing", "filing_result"),
    ]
    spent = {node: seconds for node, seconds in passing.passages(chart, moves) if seconds}
    assert spent == {"accept": 600, "approve_filing": 1200}


def test_a_moved_token_leaves_one_node_and_comes_to_another(city):
    chart = charts.of(standard())
    moves = [
        move("started", 0, None, "reported", "entry_kind"),
        move("relocated", 15, "accept", **{"from": "accept", "to": "approve_filing"}),
        move("completed", 20, "approve_filing", "approve_filing"),
    ]
    assert [one for one in passing.passages(chart, moves) if one[1]] == [("accept", 900), ("approve_filing", 300)]


def test_a_step_that_a_timer_took_off_was_left_then(city):
    s = Sketch("errand").start().user("ask").timer("late", "ask", duration='"PT1H"', cancel=True).user("hurry")
    chart = charts.read(s.end("done").chain("begin", "ask", "done").chain("late", "hurry", "done").xml())
    moves = [
        move("started", 0, None, "begin"),
        move("fired", 60, "late", "late"),
        move("completed", 75, "hurry", "hurry", "done"),
    ]
    assert list(passing.passages(chart, moves)) == [("ask", 3600), ("hurry", 900)]
