"""The table of months: their numbers as they were when somebody computed them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.kit.db import BigId, Model
from engine.organization.models import User


class State(StrEnum):
    """How final the numbers of a month are (evaluation.md §5: computed, checked by the departments, published)."""

    preliminary = "preliminary"
    published = "published"


class MonthlyAssessment(Model):
    """One month. Preliminary numbers may be computed again; published ones never change, whatever becomes of cases."""

    __tablename__ = "monthly_assessment"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    period: Mapped[str] = mapped_column(String(7), unique=True)
    """The month, "2026-10"."""
    state: Mapped[str] = mapped_column(String(12), default=State.preliminary.value)
    computed_at: Mapped[datetime]
    as_of: Mapped[datetime]
    """Cases are judged as they stood at this moment."""
    numbers: Mapped[dict[str, Any]]
    """What ``snapshot.Snapshot.as_json`` wrote: counts, names, settings, lists."""
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    by: Mapped[User | None] = relationship(foreign_keys=[by_id])
    published_by: Mapped[User | None] = relationship(foreign_keys=[published_by_id])
