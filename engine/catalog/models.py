"""Tables of categories (大类、小类) and filing conditions (立案条件)."""

from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.kit.db import BigId, Model


class CodeSystem(StrEnum):
    """The national code systems. A city may add its own, named "CITY-…", so the column takes any text."""

    gbt_2013 = "GBT30428.2-2013"
    gbt_2026 = "GBT47678.5-2026"


class CategoryKind(StrEnum):
    """Component (部件) or event (事件; 事项 since 2026)."""

    component = "component"
    event = "event"


class LimitUnit(StrEnum):
    """Units of time limits; the same words as ``calendars.working_time.Unit``, which counts them."""

    urgent_hours = "urgent_hours"  # 紧急工作时: around the clock
    working_hours = "working_hours"  # 工作时
    working_days = "working_days"  # 工作日
    calendar_days = "calendar_days"  # 紧急工作日, 自然日: around the clock


class Category(Model):
    """A subcategory (小类) of one code system. Old cases keep the category that they were filed under."""

    __tablename__ = "category"
    __table_args__ = (
        UniqueConstraint("code_system", "kind", "code"),
        Index("ix_category_major", "code_system", "kind", "major_code"),
        Index("ix_category_other", "other_code", "kind"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code_system: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(12))
    major_code: Mapped[str] = mapped_column(String(4))
    major_name: Mapped[str] = mapped_column(String(60))
    code: Mapped[str] = mapped_column(String(8))
    """Major and minor code together: 2+2 digits in 2013, 2+3 in 2026. Unique only together with the kind."""
    name: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(80), default="")
    pinyin: Mapped[str] = mapped_column(String(60), default="")
    """Initials, for finding it by typing: 污水井盖 is "wsjg"."""
    dept_type: Mapped[str] = mapped_column(String(100), default="")
    """The kind of department that usually answers for it; the city's list of authority decides."""
    description: Mapped[str] = mapped_column(String(300), default="")
    geometry: Mapped[str] = mapped_column(String(8), default="point")
    """point, line or area: how a component of it is surveyed."""
    other_code: Mapped[str] = mapped_column(String(8), default="")
    """Its code in the other national system, of the same kind; empty where it has none."""
    certainty: Mapped[str] = mapped_column(String(12), default="")
    """How sure the code is: high, medium, low (the builtin data); "city" once the city has entered it."""
    note: Mapped[str] = mapped_column(String(200), default="")
    is_active: Mapped[bool] = mapped_column(default=True)

    conditions: Mapped[list["FilingCondition"]] = relationship(
        back_populates="category", cascade="all, delete-orphan", order_by="FilingCondition.number"
    )


class FilingCondition(Model):
    """When a problem of a category is filed, how long handling may take, and when it counts as solved."""

    __tablename__ = "filing_condition"
    __table_args__ = (UniqueConstraint("category_id", "number"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(String(200))
    limit_value: Mapped[float]
    limit_unit: Mapped[str] = mapped_column(String(20))
    clock: Mapped[str] = mapped_column(String(12), default="working")
    """working (工作日历计时) or continuous (连续计时)."""
    closing_standard: Mapped[str] = mapped_column(String(200), default="")
    limit_a: Mapped[float]
    limit_b: Mapped[float]
    limit_c: Mapped[float]
    """The limit in areas of class A, B and C, in ``limit_unit``."""
    is_urgent: Mapped[bool] = mapped_column(default=False)
    basis: Mapped[str] = mapped_column(String(40), default="")
    """Where the limit comes from: "city:运城", "default", or the city's own document."""
    is_verified: Mapped[bool] = mapped_column(default=False)
    """Compared with GB/T 30428.8 by the city. None of the builtin ones is."""
    is_active: Mapped[bool] = mapped_column(default=True)

    category: Mapped[Category] = relationship(back_populates="conditions")
