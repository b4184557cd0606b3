import pytest
from sqlalchemy import delete, func, select, update

from engine.audit import queries, recording
from engine.audit.errors import RecordIsFinal
from engine.audit.models import AuditRecord
from engine.audit.queries import Filter
from engine.kit.db import db, unit_of_work


@pytest.fixture
def log(city, at):
    """Three acts on two days."""
    with unit_of_work():
        for day, person, action, what in (
            ("02", city.li, "setting.changed", "a"),
            ("02", city.zhao, "setting.changed", "b"),
            ("03", city.li, "case.exported", "b"),
        ):
            recording.record(action, by=person, at=at(f"2026-03-{day} 09:00"), object_kind="thing", object_id=what)
    return city


def test_an_act_that_is_rolled_back_leaves_no_record(city, at):
    before = db.session.scalar(select(func.count()).select_from(AuditRecord))
    with pytest.raises(RuntimeError), unit_of_work():
        recording.record("thing.done", by=city.li, at=at("2026-03-02 09:00"))
        raise RuntimeError
    assert db.session.scalar(select(func.count()).select_from(AuditRecord)) == before


def test_a_record_keeps_the_name_of_that_day(log):
    with unit_of_work():
        log.user("li").name = "李改名"
    assert queries.find(Filter(action="case.exported")).rows[0].user_name == "李受理"


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        ({"object_kind": "thing"}, 3),
        ({"action": "setting.changed"}, 2),
        ({"object_kind": "thing", "object_id": "b"}, 2),
        ({"action": "nothing.such"}, 0),
    ],
)
def test_records_are_found(log, wanted, count):
    page = queries.find(Filter(**wanted))
    assert (page.total, len(page.rows)) == (count, count)


def test_records_of_one_person_in_a_period(log, at):
    since, until = at("2026-03-02 00:00"), at("2026-03-03 00:00")
    page = queries.find(Filter(user_id=log.li.id, since=since, until=until))
    assert [row.action for row in page.rows] == ["setting.changed"]


def test_the_newest_come_first_page_by_page(log):
    first, second = (queries.find(Filter(object_kind="thing"), page=number, size=2) for number in (1, 2))
    assert [row.object_id for row in first.rows] == ["b", "b"]
    assert [row.object_id for row in second.rows] == ["a"]
    assert first.pages == 2


def test_a_record_cannot_be_changed(log):
    row = queries.find(Filter(object_kind="thing")).rows[0]
    row.action = "nothing.happened"
    with pytest.raises(RecordIsFinal):
        db.session.flush()
    db.session.rollback()


def test_a_record_cannot_be_deleted(log):
    db.session.delete(queries.find(Filter(object_kind="thing")).rows[0])
    with pytest.raises(RecordIsFinal):
        db.session.flush()
    db.session.rollback()


def test_nor_many_at_once(log):
    with pytest.raises(RecordIsFinal):
        db.session.execute(delete(AuditRecord))
    with pytest.raises(RecordIsFinal):
        db.session.execute(update(AuditRecord).values(action="nothing.happened"))
