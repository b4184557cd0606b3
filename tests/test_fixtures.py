"""The tests' own ground: each story starts from the same city, on both databases."""

import pytest
from sqlalchemy import select

from engine.kit.db import db, unit_of_work
from engine.organization.models import User


@pytest.mark.parametrize("round", [1, 2])
def test_every_test_gets_a_fresh_city(city, round):
    assert city.user("chen").name == "陈采集"
    with unit_of_work():
        city.user("chen").name = "陈大"
    assert city.actor("chen").name == "陈大"


def test_the_cast_stands_in_its_posts(city):
    assert city.chen.roles == {"collector"}
    for name in ("chen", "lin"):
        assert f"collector@grid:{city.grid.id}" in city.actor(name).groups
    assert f"handling_clerk@dept:{city.sanitation.id}" in city.clerk.groups


def test_the_empty_database_is_empty(database):
    assert db.session.scalar(select(User)) is None


def test_statements_are_counted(database, statements):
    with statements() as seen:
        db.session.execute(select(User))
    assert len(seen) == 1
