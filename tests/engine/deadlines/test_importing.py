"""Imported history becomes clocks like any other."""

from collections.abc import Callable
from datetime import datetime

import pytest

from engine.access.actors import SYSTEM
from engine.calendars import queries as calendars
from engine.calendars.working_time import Limit, Unit
from engine.deadlines import clocks, importing
from engine.deadlines.facts import Action, Fact
from engine.deadlines.importing import History
from engine.kit.db import db, unit_of_work
from tests.city import City

At = Callable[[str], datetime]


def histories(at: At, count: int) -> list[History]:
    stopped = Fact(Action.stop, at("2026-03-03 10:00"))
    return [
        History("case", number, "handling", at("2026-03-02 09:00"), Limit(2, Unit.working_days), later=(stopped,))
        for number in range(1, count + 1)
    ]


def test_imported_clocks_read_like_live_ones(city: City, at: At) -> None:
    with unit_of_work():
        written = importing.insert_histories(histories(at, 3), calendars.working(), by=SYSTEM)
    clock = clocks.latest_clock("case", 2, "handling")
    assert clock is not None
    assert clock.id == written[1].id
    assert (written[1].due_at, written[1].state) == (at("2026-03-04 09:00"), "stopped")
    read = clocks.read(clock, at=at("2026-04-01 09:00"))
    assert (read.on_time, read.used_seconds) == (True, 9 * 3600)
    assert [fact.seq for fact in clock.facts] == [1, 2]


def test_a_due_moment_of_the_other_system_is_kept(city: City, at: At) -> None:
    given = History(
        "case",
        1,
        "handling",
        at("2026-03-02 09:00"),
        due_at=at("2026-03-02 17:00"),
        later=(Fact(Action.stop, at("2026-03-02 17:30")),),
    )
    with unit_of_work():
        importing.insert_histories([given], calendars.working(), by=SYSTEM)
    clock = clocks.latest_clock("case", 1, "handling")
    assert clock is not None
    assert clocks.read(clock, at=at("2026-04-01 09:00")).on_time is False


def test_an_import_reads_nothing(city: City, at: At, statements: Callable) -> None:
    many, calendar = histories(at, 400), calendars.working()
    with statements() as seen, unit_of_work():
        importing.insert_histories(many, calendar, by=SYSTEM)
    assert not [statement for statement in seen if statement.startswith("SELECT")]
    if db.engine.dialect.name == "postgresql":
        assert len(seen) < 20


@pytest.mark.parametrize("nothing", [[]])
def test_nothing_to_import_is_nothing(city: City, nothing: list[History]) -> None:
    assert importing.insert_histories(nothing, calendars.working(), by=SYSTEM) == []
