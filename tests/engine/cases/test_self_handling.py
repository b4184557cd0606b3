"""Self-handling (process.md §4.9): what a collector may put right, how often, and which of it is reviewed."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from engine.access.actors import SYSTEM
from engine.cases import self_handling_rules as rules
from engine.cases import steps
from engine.cases.models import Source, Stage, TimelineEntry
from engine.catalog.models import Category, CodeSystem
from engine.deadlines import clocks
from engine.kit.db import db, unit_of_work
from engine.kit.errors import Invalid
from engine.settings import values
from tests.city import at
from tests.stories import Story, category, photo


def put_right(city, who="chen", *, story=None, **changes):
    given = {"is_self_handled": True, "photos": (photo(),), "after_photos": (photo("green"),)}
    return (story or Story(city)).report(who, **(given | changes))


def put(setting, value, story):
    with unit_of_work():
        values.set(setting, value, by=SYSTEM, at=story.now)


def refused(field, city, **changes):
    with pytest.raises(Invalid) as refusal:
        put_right(city, **changes)
    db.session.rollback()
    assert list(refusal.value.fields) == [field]
    return refusal.value.fields[field][0]


def test_every_one_is_reviewed_until_the_city_says_otherwise(city):
    story = put_right(city)
    assert story.waiting == {"review_self_handling"}
    assert story.told == ["report", "self_handling_sampling"]


def test_its_review_has_a_clock_of_its_own_which_ends_with_it(city):
    story = put_right(city)
    clock = clocks.open_clock("case", story.case_id, "self_handling_review")
    assert clock.department_id is None
    task = steps.open_steps(story.case)[0]
    assert (task.due_at, task.amber_at) == (clock.due_at, clock.amber_at)
    assert clock.due_at == at("2026-03-02 10:00")
    story.do("li", "self_handling_refusal", note="未见整改")
    assert set(clocks.open_clocks("case", story.case_id)) == {"acceptance"}


def test_one_that_is_not_sampled_is_closed_at_once(city, monkeypatch):
    monkeypatch.setattr(rules, "drawn", lambda number, secret: 0.3)
    story = Story(city)
    put(rules.REVIEW_SHARE, 0.3, story)
    put_right(city, story=story)
    assert not story.waiting
    assert (story.case.stage, story.case.result) == (Stage.closed, "self_handled")
    assert story.case.closed_at == story.case.ended_at == story.case.reported_at
    assert story.case.accepted_at is None
    assert story.case.clock_state == "none"
    entry = db.session.query(TimelineEntry).filter_by(case_id=story.case_id, act="self_handling_exemption").one()
    assert (entry.by_id, entry.stage, entry.detail) == (None, "closed", {"share": "30%"})


def test_one_that_falls_under_the_share_is_reviewed(city, monkeypatch):
    monkeypatch.setattr(rules, "drawn", lambda number, secret: 0.29)
    story = Story(city)
    put(rules.REVIEW_SHARE, 0.3, story)
    assert put_right(city, story=story).waiting == {"review_self_handling"}


def test_less_than_a_tenth_is_not_enough(city):
    with pytest.raises(Invalid):
        values.set(rules.REVIEW_SHARE, 0.09, by=SYSTEM, at=Story(city).now)


def test_a_category_outside_the_scope_is_a_departments_work(city):
    assert "ordinary case" in refused("is_self_handled", city, category_id=category(code="0409").id).text
    refused("is_self_handled", city, category_id=category("component", "0110").id)
    refused("is_self_handled", city, category_id=None)
    put(rules.CATEGORIES, "event:04", Story(city))
    put_right(city, category_id=category(code="0409").id)
    refused("is_self_handled", city)


@pytest.mark.parametrize("text", ["0110", "events:0110", "event:0110,event:0201", "event:"])
def test_a_scope_that_is_not_written_as_the_hint_says_is_refused(city, text):
    with pytest.raises(Invalid):
        values.set(rules.CATEGORIES, text, by=SYSTEM, at=Story(city).now)


def test_the_delivered_scope_exists_in_the_catalogue(city):
    known = {f"{one.kind}:{one.code}": one for one in db.session.query(Category)}
    found = [known[text] for text in rules.CATEGORIES.default.split()]
    assert {one.code_system for one in found} == {system.value for system in CodeSystem}


def test_many_places_are_a_departments_work(city):
    put_right(city, self_handled_places=10)
    assert refused("self_handled_places", city, self_handled_places=11).params == {"most": 10}


def test_the_cap_holds_for_one_collector_on_one_day_of_the_city(city):
    story = Story(city)
    put(rules.DAILY_CAP, 2, story)
    story.now = story.now.replace(hour=0, minute=30)
    for minutes in (0, 23 * 60 + 29):
        put_right(city, story=story.wait(minutes=minutes))
    late = {"story": story, "city": city}
    assert refused("is_self_handled", **late).params == {"cap": 2}
    Story(city, now=story.now).report("chen")
    put_right(city, story=story.wait(minutes=1))
    assert rules.left_today(city.chen.id, story.now) == 1


def test_what_was_sent_the_ordinary_way_does_not_count_against_the_cap(city):
    story = put_right(city)
    assert rules.left_today(city.chen.id, story.now) == 19
    story.do("li", "self_handling_refusal", note="未见整改")
    assert rules.left_today(city.chen.id, story.now) == 20


def test_photos_from_afterwards_are_others_than_those_from_before(city):
    refused("after_photos", city, after_photos=())
    refused("after_photos", city, after_photos=(photo("green"), photo(name="again.jpg")))


def test_only_finds_on_patrol_and_nothing_urgent(city):
    refused("is_self_handled", city, source=Source.video)
    refused("is_self_handled", city, is_urgent=True, department_id=city.sanitation.id)


@given(some.sampled_from([0.1, 0.25, 0.5]), some.binary(min_size=16, max_size=32))
def test_the_sample_has_the_share_that_was_asked_for_and_another_secret_draws_another(share, secret):
    numbers = [f"64090220260302{running:06}" for running in range(2000)]
    chosen = {number for number in numbers if rules.drawn(number, secret) < share}
    assert len(chosen) == pytest.approx(2000 * share, abs=150)
    assert chosen != {number for number in numbers if rules.drawn(number, b"other" + secret) < share}
