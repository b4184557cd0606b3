"""The escalation ladder: who hears of a clock that runs out, and when; rows that an administrator edits.

What the standard calls 催办 (amber, by itself) and 督办 (red) are its first two rungs (process.md §4.7, §5.6).
"""

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import delete, func, select

from engine.audit import recording
from engine.calendars import queries as calendars
from engine.calendars.working_time import Limit, Unit
from engine.cases.recipients import HOLDER
from engine.deadlines.models import Clock
from engine.kit.db import db
from engine.kit.remembering import Remembered
from engine.kit.signals import Doer
from engine.supervision.errors import StaleLadder
from engine.supervision.models import Base, EscalationRung, RungAction

EVERY_OTHER = "*"
"""Stands for clocks that have no rungs of their own."""


@dataclass(frozen=True)
class Rung:
    """One rung, as it is climbed: ``wait`` after ``base`` of the clock (None: at once), ``action`` reaches ``role``."""

    base: Base
    wait: Limit | None
    action: RungAction
    role: str


def _rung(base: Base, value: float, unit: Unit, action: RungAction, role: str) -> Rung:
    return Rung(base, Limit(value, unit) if value else None, action, role)


AS_DELIVERED: dict[str, tuple[Rung, ...]] = {
    "handling": (
        _rung(Base.amber, 0, Unit.working_hours, RungAction.urge, HOLDER),
        _rung(Base.due, 0, Unit.working_hours, RungAction.order, "handling_clerk"),
        _rung(Base.due, 0, Unit.working_hours, RungAction.tell, "department_head"),
        _rung(Base.due, 1, Unit.working_days, RungAction.tell, "supervisor"),
        _rung(Base.due, 3, Unit.working_days, RungAction.tell, "leader"),
    ),
    "rework": (
        _rung(Base.amber, 0, Unit.working_hours, RungAction.urge, HOLDER),
        _rung(Base.due, 0, Unit.working_hours, RungAction.tell, "department_head"),
        _rung(Base.due, 1, Unit.working_days, RungAction.tell, "supervisor"),
    ),
    "reply": (
        _rung(Base.due, 0, Unit.working_hours, RungAction.tell, "department_head"),
        _rung(Base.due, 0, Unit.working_hours, RungAction.tell, "supervisor"),
    ),
    EVERY_OTHER: (
        _rung(Base.due, 0, Unit.working_hours, RungAction.urge, HOLDER),
        _rung(Base.due, 4, Unit.working_hours, RungAction.tell, "supervisor"),
    ),
}


def rungs_of(clock: str) -> tuple[Rung, ...]:
    """The rungs of a clock by its name, in order: its own, or those of every other clock."""
    known = _ladders.get("all")
    return known.get(clock, known.get(EVERY_OTHER, ()))


def own_rungs(clock: str) -> tuple[Rung, ...]:
    """The rungs that a clock has of its own, in order."""
    return _ladders.get("all").get(clock, ())


def moment(rung: Rung, clock: Clock) -> datetime:
    """When ``rung`` of ``clock`` is to be climbed.

    A clock that runs day and night (特急) escalates day and night: its waits do not stop at the end of office hours.
    """
    start = clock.amber_at if rung.base is Base.amber else clock.due_at
    if rung.wait is None:
        return start
    wait = Limit(rung.wait.value, _by_day_and_night(rung.wait.unit)) if _is_natural(clock) else rung.wait
    return calendars.working(clock.calendar_id).add(start, wait).due


def _is_natural(clock: Clock) -> bool:
    return clock.limit_unit in {Unit.urgent_hours, Unit.calendar_days}


def _by_day_and_night(unit: Unit) -> Unit:
    return Unit.calendar_days if unit in {Unit.working_days, Unit.calendar_days} else Unit.urgent_hours


def ensure() -> None:
    """Put up the ladder as it is delivered, where a city has none."""
    if not db.session.scalar(select(func.count()).select_from(EscalationRung)):
        for clock, rungs in AS_DELIVERED.items():
            db.session.add_all(_rows(clock, rungs))
        db.session.flush()


def look_again() -> None:
    """Read the rows at the next call: for a page that shows what is to be changed."""
    _ladders.forget()


def seen(rungs: tuple[Rung, ...]) -> str:
    """What a page that shows these rungs sends along with its change."""
    return sha256(json.dumps([_told(rung) for rung in rungs]).encode()).hexdigest()[:16]


def replace(clock: str, rungs: tuple[Rung, ...], *, by: Doer, at: datetime, instead_of: str | None = None) -> None:
    """Give a clock other rungs; without any it follows every other one. Clocks on their way climb the new ones.

    ``instead_of`` is what was :func:`seen` of the rungs that these replace. Raises StaleLadder where there are others.
    """
    # Two administrators at once: the second waits here, and then reads what the first has done.
    db.session.execute(select(EscalationRung.id).with_for_update())
    present = _read("all").get(clock, ())
    if instead_of is not None and instead_of != seen(present):
        raise StaleLadder
    before = [_told(rung) for rung in present]
    db.session.execute(delete(EscalationRung).where(EscalationRung.clock == clock))
    db.session.add_all(_rows(clock, rungs))
    db.session.flush()
    _ladders.forget()
    detail = {"clock": clock, "before": before, "after": [_told(rung) for rung in rungs]}
    recording.record("ladder.changed", by=by, at=at, object_kind="ladder", detail=detail)


def _told(rung: Rung) -> dict[str, Any]:
    return {
        "base": rung.base.value,
        "wait": [rung.wait.value, rung.wait.unit.value] if rung.wait else None,
        "action": rung.action.value,
        "role": rung.role,
    }


def _rows(clock: str, rungs: tuple[Rung, ...]) -> list[EscalationRung]:
    return [
        EscalationRung(
            clock=clock,
            position=position,
            base=rung.base.value,
            wait_value=rung.wait.value if rung.wait else 0,
            wait_unit=rung.wait.unit.value if rung.wait else Unit.working_hours.value,
            action=rung.action.value,
            role=rung.role,
        )
        for position, rung in enumerate(rungs, 1)
    ]


def _read(_: str) -> dict[str, tuple[Rung, ...]]:
    found: dict[str, list[Rung]] = defaultdict(list)
    for row in db.session.scalars(select(EscalationRung).order_by(EscalationRung.clock, EscalationRung.position)):
        rung = _rung(Base(row.base), row.wait_value, Unit(row.wait_unit), RungAction(row.action), row.role)
        found[row.clock].append(rung)
    return {clock: tuple(rungs) for clock, rungs in found.items()}


def _version(_: str) -> tuple[Any, ...]:
    """The rows themselves: they are few, and SQLite gives the numbers of removed ones to those that replace them."""
    return tuple(sorted(_read("all").items()))


_ladders: Remembered[str, dict[str, tuple[Rung, ...]]] = Remembered(_version, _read)
