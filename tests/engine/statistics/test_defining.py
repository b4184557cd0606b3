"""Defining, changing, copying, ordering and retiring statistics: versions and audit records of each."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import select

from engine.audit.models import AuditRecord
from engine.kit.db import db
from engine.kit.errors import Invalid
from engine.statistics import defining, ordering, queries, retiring, seeds
from engine.statistics.defining import Content
from engine.statistics.errors import NoSuchStatistic, StatisticChanged, StatisticRetired
from engine.statistics.layout import MOST_MEASURES, Layout
from engine.statistics.measures import COUNTS
from tests.city import City

At = Callable[[str], datetime]
LAYOUT = Layout("department", ("filed", "R10"))
CONTENT = Content("部门立案", "Filed by department", "", LAYOUT)


def records() -> list[str]:
    found = select(AuditRecord.action).where(AuditRecord.object_kind == "statistic").order_by(AuditRecord.id)
    return list(db.session.scalars(found))


def names() -> list[str]:
    return [row.name for row in queries.everything()]


def test_each_change_is_a_version_and_an_earlier_one_comes_back_as_the_newest(city: City, at: At) -> None:
    by, now = city.zheng, at("2026-11-20 09:00")
    row = defining.define(CONTENT, by=by, at=now)
    changed = replace(CONTENT, name="各部门", layout=replace(LAYOUT, rows="region"))
    defining.change(row.id, changed, version=1, by=by, at=now)
    defining.change(row.id, changed, version=2, by=by, at=now)  # the same again
    defining.bring_back(row.id, 1, version=2, by=by, at=now)
    assert defining.content_of(row) == CONTENT
    assert [one.number for one in queries.versions(row)] == [3, 2, 1]
    assert records() == ["statistic.defined", "statistic.changed", "statistic.changed"]


def test_who_changes_what_another_has_changed_is_told_so(city: City, at: At) -> None:
    row = defining.define(CONTENT, by=city.zheng, at=at("2026-11-20 09:00"))
    defining.change(row.id, replace(CONTENT, note="新"), version=1, by=city.zheng, at=at("2026-11-20 09:01"))
    with pytest.raises(StatisticChanged):
        defining.change(row.id, CONTENT, version=1, by=city.system_admin, at=at("2026-11-20 09:02"))
    assert row.note == "新"


def test_a_retired_statistic_is_nobodys_until_it_is_brought_back(city: City, at: At) -> None:
    now = at("2026-11-20 09:00")
    row = defining.define(CONTENT, by=city.zheng, at=now)
    retiring.retire(row.id, version=1, by=city.zheng, at=now)
    assert queries.readable_by(city.wu) == []
    with pytest.raises(NoSuchStatistic):
        queries.read(row.id, city.wu)
    with pytest.raises(StatisticRetired):
        defining.change(row.id, replace(CONTENT, note="新"), version=1, by=city.zheng, at=now)
    retiring.reinstate(row.id, by=city.zheng, at=now)
    assert queries.read(row.id, city.wu) is row
    assert queries.counts() == (1, 0)


def test_only_the_roles_that_it_is_for_read_it(city: City, at: At) -> None:
    row = defining.define(replace(CONTENT, roles=("leader",)), by=city.zheng, at=at("2026-11-20 09:00"))
    assert queries.readable_by(city.wu) == [row]
    assert queries.readable_by(city.head) == []
    with pytest.raises(NoSuchStatistic):
        queries.read(row.id, city.head)


def test_statistics_change_places(city: City, at: At) -> None:
    by, now = city.zheng, at("2026-11-20 09:00")
    rows = [defining.define(replace(CONTENT, name=name), by=by, at=now) for name in ("甲", "乙", "丙")]
    rows[1].position = rows[0].position  # as two who define at once leave it
    ordering.move(rows[2].id, earlier=True, by=by, at=now)
    assert names() == ["甲", "丙", "乙"]
    ordering.move(rows[0].id, earlier=False, by=by, at=now)
    assert names() == ["丙", "甲", "乙"]
    ordering.move(rows[2].id, earlier=True, by=by, at=now)
    assert names() == ["丙", "甲", "乙"], "the first stays the first"


def test_a_copy_stands_last_and_is_told_apart(city: City, at: At) -> None:
    row = defining.define(replace(CONTENT, name="长" * 60), by=city.zheng, at=at("2026-11-20 09:00"))
    again = defining.copy(row.id, by=city.zheng, at=at("2026-11-20 09:00"))
    assert again.id != row.id
    assert again.name.endswith("(2)")
    assert len(again.name) <= 60
    assert again.layout == row.layout


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"rows": "password"}, "rows"),
        ({"columns": "nothing", "figures": ("filed",)}, "columns"),
        ({"columns": "department", "figures": ("filed",)}, "columns"),
        ({"columns": "source"}, "columns"),
        ({"rows": "day", "columns": "week", "figures": ("filed",)}, "columns"),
        ({"figures": ()}, "leading"),
        ({"figures": ("filed", "nothing")}, "leading"),
        ({"figures": tuple(COUNTS)[: MOST_MEASURES + 1]}, "counts"),
        ({"rows": "day", "figures": ("filed", "open")}, "rows"),
        ({"rows": "day", "figures": ("filed", "R20")}, "rows"),
        ({"rows": "day", "period": "this_year"}, "period"),
        ({"period": "some_day"}, "period"),
    ],
)
def test_what_makes_no_sense_is_refused_beside_its_field(city: City, at: At, wrong: dict, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        defining.define(replace(CONTENT, layout=replace(LAYOUT, **wrong)), by=city.zheng, at=at("2026-11-20 09:00"))
    assert list(refused.value.fields) == [field]
    assert names() == []


def test_what_is_delivered_makes_sense_and_is_defined_once(city: City, at: At) -> None:
    seeds.ensure(by=city.zheng, at=at("2026-11-20 09:00"))
    seeds.ensure(by=city.zheng, at=at("2026-11-20 09:00"))
    assert names() == [content.name for content in seeds.DELIVERED]
