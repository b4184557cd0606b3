"""Lamps say the same in Python and in SQL."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import product

import pytest
from sqlalchemy import insert, select

from engine.calendars import queries as calendars
from engine.deadlines.facts import State
from engine.deadlines.lamps import Lamp, lamp_case, lamp_is, lamp_of
from engine.deadlines.models import Clock
from engine.deadlines.queries import LAMP_COLUMNS
from engine.kit.db import db
from tests.city import City

At = Callable[[str], datetime]
HOURS = (-2, 0, 1, 3, 5)


@pytest.fixture
def many(city: City, at: At) -> list[dict[str, object]]:
    """Clocks in every state, stopped before, at and after their due moment."""
    noon = at("2026-03-02 12:00")
    rows: list[dict[str, object]] = []
    for due, amber, state, stopped, provisional in product(HOURS, (-3, 0, 2), State, HOURS, (False, True)):
        rows.append(
            {
                "subject_kind": "case",
                "subject_id": len(rows),
                "name": "handling",
                "calendar_id": calendars.find().id,
                "calendar_version": 1,
                "limit_value": 1.0,
                "limit_unit": "urgent_hours",
                "started_at": noon - timedelta(days=1),
                "state": state.value,
                "due_at": noon + timedelta(hours=due),
                "first_due_at": noon,
                "amber_at": noon + timedelta(hours=min(amber, due)),
                "is_provisional": provisional,
                "stopped_at": noon + timedelta(hours=stopped) if state is State.stopped else None,
            }
        )
    db.session.execute(insert(Clock), rows)
    return rows


def test_python_and_sql_agree(many: list[dict[str, object]], at: At) -> None:
    noon = at("2026-03-02 12:00")
    wanted = {
        row["subject_id"]: lamp_of(
            row["due_at"],
            row["amber_at"],
            row["state"],
            noon,
            is_provisional=row["is_provisional"],
            stopped_at=row["stopped_at"],
        )
        for row in many
    }
    counted = dict(db.session.execute(select(Clock.subject_id, lamp_case(LAMP_COLUMNS, noon))).all())
    assert counted == wanted
    for lamp in Lamp:
        found = set(db.session.scalars(select(Clock.subject_id).where(lamp_is(LAMP_COLUMNS, lamp, noon))))
        assert found == {number for number, its in wanted.items() if its is lamp}
    assert set(wanted.values()) == set(Lamp) - {Lamp.unlit}


def test_a_clock_that_has_not_begun_is_unlit_and_one_that_was_halted_is_grey(at: At) -> None:
    noon = at("2026-03-02 12:00")
    assert lamp_of(None, None, "none", noon) is Lamp.unlit
    assert lamp_of(noon, noon, "paused", noon) is Lamp.grey


def test_every_lamp_has_a_word() -> None:
    assert len({lamp.label for lamp in Lamp}) == len(Lamp)
