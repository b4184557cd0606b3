import pytest

from engine.organization import queries


@pytest.mark.parametrize("typed", ["王", "wang", "wangpai", "wpq", "WPQ", " wang pai "])
def test_a_person_is_found_by_name_pinyin_or_initials(city, typed):
    assert "dispatcher.wang" in [user.username for user in queries.search(typed)]


def test_signs_of_the_database_are_plain_letters(city):
    assert queries.search("%") == []
    assert queries.search("_") == []


def test_people_of_a_department_with_and_without_those_below(city):
    root = city.department("city")
    assert [user.username for user in queries.people_of(root)] == ["leader.wu"]
    assert {"leader.wu", "collector.chen", "clerk.sanitation"} < {
        user.username for user in queries.people_of(root, with_below=True)
    }


def test_a_search_can_stay_in_one_department(city):
    found = {user.username for user in queries.search("", department=city.parks)}
    assert found == {"clerk.landscaping", "handler.landscaping", "head.landscaping"}


def test_a_list_of_people_costs_the_same_however_long(city, statements):
    with statements() as seen:
        people = queries.search("")
        assert all(post.department.name for user in people for post in user.posts)
    assert len(seen) == 2
