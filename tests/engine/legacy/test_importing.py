from datetime import date

from sqlalchemy import select

from engine.cases.models import DayNumber
from engine.kit.db import db, unit_of_work
from engine.kit.errors import NotAllowed
from engine.legacy import importing
from engine.legacy.rows import Row

DAY = date(2026, 3, 2)


def rows(regions: list[str]) -> list[tuple[Row, str]]:
    return [(Row(line, {}), region) for line, region in enumerate(regions, start=2)]


def count(regions) -> None:
    db.session.add_all([DayNumber(region_code=region, day=DAY, last=1) for region in regions])
    db.session.flush()


def test_a_row_that_the_database_refuses_takes_nobody_along(database):
    with unit_of_work():
        count(["taken"])
    with unit_of_work():
        refused = list(importing.halving(rows(["1", "2", "taken", "3", "4", "5"]), count))
        db.session.expunge_all()
    assert [row.line for row, _ in refused] == [4]
    assert set(db.session.scalars(select(DayNumber.region_code))) == {"taken", "1", "2", "3", "4", "5"}


def test_what_a_refused_row_wrote_before_is_gone(database):
    def write(regions) -> None:
        count(regions)
        if "bad" in regions:
            raise NotAllowed

    with unit_of_work():
        refused = list(importing.halving(rows(["1", "bad", "2"]), write))
    assert [row.line for row, _ in refused] == [3]
    assert sorted(db.session.scalars(select(DayNumber.region_code))) == ["1", "2"]
