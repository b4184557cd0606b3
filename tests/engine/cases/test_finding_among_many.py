"""Words that stand in very many cases are gone through once; what is found is the same as ever."""

from datetime import timedelta

import pytest

from engine.cases import queries, search
from engine.cases.queries import CaseFilter
from tests.stories import Story

WORDS = ("井盖松动异响", "井盖", "松动", "望江路", "井盖 望江路", "盖松动的")


@pytest.fixture
def stories(city):
    """Cases in two departments' hands, one of them only by a part that its people took, and some that nobody filed."""
    found = []
    for number in range(6):
        text = "井盖松动异响" if number % 3 else "井盖不见了，松动的是路灯"
        story = Story(city).report(description=f"{text}，第{number}处", place="望江路12号")
        story.now += timedelta(hours=number)
        found.append(story.filed() if number % 2 else story)
    found[1].do("clerk", "return_request", reason="not_our_duty", note="不属本部门职责")
    found[1].do("wang", "return_grant", note="同意").do("wang", "dispatch", department_id=city.parks.id)
    return found


def pages(actor, text, at, sort):
    found = [queries.find(CaseFilter(text=text), actor, at=at, page=page, size=2, sort=sort) for page in (1, 2, 3, 4)]
    return [([case.id for case in page.rows], page.total, page.capped) for page in found]


@pytest.mark.parametrize("sort", ["newest", "oldest", "due", "number"])
def test_every_page_is_the_same_for_everybody(city, stories, monkeypatch, sort):
    at = max(story.now for story in stories)
    people = [getattr(city, name) for name in ("wang", "clerk", "parks_clerk", "chen", "handler", "system_admin")]
    asked = [(actor, text) for actor in people for text in WORDS]
    one_by_one = [pages(actor, text, at, sort) for actor, text in asked]
    assert one_by_one[0][0][1] == 4
    monkeypatch.setattr(search, "are_many", lambda _: True)
    assert [pages(actor, text, at, sort) for actor, text in asked] == one_by_one


def test_beyond_the_cap_the_page_is_still_the_right_one(city, stories, monkeypatch):
    at = max(story.now for story in stories)
    wanted = queries.find(CaseFilter(text="井盖"), city.wang, at=at, size=3)
    monkeypatch.setattr(search, "are_many", lambda _: True)
    monkeypatch.setattr(queries, "COUNT_CAP", 4)
    found = queries.find(CaseFilter(text="井盖"), city.wang, at=at, size=3)
    assert [case.id for case in found.rows] == [case.id for case in wanted.rows]
    assert (wanted.total, found.total, found.capped) == (6, 4, True)


def test_how_many_are_many(city, stories, monkeypatch, database_kind):
    assert not search.are_many("井盖")
    monkeypatch.setattr(search, "MANY", 5)
    assert search.are_many("井盖") == (database_kind == "postgresql")  # SQLite has one way only
    assert not search.are_many("井盖松动异响")
    assert not search.are_many("，。")
