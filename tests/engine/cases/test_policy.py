"""Who may do a step of this very case, beyond what his roles say: hands that must stay apart."""

import pytest

from engine.access import actors
from engine.access import queries as access
from engine.cases import acts, policy, steps, worklist
from engine.cases.errors import CaseNotFound, HandledIt, ProposedIt
from engine.cases.models import Source, Stage
from engine.cases.reporting import Reporter
from engine.cases.worklist import WorkFilter
from engine.grids.models import ResponsibilityGrid
from engine.kit.db import db, unit_of_work
from engine.organization import hiring
from engine.settings import values
from tests.city import FOUNDED
from tests.stories import Story, photo


def with_post(city, who, role):
    """This person, serving in one more post."""
    user = city.user(who)
    codes = {one.id: one.code for one in access.roles()}
    grids = {post.id: db.session.get(ResponsibilityGrid, post.responsibility_grid_id or 0) for post in user.posts}
    held = [(post.department, codes[post.role_id], grids[post.id]) for post in user.posts]
    with unit_of_work():
        hiring.give_posts(user, [*held, (held[0][0], role, None)], by=city.security_admin, at=FOUNDED)
    return actors.load(user.id)


def listed(story, actor):
    """Is the case in this person's work?"""
    found = worklist.find(WorkFilter(), actor, at=story.now).rows
    counted = sum(queue.count for queue in worklist.queues(actor, at=story.now))
    assert counted == len(found)
    return story.case_id in {row.case.id for row in found}


def offered(story, actor):
    return {offer.act.name for offer in acts.offers(story.case, steps.open_steps(story.case), actor)}


def test_who_proposed_a_filing_does_not_approve_it(city):
    both = with_post(city, "li", "duty_officer")
    story = Story(city).report().propose()
    assert listed(story, city.zhao)
    assert not listed(story, both)
    assert not offered(story, both) & {"filing", "filing_return", "filing_rejection"}
    for act, answers in (("filing", {}), ("filing_return", {"note": "x"}), ("filing_rejection", {"reason": "untrue"})):
        with pytest.raises(ProposedIt):
            story.do(both, act, **answers)
        db.session.rollback()
    assert story.case.stage == Stage.pending_filing
    story.do("zhao", "filing")
    assert story.case.filed_at is not None


def test_somebody_with_both_posts_files_what_another_proposed(city):
    both = with_post(city, "zhao", "acceptor")
    story = Story(city).report().propose()
    assert listed(story, both)
    assert story.do(both, "filing").case.filed_at is not None


def test_a_centre_of_one_person_switches_the_second_pair_of_eyes_off(city):
    both = with_post(city, "li", "duty_officer")
    with unit_of_work():
        values.set(policy.FILING_BY_TWO, False, by=city.system_admin, at=FOUNDED)
    story = Story(city).report().propose()
    assert listed(story, both)
    assert "filing" in offered(story, both)
    assert story.do(both, "filing").case.filed_at is not None


def test_a_collector_does_not_review_what_he_put_right_himself(city):
    both = with_post(city, "chen", "acceptor")
    story = Story(city).report(is_self_handled=True, after_photos=(photo("green"),))
    assert listed(story, city.li)
    assert not listed(story, both)
    assert "self_handling_approval" not in offered(story, both)
    with pytest.raises(HandledIt):
        story.do(both, "self_handling_approval")


def test_who_handled_it_does_not_void_it(city):
    story = Story(city).filed().handled()
    both = with_post(city, f"handler.{story.case.department.code}", "duty_officer")
    assert "voiding" not in offered(story, both)
    with pytest.raises(HandledIt):
        story.do(both, "voiding", reason="test", note="x")
    db.session.rollback()
    story.do("zhao", "voiding", reason="test", note="x")
    assert story.case.stage == Stage.void


def test_who_was_given_it_to_handle_finds_its_verification_in_no_list(city):
    story = Story(city).filed().handled().do("wang", "feedback_acceptance")
    story.case.handler_id = city.chen.id  # as an import may leave it: named, without a part of its own
    db.session.commit()
    assert not listed(story, city.chen)
    with pytest.raises(HandledIt):
        story.do("chen", "verification", result="passed")


def test_a_department_that_gave_the_case_back_does_nothing_more_to_it(city):
    story = Story(city).filed()
    before, other = story.clerk, city.parks if story.case.department_id != city.parks.id else city.sanitation
    story.do(before, "return_request", reason="not_our_duty", note="不属本部门职责").do("wang", "return_grant")
    story.do("wang", "dispatch", department_id=other.id)
    for act in ("signing", "return_request"):
        with pytest.raises(CaseNotFound):
            story.do(before, act, reason="not_our_duty", note="x")
        db.session.rollback()


def test_only_who_holds_the_post_restores_voids_and_comments(city):
    story = Story(city).report("sun", source=Source.hotline, photos=(), reporter=Reporter("王女士", "13800001234"))
    for who in ("chen", "li", "wang", "zhou", "wu"):
        assert not offered(story, getattr(city, who)) & {"voiding", "reopening"}
    story.do("li", "rejection", reason="untrue", note="现场无此问题")
    for who in ("li", "sun", "wang", "zhou", "wu", "zheng"):
        assert "reopening" not in offered(story, getattr(city, who))
    assert "reopening" in offered(story, city.zhao)
    assert policy.may_reveal_reporter(city.li)
    assert not policy.may_reveal_reporter(city.wang)
