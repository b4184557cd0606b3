"""One predicate says who sees a case, wherever cases are read."""

import pytest
from sqlalchemy import select

from engine.access import actors
from engine.access.models import Role
from engine.access.permissions import Scope
from engine.cases import duplicates, queries
from engine.cases.errors import CaseNotFound
from engine.cases.models import Case, Source
from engine.cases.queries import CaseFilter
from engine.cases.reporting import Reporter
from engine.kit.db import db, unit_of_work
from engine.organization import hiring
from engine.process.models import OpenTask
from tests.stories import Story

EVERYBODY = ("chen", "lin", "collector.002", "sun", "li", "zhao", "wang", "qian", "clerk", "handler", "parks_clerk",
             "parks_handler", "head", "zhou", "zheng", "wu", "system_admin", "security_admin",
             "audit_admin")  # fmt: skip


def ways_to_see(story, actor):
    """Through which doors this person comes to the case: all of them, or none."""
    everything, at = CaseFilter(), story.now
    doors = {
        "list": story.case_id in {case.id for case in queries.find(everything, actor, at=at).rows},
        "search": story.case_id in {case.id for case in queries.find(CaseFilter(text="暴露垃圾"), actor, at=at).rows},
        "export": story.case_id in {case.id for case in queries.stream(everything, actor, at=at)},
        "map": story.case_id in {point.id for point in queries.points(everything, actor, at=at)},
    }
    for name, door in (("page", queries.get), ("act", queries.lock)):
        try:
            doors[name] = door(story.case_id, actor).id == story.case_id
        except CaseNotFound:
            doors[name] = False
        db.session.rollback()
    return doors


@pytest.mark.parametrize("reached", ["reported", "filed", "handled"])
def test_who_sees_a_case_sees_it_through_every_door(city, reached):
    story = Story(city)
    {"reported": story.report, "filed": story.filed, "handled": lambda: story.filed().handled()}[reached]()
    for who in EVERYBODY:
        assert len(set(ways_to_see(story, city.actor(who)).values())) == 1, who


def test_who_is_offered_a_step_finds_its_case_in_the_list(city):
    story = Story(city).report("sun", source=Source.hotline, photos=(), reporter=Reporter("王女士", "13800001234"))
    story.do("li", "confirmation_request")
    task = db.session.scalars(select(OpenTask)).one()
    stranger = city.actor("collector.002")
    if set(ways_to_see(story, stranger).values()) == {True}:
        pytest.fail("the stranger's beat is no other one")
    task.group_name, task.assignee_id = "collector", None  # the pool of all collectors
    db.session.commit()
    assert set(ways_to_see(story, stranger).values()) == {True}


def narrowed(city, who, role, scope):
    """This person, after the city has given the role a narrower scope."""
    with unit_of_work():
        db.session.scalars(select(Role).where(Role.code == role)).one().scope = scope.value
    return actors.load(getattr(city, who).id)


def test_the_hint_at_duplicates_names_only_cases_that_its_reader_sees(city):
    first = Story(city).filed()
    second = Story(city, now=first.now).report(description="同一处垃圾")
    assert [one.case.id for one in duplicates.near(second.case, city.li, at=second.now)] == [first.case_id]
    assert duplicates.near(second.case, narrowed(city, "sun", "call_taker", Scope.own), at=second.now) == []


def test_merged_reports_are_listed_for_those_who_see_them_and_counted_for_the_others(city):
    story = Story(city).report()
    call = Story(city, now=story.now)
    call.report("sun", source=Source.hotline, photos=(), description="同一处垃圾", reporter=Reporter("王女士", "139"))
    call.do("li", "merger", into_number=story.case.number)
    story.filed()
    assert [one.id for one in queries.merged_into(story.case, city.li)] == [call.case_id]
    assert queries.merged_into(story.case, story.clerk) == []
    assert queries.count_merged_into(story.case) == 1
    assert db.session.scalar(select(Case.merged_into_id).where(Case.id == call.case_id)) == story.case_id


def test_who_becomes_an_administrator_sees_no_case_any_more_not_even_his_own(city):
    story = Story(city).report()
    assert set(ways_to_see(story, city.chen).values()) == {True}
    with unit_of_work():
        posts = [(city.department("center"), "system_administrator", None)]
        hiring.give_posts(city.user("chen"), posts, by=city.security_admin, at=story.now)
    assert set(ways_to_see(story, actors.load(city.chen.id)).values()) == {False}
