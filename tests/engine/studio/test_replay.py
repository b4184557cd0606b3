"""Past cases run through another drawing: the same one gives what happened; others give what would have."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.calendars import queries as calendars
from engine.kit.db import db
from engine.process.instances import DEFINITION, INSTANCE
from engine.studio import recorded, replay, typical
from engine.studio.replay_models import Went
from engine.studio.replay_target import Target
from engine.studio.tallying import all_of
from tests.engine.studio import redrawn
from tests.engine.studio.conftest import LOOKED_AT
from tests.stories import Story


@pytest.fixture
def records(past):
    return recorded_of("standard_case")


def recorded_of(key):
    chosen = select(INSTANCE.c.id).join(DEFINITION, DEFINITION.c.id == INSTANCE.c.definition_id)
    return recorded.read(list(db.session.scalars(chosen.where(DEFINITION.c.key == key))))


def replayed(records, source):
    calendar = calendars.working(None)
    usual, target = typical.of(records, calendar), Target.of(source)
    return [replay.replay(each, target, usual, calendar, at=LOOKED_AT) for each in records]


def courses(clocks):
    return Counter((each.name, each.course.started_at.replace(microsecond=0), each.course.due, each.course.stopped_at)
                   for each in clocks)  # fmt: skip


def on_record(clocks):
    return Counter((each.name, each.started_at.replace(microsecond=0), each.due_at, each.stopped_at) for each in clocks)


def test_the_drawing_that_a_case_ran_on_gives_what_happened_to_the_second(records):
    for one in replayed(records, redrawn.Redrawn().xml):
        assert one.went == Went.same, (one.record.instance_id, one.reason, one.nodes)
        assert one.later == timedelta()
        assert one.end == one.record.end
        assert {node: (w.before, round(w.waited_before)) for node, w in one.nodes.items()} == {
            node: (w.after, round(w.waited_after)) for node, w in one.nodes.items()
        }
        assert courses(one.clocks.all) == on_record(one.record.clocks)
        assert one.late_before == one.late_after


def test_the_month_is_worth_replaying(records):
    acts = {done.act for each in records for done in each.done}
    assert {"confirmation", "dispatching", "return_review", "verification", "call_back"} <= acts
    assert any(each.end == "end_closed" for each in records)
    assert any(each.still_open for each in records)


def test_an_added_approval_waits_as_long_as_its_act_usually_does(records):
    found = replayed(records, redrawn.with_second_approval())
    closed = [one for one in found if one.record.end == "end_closed"]
    assert closed
    usual = typical.of(records, calendars.working(None)).by_act["closure"]
    for one in closed:
        assert one.went == Went.otherwise
        assert one.end == "end_closed"
        again = one.nodes["approve_again"]
        assert (again.before, again.after) == (0, one.record.passed.count("closure_result_to") or again.after)
        assert one.new_steps[0] == ("approve_again", "act")
        assert again.waited_after >= min(usual, 1)
        assert one.later > timedelta()
    tally = all_of(found)
    assert tally.later == len(closed) + sum(one.later > timedelta() for one in found if one not in closed)
    assert tally.nodes["approve_again"].before == 0
    assert tally.nodes["approve_again"].after >= len(closed)


def test_an_added_step_of_a_new_act_takes_what_its_role_usually_takes_else_its_limit(records):
    source = redrawn.with_second_approval(act="second_approval", form="closure", clock="closure")
    said_by = {said for one in replayed(records, source) for _, said in one.new_steps}
    roles = typical.of(records, calendars.working(None)).by_role
    assert said_by == ({"role"} if "director" in roles else {"clock"})


def test_a_removed_step_is_not_waited_in(records):
    for one in replayed(records, redrawn.without_feedback_review()):
        reviews = [done for done in one.record.done if done.node == "review_feedback"]
        refused = any(done.facts["outcome"] == "refuse" for done in reviews)
        if reviews and not refused and one.went != Went.not_replayed:
            assert one.nodes["review_feedback"].after == 0
            assert one.nodes["review_feedback"].before == len(reviews)
            assert one.later <= timedelta()
            assert not any(each.name == "feedback_review" for each in one.clocks.all)


def test_a_changed_condition_sends_cases_another_way(records):
    found = replayed(records, redrawn.nobody_called_back())
    called = [one for one in found if any(done.node == "call_back" for done in one.record.done)]
    assert called
    for one in called:
        assert one.went == Went.otherwise
        assert one.nodes["call_back"].after == 0
    others = [one for one in found if "call_back" not in one.nodes]
    assert all(one.went == Went.same for one in others)


def test_a_step_of_another_name_takes_up_what_the_same_act_did(records):
    for one in replayed(records, redrawn.renamed()):
        done = sum(each.act == "verification" for each in one.record.done)
        assert one.went != Went.not_replayed, one.reason
        assert one.later == timedelta()
        assert one.nodes.get("look_on_site", replay.Waited()).after == done
        assert one.new_steps == []


def test_why_a_case_cannot_be_replayed_is_said(records):
    drawn = redrawn.Redrawn()
    drawn.ask(drawn.element("verification_result_to_approve_closure"), 'outcome == "splendid"')
    found = replayed(records, drawn.xml)
    failed = [one for one in found if one.went == Went.not_replayed]
    assert failed
    assert all(one.reason and one.reason[0] for one in failed)
    assert {one.went for one in found if not any(done.act == "verification" for done in one.record.done)} <= {Went.same}


def test_more_waiting_makes_some_late_by_the_citys_calendar(city, at):
    story = Story(city).filed().handled()
    story.do("wang", "feedback_acceptance").do("chen", "verification", result="passed", note="")
    story.do("zhao", "closure")
    drawn = redrawn.Redrawn().step("think", "dispatcher_lane", form="plain", act="thinking", clock="arbitration")
    drawn.lead("feedback_result_to_review_feedback", "think").flow("think", "review_feedback")
    [record] = recorded_of("standard_case")
    one = replay.replay(
        record, Target.of(drawn.xml), typical.Typical(), calendars.working(None), at=at("2026-03-20 09:00")
    )
    # Sixteen working hours of the clock's limit, from Monday morning on: it ends on Tuesday or Wednesday.
    assert one.new_steps == [("think", "clock")]
    assert one.later > timedelta(hours=24)
    assert one.late_after == []
    assert one.late_before == []
    assert one.end == "end_closed"


def test_a_suspension_or_extension_that_was_granted_moves_the_clock_here_too(records):
    extended = [each for each in records for clock in each.clocks for fact in clock.facts
                if clock.name == "handling" and fact.action in {"extend", "pause"}]  # fmt: skip
    for one in replayed(extended, redrawn.Redrawn().xml):
        assert courses(one.clocks.all) == on_record(one.record.clocks)
