"""The table of components (部件)."""

from datetime import date
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.catalog.models import Category
from engine.grids.models import UnitGrid
from engine.kit.db import BigId, Model
from engine.organization.models import Department


class ComponentState(StrEnum):
    """State of a component (codes.md §3.5)."""

    intact = "intact"  # 完好
    broken = "broken"  # 破损
    lost = "lost"  # 丢失
    disused = "disused"  # 废弃
    removed = "removed"  # 移除

    @classmethod
    def reportable(cls) -> frozenset["ComponentState"]:
        """States in which a problem of the component may be filed (codes.md §9)."""
        return frozenset({cls.intact, cls.broken, cls.lost})


class Component(Model):
    """One component with its identification code: 16 digits in the 2013 system, 17 in that of 2026."""

    __tablename__ = "component"
    __table_args__ = (
        UniqueConstraint("code"),
        Index("ix_component_place", "lat", "lng"),
        Index("ix_component_category", "category_id", "unit_grid_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(20))
    code_system: Mapped[str] = mapped_column(String(40))
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    name: Mapped[str] = mapped_column(String(60))
    unit_grid_id: Mapped[int | None] = mapped_column(ForeignKey("unit_grid.id"), index=True)
    lng: Mapped[float]
    lat: Mapped[float]
    """CGCS2000 degrees; of lines and areas, a point on them."""
    state: Mapped[str] = mapped_column(String(12), default=ComponentState.intact)
    competent_department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    owner_department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"), index=True)
    maintainer_department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    initial_date: Mapped[date | None]
    change_date: Mapped[date | None]
    old_code: Mapped[str | None] = mapped_column(String(20), index=True)
    """Its code in the former system: old plates and QR codes still find it (codes.md §3.3)."""
    note: Mapped[str] = mapped_column(String(200), default="")

    category: Mapped[Category] = relationship()
    unit_grid: Mapped[UnitGrid | None] = relationship()
    competent_department: Mapped[Department | None] = relationship(foreign_keys=[competent_department_id])
    owner_department: Mapped[Department | None] = relationship(foreign_keys=[owner_department_id])
    maintainer_department: Mapped[Department | None] = relationship(foreign_keys=[maintainer_department_id])

    @property
    def codes(self) -> tuple[str, ...]:
        """What its plate may say: its code, and the one in the former system."""
        return tuple(code for code in (self.code, self.old_code) if code)
