from engine.access import feeds
from engine.access.models import Feed
from engine.kit.db import db, unit_of_work


def open_feed(city, at, day="02"):
    with unit_of_work():
        return feeds.open_feed(is_of_department=False, by=city.wang, at=at(f"2026-03-{day} 09:00"))


def test_a_token_opens_the_feed_and_is_kept_nowhere(city, at):
    token = open_feed(city, at)
    assert feeds.find(token).user_id == city.wang.id
    row = db.session.get(Feed, city.wang.id)
    assert token not in str([getattr(row, column.name) for column in Feed.__table__.columns])
    assert feeds.find(row.token_hash) is None


def test_a_new_one_ends_the_old_one(city, at):
    first, second = open_feed(city, at), open_feed(city, at, "03")
    assert feeds.find(first) is None
    assert feeds.find(second) is not None


def test_a_closed_feed_is_not_found(city, at):
    token = open_feed(city, at)
    for _ in range(2):
        with unit_of_work():
            feeds.close_feed(by=city.wang, at=at("2026-03-03 09:00"))
    assert feeds.find(token) is None
