"""A published month stays as it was, whatever becomes of its cases."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from engine.audit.models import AuditRecord
from engine.evaluation import opening, publishing
from engine.evaluation.errors import MonthNotComputed, MonthNotOver, MonthPublished, NoSuchSet, NotAMonth
from engine.evaluation.models import State
from engine.kit.db import db
from engine.kit.errors import NotAllowed
from tests.city import ZONE, City
from tests.engine.evaluation.inventing import make_case

At = Callable[[str], datetime]


def test_a_published_month_does_not_change(city: City, at: At) -> None:
    case = make_case(
        reported_at=at("2026-10-02 09:00"),
        due_at=at("2026-10-05 17:00"),
        stage="handling",
        clock_state="running",
        department_id=city.sanitation.id,
    )
    publishing.compute("2026-10", ZONE, by=city.zheng, at=at("2026-11-02 09:00"))
    publishing.publish("2026-10", by=city.zheng, at=at("2026-11-05 09:00"))
    case.handled_at = at("2026-11-06 09:00")
    make_case(reported_at=at("2026-10-03 09:00"))
    row = publishing.find("2026-10")
    assert row is not None
    kept = publishing.read(row)
    assert (kept.total["reported"], kept.total["unhandled_late"]) == (1, 1)
    assert kept.names["department"] == {str(city.sanitation.id): city.sanitation.short_name}
    assert [one["number"] for one in kept.overdue] == [case.number]
    with pytest.raises(MonthPublished):
        publishing.compute("2026-10", ZONE, by=city.zheng, at=at("2026-11-07 09:00"))
    with pytest.raises(MonthPublished):
        publishing.publish("2026-10", by=city.zheng, at=at("2026-11-07 09:00"))
    assert db.session.query(AuditRecord).filter_by(action="monthly_assessment.published").count() == 1


def test_a_kept_month_opens_as_it_was_judged(city: City, at: At) -> None:
    case = make_case(reported_at=at("2026-10-02 09:00"), due_at=at("2026-10-05 17:00"), stage="handling")
    publishing.compute("2026-10", ZONE, by=city.zheng, at=at("2026-11-02 09:00"))
    case.handled_at = at("2026-11-06 09:00")
    opened = opening.read({"set": "unhandled_late", "month": "2026-10"}, ZONE, at=at("2026-11-09 09:00"))
    assert opened is not None
    assert opened.period.as_of == at("2026-11-02 09:00")
    assert opened.label == "Overdue, not handled"
    assert db.session.query(type(case)).filter(opened.predicate).all() == [case]


def test_preliminary_numbers_are_counted_again(city: City, at: At) -> None:
    publishing.compute("2026-10", ZONE, by=city.zheng, at=at("2026-11-01 09:00"))
    make_case(reported_at=at("2026-10-03 09:00"))
    row = publishing.compute("2026-10", ZONE, by=city.zheng, at=at("2026-11-02 09:00"))
    assert row.state == State.preliminary
    assert publishing.read(row).total["reported"] == 1


def test_only_a_computed_month_that_is_over_is_published_by_who_may(city: City, at: At) -> None:
    with pytest.raises(MonthNotComputed):
        publishing.publish("2026-10", by=city.zheng, at=at("2026-10-20 09:00"))
    publishing.compute("2026-10", ZONE, by=city.zheng, at=at("2026-10-20 09:00"))
    with pytest.raises(MonthNotOver):
        publishing.publish("2026-10", by=city.zheng, at=at("2026-11-20 09:00"))
    with pytest.raises(NotAllowed):
        publishing.publish("2026-10", by=city.wu, at=at("2026-11-20 09:00"))


def test_months_reach_back_to_the_first_report(city: City, at: At) -> None:
    assert publishing.months(ZONE, at=at("2026-11-20 09:00")) == []
    make_case(reported_at=at("2026-08-31 23:59"))
    assert publishing.months(ZONE, at=at("2026-11-20 09:00")) == ["2026-11", "2026-10", "2026-09", "2026-08"]


@pytest.mark.parametrize("name", ["", "2026", "2026-13", "2026-1", "0000-01", "2026-10-01"])
def test_what_is_no_month_is_refused(city: City, at: At, name: str) -> None:
    with pytest.raises(NotAMonth):
        publishing.find(name)


def test_an_unknown_set_is_refused(city: City, at: At) -> None:
    assert opening.read({"month": "2026-10"}, ZONE, at=at("2026-11-20 09:00")) is None
    with pytest.raises(NoSuchSet):
        opening.read({"set": "nonsense", "month": "2026-10"}, ZONE, at=at("2026-11-20 09:00"))


def test_the_month_before_and_the_year_before_are_beside_it(city: City, at: At) -> None:
    for when in ("2025-10-05 09:00", "2026-09-05 09:00", "2026-09-06 09:00", "2026-10-05 09:00"):
        make_case(reported_at=at(when))
    kept = publishing.read(publishing.compute("2026-10", ZONE, by=city.zheng, at=at("2026-11-02 09:00")))
    assert (kept.year_ago["reported"], kept.before["reported"], kept.total["reported"]) == (1, 2, 1)
    assert list(kept.trend) == ["2026-05", "2026-06", "2026-07", "2026-08", "2026-09", "2026-10"]
    assert sum(kept.daily["reported"]) == 1
    assert kept.period.end - kept.period.start == timedelta(days=31)
