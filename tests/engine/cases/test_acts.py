"""What the page offers is what the door lets through: at every stage, for everybody, for every act."""

from datetime import date

from engine.cases import acts, queries, steps
from engine.cases.errors import CaseNotFound
from engine.cases.list_of_acts import CASE_ACTS, STEP_ACTS
from engine.kit.errors import Conflict, NotAllowed
from tests.stories import Story

EVERYBODY = ("chen", "lin", "collector.002", "sun", "li", "zhao", "wang", "qian", "clerk", "handler", "head",
             "parks_clerk", "parks_handler", "zhou", "zheng", "wu", "system_admin", "security_admin",
             "audit_admin")  # fmt: skip
HANDING_ON = {"reassignment", "takeover"}
"""Who may hand the steps of a department on is told in ``test_reassigning``; that page and door agree is seen here."""
NAMES = sorted({act.name for act in (*STEP_ACTS, *CASE_ACTS)})


def let_through(case, tasks, actor):
    """The acts that an address written by hand would perform."""
    found = set()
    for name in NAMES:
        try:
            acts.check(case, acts.find(name, tasks), actor)
        except (NotAllowed, Conflict):
            continue
        found.add(name)
    return found


def who_may(story, city):
    """Who may do what to the case now, beside commenting and handing on, with every person checked twice."""
    case, tasks, found = story.case, steps.open_steps(story.case), {}
    for who in EVERYBODY:
        actor = city.actor(who)
        try:
            queries.get(case.id, actor)
        except CaseNotFound:
            continue
        offered = {offer.act.name for offer in acts.offers(case, tasks, actor)}
        assert let_through(case, tasks, actor) == offered, who
        for name in offered - HANDING_ON - {"comment"}:
            found.setdefault(name, set()).add(who)
    return found


def test_every_act_is_let_through_for_those_to_whom_it_is_offered_and_nobody_else(city):
    # The case lies on the beat of Chen and Lin, and goes to the sanitation bureau.
    story = Story(city).report()
    assert who_may(story, city) == dict.fromkeys(
        ("filing_proposal", "confirmation_request", "merger", "transfer", "rejection"), frozenset({"li"})
    )
    story.propose()
    assert who_may(story, city) == dict.fromkeys(("filing", "filing_return", "filing_rejection"), frozenset({"zhao"}))
    story.do("zhao", "filing")
    assert story.case.department.code == "sanitation"
    assert who_may(story, city) == {"signing": {"clerk"}, "return_request": {"clerk"}, "voiding": {"zhao"}}
    story.do("clerk", "signing")
    asking = {"extension": {"clerk"}, "suspension": {"clerk"}, "voiding": {"zhao"}}
    assert who_may(story, city) == {"assignment": {"clerk"}, "return_request": {"clerk"}} | asking
    story.do("clerk", "assignment", handler_id=city.handler.id)
    assert who_may(story, city) == {"handling": {"handler"}, "hand_back": {"handler"}} | asking
    story.do("handler", "handling", note="已清理")
    assert who_may(story, city) == {"feedback": {"clerk"}, "redo": {"clerk"}, "return_request": {"clerk"}} | asking
    story.do("clerk", "feedback", note="已处置完毕")
    assert who_may(story, city) == {
        "feedback_acceptance": {"wang"}, "feedback_refusal": {"wang"}, "voiding": {"zhao"},
    }  # fmt: skip
    story.do("wang", "feedback_acceptance")
    assert who_may(story, city) == {"verification": {"chen", "lin"}, "voiding": {"zhao"}}
    story.do("chen", "verification", result="passed", note="现场已整改")
    assert who_may(story, city) == {"closure": {"zhao"}, "rework": {"zhao"}, "voiding": {"zhao"}}
    story.do("zhao", "closure", result="resolved")
    assert who_may(story, city) == {"reopening": {"zhao"}}


def test_a_return_is_decided_by_the_dispatcher_and_a_dispute_by_the_director(city):
    story = Story(city).filed()
    story.do(story.clerk, "return_request", reason="not_our_duty", note="不属本部门职责")
    assert who_may(story, city) == {"return_grant": {"wang"}, "return_refusal": {"wang"}, "voiding": {"zhao"}}
    story.do("wang", "return_grant")
    assert who_may(story, city) == {"dispatch": {"wang"}, "voiding": {"zhao"}}


def test_an_adjustment_is_decided_step_by_step_and_a_suspended_case_rests(city):
    story = Story(city).filed().signed()
    words = {"reason": "season", "note": "待春季补植", "safety_measure": "已设置围挡", "until": date(2026, 4, 30)}
    story.do("clerk", "suspension", **words)
    at_work = {
        "handling": {"handler"},
        "hand_back": {"handler"},
        "adjustment_withdrawal": {"clerk"},
        "voiding": {"zhao"},
    }
    for who in ("head", "wang", "qian"):
        deciding = {"suspension_approval": {who}, "suspension_refusal": {who}}
        assert who_may(story, city) == at_work | deciding
        story.do(who, "suspension_approval", note="")
    assert who_may(story, city) == {"suspension_lift": {"clerk", "wang"}, "voiding": {"zhao"}}
