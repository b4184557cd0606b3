"""Driving cases that are already there to an end, with simulated staff: complaints that were imported, for instance."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, true

from engine.cases.models import Case
from engine.kit.db import db
from engine.process.models import OpenTask
from engine.simulation.playing import Play
from engine.simulation.staff import Staff
from engine.simulation.temperament import Temperament


@dataclass(frozen=True)
class Wanted:
    """Which cases are driven: all, or those that came from one system."""

    source_system: str | None = None

    @property
    def condition(self) -> ColumnElement[bool]:
        """As a predicate on cases."""
        return true() if self.source_system is None else Case.source_system == self.source_system


def waiting(wanted: Wanted) -> int:
    """How many of them have a step that waits for somebody."""
    cases = select(func.count(func.distinct(OpenTask.subject_id))).join(Case, Case.id == OpenTask.subject_id)
    return db.session.scalar(cases.where(OpenTask.subject_kind == "case", wanted.condition)) or 0


def drive(wanted: Wanted, *, until: datetime | None, seed: int = 1, temper: Temperament | None = None) -> Play:
    """A play of these cases, to be run: up to the moment ``until``, or to their end."""
    return Play(Staff(temper or Temperament(), seed), until=until, only=wanted.condition)
