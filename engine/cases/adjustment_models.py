"""Table of adjustments: every request to move, halt or contest a clock, with what became of it; kept for ever."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.kit.db import BigId, Model

_REQUESTED = text("state = 'requested'")


class AdjustmentKind(StrEnum):
    """What is asked for. Each kind is decided by the drawing of the same name."""

    extension = "extension"  # 延期
    suspension = "suspension"  # 挂账
    appeal = "appeal"  # 超时申诉


class AdjustmentState(StrEnum):
    """Where a request stands."""

    requested = "requested"
    granted = "granted"
    refused = "refused"
    withdrawn = "withdrawn"
    ended = "ended"  # a suspension that is over


class Adjustment(Model):
    """One request, who decided on it, and the department's due moment before and after it."""

    __tablename__ = "adjustment"
    __table_args__ = (
        # One request at a time: the second of two that are sent at once fails.
        Index("uq_adjustment_requested", "case_id", unique=True, sqlite_where=_REQUESTED, postgresql_where=_REQUESTED),
        Index("ix_adjustment_kind_state", "kind", "state", "until"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(12))
    instance_id: Mapped[int | None] = mapped_column(BigId)
    """The process instance that decides on it."""
    reason: Mapped[str] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(Text, default="")
    value: Mapped[float | None]
    unit: Mapped[str | None] = mapped_column(String(20))
    """Of an extension: by how much."""
    until: Mapped[datetime | None]
    """Of a suspension: when it ends by itself."""
    safety_measure: Mapped[str] = mapped_column(Text, default="")
    """Of a suspension: what keeps people safe meanwhile (围挡、警示)."""
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    requested_at: Mapped[datetime]
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decision_note: Mapped[str] = mapped_column(Text, default="")
    due_before: Mapped[datetime | None]
    due_after: Mapped[datetime | None]
    """While it is only asked for, and while a suspension runs: what it would become."""
    ended_at: Mapped[datetime | None]
