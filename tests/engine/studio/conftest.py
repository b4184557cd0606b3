"""A city in which administrators draw; and one with a month of work behind it, for replaying."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

import pytest

from engine.kit.db import db, unit_of_work
from engine.process import definitions
from engine.simulation import month
from engine.simulation.month import Month
from engine.studio import drafting
from engine.studio.models import StudioDraft
from tests import city as cities
from tests import databases
from tests.city import City, at

NINE = at("2026-03-02 09:00")
LOOKED_AT = at("2026-04-03 09:00")
"""When whoever replays looks at the month."""


@pytest.fixture
def minute() -> Callable[[int], datetime]:
    """``minute(5)`` is five past nine."""
    return lambda number: NINE + timedelta(minutes=number)


@pytest.fixture
def draft(city: City) -> StudioDraft:
    """The system administrator has begun to change the standard case, at nine."""
    with unit_of_work():
        return drafting.from_version(definitions.active("standard_case").id, by=city.system_admin, at=NINE)


def _month() -> None:
    cities.build()
    db.session.commit()
    for _ in month.replay(Month(date(2026, 3, 1), at("2026-04-02 17:00"), reports=40, seed=11), cities.ZONE):
        pass
    db.session.commit()


@pytest.fixture
def past(database_kind: str) -> Iterator[City]:
    """The small city after its people worked for a month; forty reports."""
    with databases.copy_of("city_month", database_kind, _month) as url, databases.application(url).app_context():
        try:
            yield City(url)
        finally:
            db.session.remove()
            db.engine.dispose()
