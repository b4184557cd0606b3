"""A city in which administrators draw."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from engine.kit.db import unit_of_work
from engine.process import definitions
from engine.studio import drafting
from engine.studio.models import StudioDraft
from tests.city import City, at

NINE = at("2026-03-02 09:00")


@pytest.fixture
def minute() -> Callable[[int], datetime]:
    """``minute(5)`` is five past nine."""
    return lambda number: NINE + timedelta(minutes=number)


@pytest.fixture
def draft(city: City) -> StudioDraft:
    """The system administrator has begun to change the standard case, at nine."""
    with unit_of_work():
        return drafting.from_version(definitions.active("standard_case").id, by=city.system_admin, at=NINE)
