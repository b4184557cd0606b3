"""The table of dispatch rules (权责清单条目). A row is one version of a rule and is never changed, only superseded."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.catalog.models import Category
from engine.grids.models import ResponsibilityGrid
from engine.kit.db import BigId, Model
from engine.organization.models import Department


class DispatchRule(Model):
    """Category × place × owner → department. A condition that is None asks for nothing."""

    __tablename__ = "dispatch_rule"
    __table_args__ = (
        UniqueConstraint("number", "version"),
        Index("ix_dispatch_rule_category", "category_id"),
        Index("ix_dispatch_rule_major", "code_system", "kind", "major_code"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    number: Mapped[int]
    """The rule's lasting number; its versions share it."""
    version: Mapped[int] = mapped_column(default=1)
    priority: Mapped[int] = mapped_column(default=100)
    """Lower numbers are asked first."""
    code_system: Mapped[str | None] = mapped_column(String(40))
    kind: Mapped[str | None] = mapped_column(String(12))
    major_code: Mapped[str | None] = mapped_column(String(4))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    region_code: Mapped[str | None] = mapped_column(String(12))
    street_code: Mapped[str | None] = mapped_column(String(12))
    responsibility_grid_id: Mapped[int | None] = mapped_column(ForeignKey("responsibility_grid.id"))
    owner_department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    """Only for components that this department owns."""
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), index=True)
    """Who answers for it."""
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    """The last day; None is open."""
    allows_auto: Mapped[bool] = mapped_column(default=True)
    basis: Mapped[str] = mapped_column(String(200), default="")
    """The document that says so."""
    note: Mapped[str] = mapped_column(String(200), default="")
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    superseded_at: Mapped[datetime | None] = mapped_column(index=True)
    """When a newer version took its place; None is the one in force."""

    category: Mapped[Category | None] = relationship()
    responsibility_grid: Mapped[ResponsibilityGrid | None] = relationship()
    department: Mapped[Department] = relationship(foreign_keys=[department_id])
    owner_department: Mapped[Department | None] = relationship(foreign_keys=[owner_department_id])
