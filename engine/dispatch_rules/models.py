"""The tables of dispatch rules (权责清单), whose rows are versions that never change, and of confirmed ownership."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.catalog.models import Category
from engine.grids.models import ResponsibilityGrid
from engine.kit.db import BigId, Model
from engine.organization.models import Department, User


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


_IN_FORCE = text("ended_at IS NULL")


class ConfirmedOwnership(Model):
    """Who answers for one component, or for a category in one grid or street, as a meeting decided (确权).

    It holds from the next dispatch on. A row is never changed, only ended; one is in force for a thing at a time.
    """

    __tablename__ = "confirmed_ownership"
    __table_args__ = (
        # Two meetings may decide at the same moment: the second fails, instead of both holding.
        Index(
            "uq_confirmed_ownership_component",
            "component_code",
            unique=True,
            sqlite_where=_IN_FORCE,
            postgresql_where=_IN_FORCE,
        ),
        Index(
            "uq_confirmed_ownership_grid",
            "category_id",
            "responsibility_grid_id",
            unique=True,
            sqlite_where=_IN_FORCE,
            postgresql_where=_IN_FORCE,
        ),
        Index(
            "uq_confirmed_ownership_street",
            "category_id",
            "street_code",
            unique=True,
            sqlite_where=_IN_FORCE,
            postgresql_where=_IN_FORCE,
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    component_code: Mapped[str | None] = mapped_column(String(20))
    """Its identification code (codes.md §3); then the three below are None."""
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    responsibility_grid_id: Mapped[int | None] = mapped_column(ForeignKey("responsibility_grid.id"))
    street_code: Mapped[str | None] = mapped_column(String(12))
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), index=True)
    """As it was decided. Once it is merged its successor answers, and the row still says who was named."""
    basis: Mapped[str] = mapped_column(String(200))
    minutes_number: Mapped[str] = mapped_column(String(60), default="")
    """Of the meeting (联席会议纪要)."""
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    """The last day; None is open."""
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"), index=True)
    """The case that it was decided about."""
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    end_reason: Mapped[str] = mapped_column(String(200), default="")

    category: Mapped[Category | None] = relationship()
    responsibility_grid: Mapped[ResponsibilityGrid | None] = relationship()
    department: Mapped[Department] = relationship()
    created_by: Mapped[User | None] = relationship(foreign_keys=[created_by_id])
    ended_by: Mapped[User | None] = relationship(foreign_keys=[ended_by_id])
