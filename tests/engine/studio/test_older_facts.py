"""Cases that began before the program recorded what they are: drawings that ask for it serve them all the same."""

import logging

import pytest
from sqlalchemy import select

from engine.calendars import queries as calendars
from engine.cases import routing
from engine.kit.db import db, unit_of_work
from engine.process import codec, definitions, instances
from engine.process.errors import Undecided
from engine.process.instances import DEFINITION, INSTANCE
from engine.process.models import ProcessEvent, ProcessInstance
from engine.studio import grouping, jobs, migrations, recorded, replay, typical
from engine.studio.replay_models import Went
from engine.studio.replay_target import Target
from engine.studio.tallying import Tally, all_of
from tests.engine.studio.conftest import LOOKED_AT
from tests.engine.studio.redrawn import Redrawn
from tests.stories import Story


def asking(condition):
    """What is asked of a case where filing was decided, before it is asked whether it was sent back."""
    drawn = Redrawn()
    drawn.ask(drawn.element("filing_result_to_accept"), f'{condition} || outcome == "send_back"')
    return drawn.xml


BY_CATEGORY = asking('category == "none"')


def forget():
    """Everything that runs, or ran, is as if the program had not recorded yet what cases are."""
    with unit_of_work():
        for row in db.session.scalars(select(ProcessInstance).where(ProcessInstance.state.is_not(None))):
            run = instances.peek(row.id)
            for task in run.tasks():
                for name in routing.OF_CASE:
                    task.data.pop(name, None)
            row.state = codec.dump(run)
        for event in db.session.scalars(select(ProcessEvent)):
            event.facts = {name: value for name, value in event.facts.items() if name not in routing.OF_CASE}


def known_by(story):
    run = instances.peek(story.case.instance_id)
    return {name for _, _, facts in run.standing() for name in facts}


@pytest.fixture
def story(city):
    """A case that waits to be filed."""
    found = Story(city).report().propose()
    forget()
    assert not known_by(found) & routing.OF_CASE
    return found


def published(story, xml):
    with unit_of_work():
        return definitions.publish("standard_case", xml, by_id=None, at=story.now).id


def moved(city, story, xml):
    """The case, on another drawing."""
    old, new = definitions.active("standard_case").id, published(story, xml)
    groups = {group.key for group in grouping.overview(*migrations.versions(old, new), {}).groups}
    with unit_of_work():
        migrations.begin(old, new, {}, groups, reason="分流", by=city.system_admin, at=story.now)
    jobs.run_due(story.now)
    db.session.rollback()
    return story


def test_an_older_case_goes_on_in_a_drawing_that_asks_for_its_category(city, story):
    moved(city, story, BY_CATEGORY).do("zhao", "filing")
    assert story.case.stage != "pending_filing"
    assert known_by(story) >= routing.OF_CASE


def test_it_takes_no_statement_more(city, story, statements):
    first, other = Story(city).report().propose(), Story(city).report().propose()
    counted = []
    for one in (first, other, story):
        with statements() as seen:
            one.do("zhao", "filing")
        counted.append(len(seen))
    assert counted[1] == counted[2], "the first one fills what is remembered"


def test_what_the_case_itself_says_is_not_foretold_as_missing(city, story):
    old, new = definitions.active("standard_case").id, published(story, BY_CATEGORY)
    assert not [one for one in grouping.overview(*migrations.versions(old, new)).groups if one.missing]


def test_what_will_be_missing_is_called_by_its_name(city, story):
    old, new = definitions.active("standard_case").id, published(story, asking("late_hours > 3"))
    [group] = grouping.overview(*migrations.versions(old, new)).groups
    assert [one.params["fact"] for one in group.missing] == ["Hours late"]


def test_who_acts_is_told_where_it_stuck_and_the_log_why(city, story, caplog):
    moved(city, story, asking("late_hours > 3"))
    with caplog.at_level(logging.WARNING), pytest.raises(Undecided) as refused:
        story.do("zhao", "filing")
    told = refused.value.sentence
    assert "late_hours" not in told
    name = Redrawn().element("filing_result").get("name")
    assert f'"{name}"' in told
    assert "late_hours" in caplog.text
    assert "late_hours" in str(refused.value), "what an incident keeps"


def recorded_of(key):
    chosen = select(INSTANCE.c.id).join(DEFINITION, DEFINITION.c.id == INSTANCE.c.definition_id)
    return list(db.session.scalars(chosen.where(DEFINITION.c.key == key)))


def replayed(records, source):
    calendar = calendars.working(None)
    usual, target = typical.of(records, calendar), Target.of(source)
    return [replay.replay(each, target, usual, calendar, at=LOOKED_AT) for each in records]


def test_older_cases_are_replayed_through_it_in_as_few_statements(past, statements):
    forget()
    ids = recorded_of("standard_case")
    with statements() as seen:
        records = recorded.read(ids)
        assert {record.facts["category"] for record in records} - {""}
    known = len(seen)
    assert known <= 6 + len({id(record.drawn) for record in records}), seen
    assert not [one for one in replayed(records, BY_CATEGORY) if one.went == Went.not_replayed]


def test_why_cases_could_not_be_replayed_is_told_with_an_example(past):
    found = all_of(replayed(recorded.read(recorded_of("standard_case")), asking("late_hours > 3")))
    kept = Tally.from_json(Tally().plus(found).as_json())
    [(text, places, count)] = kept.why()
    assert count == kept.went["failed"] > 0
    assert "late_hours" in text % places


def test_of_older_figures_no_unfilled_sentence_is_shown(past):
    found = all_of(replayed(recorded.read(recorded_of("standard_case")), asking("late_hours > 3"))).as_json()
    del found["examples"]
    [(text, places, _)] = Tally.from_json(found).why()
    assert (text, places) == ("The reason stands beside each case.", {})
