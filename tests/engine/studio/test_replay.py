"""Past cases run through another drawing: the same one gives what happened; others give what would have."""

from collections import Counter
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from engine.calendars import queries as calendars
from engine.calendars.working_time import Unit
from engine.kit.db import db
from engine.process.instances import DEFINITION, INSTANCE
from engine.studio import recorded, replay, typical
from engine.studio.replay_models import Went
from engine.studio.replay_target import Target
from engine.studio.tallying import all_of, is_newly_late, is_relieved
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
    calendar = calendars.working(None)
    usual = round(typical.of(records, calendar).by_act["closure"])
    assert usual > 60
    for one in closed:
        assert one.went == Went.otherwise
        assert one.end == "end_closed"
        closures = [done for done in one.record.done if (done.act, done.facts.get("outcome")) == ("closure", "close")]
        again = one.nodes["approve_again"]
        assert (again.before, again.after) == (0, len(closures))
        assert one.new_steps == [("approve_again", "act")] * len(closures)
        # Until then everything happened at its very moment: the first one waits from there on.
        since = closures[0].at
        until = since + timedelta(seconds=again.waited_after)
        unit = Unit.urgent_hours if one.record.case.is_urgent else Unit.working_hours
        assert len(closures) > 1 or calendar.spent(since, until, unit) == usual
        assert one.later > timedelta()
    tally = all_of(found)
    assert tally.later == sum(one.later > timedelta() for one in found)
    assert tally.nodes["approve_again"].before == 0
    assert tally.nodes["approve_again"].after == sum(len(one.new_steps) for one in found) >= len(closed)


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


@pytest.fixture
def closed(city):
    """One case of the small city, from report to closure in three quarters of an hour; it has four for handling."""
    return Story(city).closed()


def thinking_after(node, lane, clock="arbitration"):
    """The standard case with sixteen working hours of thinking behind a node."""
    drawn = redrawn.Redrawn().step("think", lane, form="plain", act="thinking", stage="handling", clock=clock)
    [onward] = [each for each in drawn.process.iter() if each.get("sourceRef") == node]
    return drawn.flow("think", onward.get("targetRef")).lead(onward.get("id"), "think").xml


def replayed_alone(source, *, at):
    [record] = recorded_of("standard_case")
    return replay.replay(record, Target.of(source), typical.Typical(), calendars.working(None), at=at)


def clock_of(one, name):
    [found] = [each.course for each in one.clocks.all if each.name == name]
    return found


def test_more_waiting_within_a_limit_makes_that_clock_late_and_is_marked(closed, at):
    one = replayed_alone(thinking_after("handle", "handler_lane"), at=at("2026-03-20 09:00"))
    assert (one.late_before, one.late_after) == ([], ["handling"])
    assert is_newly_late(one)
    assert not is_relieved(one)
    # Sixteen working hours from Monday, 9:25, on: until Wednesday, as the city works for eight hours a day.
    assert one.new_steps == [("think", "clock")]
    assert one.later == timedelta(days=2)
    assert (clock_of(one, "handling").due, clock_of(one, "handling").stopped_at) == (
        at("2026-03-02 15:10"), at("2026-03-04 09:30"))  # fmt: skip
    assert clock_of(one, "arbitration").due == at("2026-03-04 09:25"), "the new step's own limit is just kept"
    # The timer at the feedback finds the limit run out; the case comes to its service task once.
    overdue = one.nodes["mark_overdue"]
    assert (overdue.before, overdue.after) == (0, 1)
    assert (one.nodes["auto_dispatch"].before, one.nodes["auto_dispatch"].after) == (1, 1)


def test_more_waiting_between_limits_makes_nothing_late(closed, at):
    one = replayed_alone(thinking_after("verify", "dispatcher_lane"), at=at("2026-03-20 09:00"))
    assert one.new_steps == [("think", "clock")]
    assert one.later == timedelta(days=2)
    assert (one.late_before, one.late_after) == ([], [])
    assert clock_of(one, "closure").started_at == at("2026-03-04 09:40")
    assert one.end == "end_closed"


def test_who_was_late_because_of_a_step_is_not_without_it(city, at):
    Story(city).filed().handled().wait(hours=3).verified().do("zhao", "closure", result="resolved")
    one = replayed_alone(redrawn.without_feedback_review(), at=at("2026-03-20 09:00"))
    assert (one.late_before, one.late_after) == (["feedback_review"], [])
    assert is_relieved(one)
    assert not is_newly_late(one)
    assert one.later < timedelta(hours=-3)


def extended(story):
    story.do("clerk", "extension", reason="materials", value=None, note="等待配件到货")
    for who in ("head", "wang"):
        story.do(who, "extension_approval", note="")
    return story.do("zhao", "extension_approval", note="") if "review_by_duty_officer" in story.waiting else story


def suspended(story):
    words = {"reason": "season", "until": date(2026, 4, 30), "safety_measure": "已设置围挡", "note": "待春季补植"}
    story.do("clerk", "suspension", **words)
    for who in ("head", "wang", "qian"):
        story.do(who, "suspension_approval", note="")
    return story.wait(days=4).do("clerk", "suspension_lift", note="苗木已到")


@pytest.mark.parametrize(
    ("grant", "actions", "hours"), [(extended, {"extend"}, 6), (suspended, {"pause", "resume"}, 3)]
)
def test_a_suspension_or_extension_that_was_granted_moves_the_clock_here_too(city, at, grant, actions, hours):
    story = grant(Story(city).filed().signed().wait(hours=1))
    # Without what was granted it would be late.
    story.do(story.handler, "handling", minutes=hours * 60, note="").do(story.clerk, "feedback", note="")
    story.verified().do("zhao", "closure", result="resolved")
    [record] = recorded_of("standard_case")
    [handling] = [each for each in record.clocks if each.name == "handling"]
    assert {fact.action for fact in handling.facts} == {"start", "stop"} | actions
    assert handling.stopped_at > handling.first_due_at
    same = replayed_alone(redrawn.Redrawn().xml, at=at("2026-04-03 09:00"))
    assert same.went == Went.same
    assert courses(same.clocks.all) == on_record(record.clocks)
    moved = replayed_alone(thinking_after("approve_filing", "duty_officer_lane"), at=at("2026-04-03 09:00"))
    calendar, course = calendars.working(None), clock_of(moved, "handling")
    assert course.started_at == calendar.moment(
        calendar.position(handling.started_at, Unit.working_hours) + 16 * 3600, Unit.working_hours
    )
    spans = [(calendar.spent(each.started_at, due, Unit.working_hours),
              calendar.spent(each.started_at, each.stopped_at, Unit.working_hours))
             for each, due in ((handling, handling.due_at), (course, course.due))]  # fmt: skip
    assert spans[0] == spans[1]
    assert (moved.late_before, moved.late_after) == ([], [])
