"""Who holds the pencil."""

from engine.kit.db import unit_of_work
from engine.studio import editing


def alive(draft, who, at):
    with unit_of_work():
        return editing.sign_of_life(draft.id, by=who, at=at)


def test_whoever_began_holds_the_pencil_for_two_minutes(city, draft, minute):
    assert editing.at_work(draft, at=minute(1)) == city.system_admin.id
    assert editing.at_work(draft, at=minute(3)) is None


def test_a_sign_of_life_keeps_it(city, draft, minute):
    assert alive(draft, city.system_admin, minute(1)).editor_id == city.system_admin.id
    assert alive(draft, city.zhao, minute(2)).editor_id == city.system_admin.id
    assert alive(draft, city.zhao, minute(2)).editor == city.system_admin.name


def test_when_it_lies_there_the_next_one_has_it(city, draft, minute):
    assert alive(draft, city.zhao, minute(5)).editor_id == city.zhao.id
    assert alive(draft, city.system_admin, minute(6)).editor_id == city.zhao.id


def test_it_may_be_taken_knowingly(city, draft, minute):
    with unit_of_work():
        assert editing.take_over(draft.id, by=city.zhao, at=minute(1)).editor_id == city.zhao.id
    assert alive(draft, city.system_admin, minute(1)).editor_id == city.zhao.id


def test_whoever_closes_the_page_lays_it_down(city, draft, minute):
    with unit_of_work():
        editing.lay_down(draft.id, by=city.zhao)
    assert editing.seen(draft.id, at=minute(1)).editor_id == city.system_admin.id
    with unit_of_work():
        editing.lay_down(draft.id, by=city.system_admin)
    assert editing.seen(draft.id, at=minute(1)).editor_id is None
