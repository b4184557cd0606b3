"""Founding the fictional city in an empty database: everything or nothing, its processes published."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from engine.access.actors import SYSTEM
from engine.audit.models import AuditRecord
from engine.cases.self_handling_rules import REVIEW_SHARE
from engine.kit.config import ROOT
from engine.kit.db import db, unit_of_work
from engine.organization.models import Department
from engine.process import definitions
from engine.settings import values
from engine.simulation import city
from engine.statistics import seeds as statistics

PASSWORD = "Linjiang-2026"  # noqa: S105 - a fictional city has no secrets; the demo shows it to everybody
REVIEWED = 0.5
"""Share of self-handled reports that this city reviews, so that its month has both ways."""
BUILT = "simulation.build_city"


def found(size: str, *, at: datetime, password: str = PASSWORD) -> city.City:
    """Build the city and publish its processes, in one transaction. Raises CityExists, Invalid (a weak password)."""
    with unit_of_work():
        built = city.build(size, at=at, password=password)
        definitions.ensure_published(ROOT / "workflows", at)
        values.set(REVIEW_SHARE, REVIEWED, by=SYSTEM, at=at)
        statistics.ensure(by=SYSTEM, at=at)
    return built


def is_empty() -> bool:
    """Is there no city at all in this database?"""
    return db.session.scalar(select(Department.id).limit(1)) is None


def is_fictional() -> bool:
    """Was the city in this database built here? Nothing is ever simulated in a real one by mistake."""
    kept: Any = db.session.scalars(select(AuditRecord.id).where(AuditRecord.action == BUILT)).first()
    return kept is not None
