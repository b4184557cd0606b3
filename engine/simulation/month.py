"""A month in the fictional city, replayed by the simulated clock; and the days since, up to the present."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from engine.access.actors import SYSTEM
from engine.audit import recording
from engine.audit.models import AuditRecord
from engine.cases.models import Case
from engine.kit.db import db, unit_of_work
from engine.simulation import arrivals, supervising
from engine.simulation.arrivals import SYSTEM_NAME
from engine.simulation.playing import Happening, Play
from engine.simulation.staff import Staff
from engine.simulation.temperament import Temperament

BEGUN, ENDED = "simulation.month_begun", "simulation.month_ended"
REPORTS = 300
"""Reports in a month of the usual size."""
RECENT_DAYS, RECENT_SHARE = 5, 1.5
"""So many days before the present have reports again, at this share of the usual rate: work lists are not empty."""


@dataclass(frozen=True)
class Month:
    """Which month is replayed, up to which moment its people go on working, and how many reports it has."""

    first: date
    until: datetime
    reports: int
    seed: int

    @property
    def last(self) -> date:
        """Its last day."""
        return (self.first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)

    def as_json(self) -> dict[str, Any]:
        """As it is kept in the audit log, so that an interrupted month is finished as it was begun."""
        return {"first": self.first.isoformat(), "until": self.until.isoformat(), "reports": self.reports,
                "seed": self.seed}  # fmt: skip

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Month":
        """The month that was kept."""
        return cls(
            date.fromisoformat(kept["first"]), datetime.fromisoformat(kept["until"]), kept["reports"], kept["seed"]
        )


def last_full(now: datetime, zone: ZoneInfo, *, size: float = 1.0, seed: int = 1) -> Month:
    """The last month that is over; its people work on up to ``now``."""
    first = (now.astimezone(zone).date().replace(day=1) - timedelta(days=1)).replace(day=1)
    return Month(first, now, round(REPORTS * size), seed)


def begun() -> Month | None:
    """The month that was begun in this city, finished or not."""
    kept = db.session.scalars(select(AuditRecord.detail).where(AuditRecord.action == BEGUN)).first()
    return Month.from_json(kept) if kept else None


def is_ended() -> bool:
    """Was it played to its end?"""
    return db.session.scalars(select(AuditRecord.id).where(AuditRecord.action == ENDED)).first() is not None


def replay(month: Month, zone: ZoneInfo, temper: Temperament | None = None) -> Iterator[Happening]:
    """Play the month, act by act. An interrupted one goes on where it stopped when called with the same month.

    Raises the first reason why somebody could not do what was to be done, when all else of the month has happened.
    """
    _mark(BEGUN, month)
    staff = Staff(temper or Temperament(), month.seed)
    play = Play(staff, until=month.until, leave_from=month.until - timedelta(days=RECENT_DAYS))
    yield from play.run(_reports(month, staff, zone))
    supervising.look_around(staff, month.until)
    _mark(ENDED, month)
    if play.stuck:
        raise play.stuck[0].why


def _reports(month: Month, staff: Staff, zone: ZoneInfo) -> list[arrivals.Arrival]:
    """Every report of the month and of the last days that has not been entered yet."""
    known = set(db.session.scalars(select(Case.source_no).where(Case.source_system == SYSTEM_NAME)))
    days = [month.first + timedelta(days=number) for number in range(month.last.day)]
    end = datetime.combine(month.last + timedelta(days=1), time(), zone)
    plan = arrivals.Plan(staff, zone, until=min(end, month.until))
    found = plan.spread(days, month.reports, "M")
    recent = [month.until.astimezone(zone).date() - timedelta(days=back) for back in range(RECENT_DAYS)]
    recent = sorted(day for day in recent if day > month.last)
    if recent:
        plan = arrivals.Plan(staff, zone, until=month.until)
        found += plan.spread(recent, round(month.reports * RECENT_SHARE * len(recent) / len(days)), "R")
    return [arrival for number, arrival in found if number not in known]


def _mark(action: str, month: Month) -> None:
    with unit_of_work():
        if db.session.scalars(select(AuditRecord.id).where(AuditRecord.action == action)).first() is None:
            recording.record(action, by=SYSTEM, at=month.until, detail=month.as_json())
