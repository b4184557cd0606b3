"""Tables of statistics: what each shows now, and every version that it had."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.kit.db import BigId, Model
from engine.organization.models import User


class Statistic(Model):
    """A table that an administrator defined. It is retired, never deleted: its versions say what was shown when."""

    __tablename__ = "statistic"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(60))
    note: Mapped[str] = mapped_column(Text, default="")
    """What it is for; shown above the table."""
    layout: Mapped[dict[str, Any]]
    """What ``layout.Layout.as_json`` wrote."""
    roles: Mapped[list[str]]
    """Codes of the roles that read it; empty: everybody who reads assessments."""
    position: Mapped[int]
    """Its place among the others, from 1 on."""
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    retired_at: Mapped[datetime | None]

    changed_by: Mapped[User | None] = relationship()


class StatisticVersion(Model):
    """A version as it was put into force: appended, never changed."""

    __tablename__ = "statistic_version"
    __table_args__ = (UniqueConstraint("statistic_id", "number"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    statistic_id: Mapped[int] = mapped_column(ForeignKey("statistic.id"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    """Its name, name_en, note, layout and roles."""
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    by: Mapped[User | None] = relationship()
