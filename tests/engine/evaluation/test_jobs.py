"""At night this month and the last are counted, never a published one."""

from collections.abc import Callable
from datetime import datetime

from engine.evaluation import jobs, publishing
from engine.kit.db import db
from tests.city import ZONE, City
from tests.engine.evaluation.inventing import make_case

At = Callable[[str], datetime]


def test_this_month_and_the_last_are_counted(city: City, at: At) -> None:
    assert jobs.compute_months(ZONE, at=at("2026-11-02 02:00")) == 0
    make_case(reported_at=at("2026-08-03 09:00"))
    db.session.commit()
    assert jobs.compute_months(ZONE, at=at("2026-11-02 02:00")) == 2
    publishing.publish("2026-10", by=city.zheng, at=at("2026-11-03 09:00"))
    db.session.commit()
    assert jobs.compute_months(ZONE, at=at("2026-11-04 02:00")) == 1
    row = publishing.find("2026-11")
    assert row is not None
    assert row.as_of == at("2026-11-04 02:00")
