"""Tables of supervision: the ladder, the orders that must be answered, the key cases, and bulk acts."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.cases.models import Case
from engine.kit.db import BigId, Model
from engine.organization.models import Department
from engine.supervision import indexes  # noqa: F401 - of the table of cases, asked for only by this room

_WAITING = text("state IN ('open', 'replied')")


class Base(StrEnum):
    """The moment of a clock that a rung is counted from."""

    amber = "amber"
    due = "due"


class RungAction(StrEnum):
    """What happens on a rung."""

    urge = "urge"  # 催办
    order = "order"  # 督办
    tell = "tell"  # 上报


class OrderState(StrEnum):
    """Where a supervision order stands."""

    open = "open"  # 待回复
    replied = "replied"  # 待审阅
    accepted = "accepted"  # 已办结
    withdrawn = "withdrawn"  # 已撤销
    ended = "ended"  # 随案终止：未答复，案件已结束

    @classmethod
    def waiting(cls) -> frozenset["OrderState"]:
        """Orders that somebody still has to do something about."""
        return frozenset({cls.open, cls.replied})


class OrderLevel(StrEnum):
    """How grave an order is (process.md §4.7)."""

    general = "general"  # 一般督办
    key = "key"  # 重点督办


class EscalationRung(Model):
    """One rung of the ladder: who hears of a late clock, how long after which of its moments."""

    __tablename__ = "escalation_rung"
    __table_args__ = (Index("ix_escalation_rung_clock_position", "clock", "position"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    clock: Mapped[str] = mapped_column(String(40))
    """The clock's name; "*" for all that have no rungs of their own."""
    position: Mapped[int]
    """Rungs are climbed in this order."""
    base: Mapped[str] = mapped_column(String(10))
    wait_value: Mapped[float]
    wait_unit: Mapped[str] = mapped_column(String(20))
    action: Mapped[str] = mapped_column(String(10))
    role: Mapped[str] = mapped_column(String(40))
    """A role's code, or "holder": whoever has the step in hand."""


class SupervisionOrder(Model):
    """An order (督办单) to a department about a case: it must answer in writing, in time (process.md §4.7)."""

    __tablename__ = "supervision_order"
    __table_args__ = (
        Index("ix_supervision_order_case", "case_id"),
        Index("ix_supervision_order_department", "department_id", "state", "reply_due_at"),
        Index(
            "ix_supervision_order_waiting",
            "state",
            "reply_due_at",
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    number: Mapped[str | None] = mapped_column(String(30), unique=True)
    """DB, the day, its id: DB20260302-17."""
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    level: Mapped[str] = mapped_column(String(10))
    origin: Mapped[str] = mapped_column(String(10))
    """automatic (a rung of the ladder) or manual."""
    text: Mapped[str] = mapped_column(Text)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    state: Mapped[str] = mapped_column(String(10))
    issued_at: Mapped[datetime]
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    reply_due_at: Mapped[datetime | None]
    """A copy of what its clock says, for lists."""
    reply: Mapped[str] = mapped_column(Text, default="")
    replied_at: Mapped[datetime | None]
    replied_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    times_sent_back: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None]

    case: Mapped[Case] = relationship()
    department: Mapped[Department] = relationship()


class KeyCase(Model):
    """A case under special watch (重点督办), from a moment until another."""

    __tablename__ = "key_case"
    __table_args__ = (
        Index(
            "uq_key_case_open",
            "case_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    since: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    reason: Mapped[str] = mapped_column(Text)
    ended_at: Mapped[datetime | None]


class RunState(StrEnum):
    """Where a bulk act stands."""

    running = "running"
    done = "done"
    cancelled = "cancelled"


class RowState(StrEnum):
    """What became of one row of a bulk act."""

    waiting = "waiting"
    done = "done"
    refused = "refused"
    failed = "failed"


class BulkRun(Model):
    """One act done to many cases, each in a transaction of its own."""

    __tablename__ = "bulk_run"
    __table_args__ = (
        UniqueConstraint("by_id", "token"),
        Index(
            "ix_bulk_run_running",
            "claimed_until",
            sqlite_where=text("state = 'running'"),
            postgresql_where=text("state = 'running'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token: Mapped[str] = mapped_column(String(40))
    """Of the form that was sent: sent twice, it is the same run."""
    act: Mapped[str] = mapped_column(String(20))
    values: Mapped[dict[str, Any]]
    """What was filled in once for all rows."""
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    state: Mapped[str] = mapped_column(String(10))
    total: Mapped[int]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    claimed_until: Mapped[datetime | None]
    claimed_by: Mapped[str | None] = mapped_column(String(80))

    rows: Mapped[list["BulkRow"]] = relationship(back_populates="run", order_by="BulkRow.position")


class BulkRow(Model):
    """One case of a bulk act, and what became of it."""

    __tablename__ = "bulk_row"

    run_id: Mapped[int] = mapped_column(ForeignKey("bulk_run.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    state: Mapped[str] = mapped_column(String(10), default=RowState.waiting.value)
    said: Mapped[str] = mapped_column(Text, default="")
    """Why it was refused: an English sentence (translation key) with its places in ``params``."""
    params: Mapped[dict[str, Any]] = mapped_column(default=dict)
    done_at: Mapped[datetime | None]

    run: Mapped[BulkRun] = relationship(back_populates="rows")
    case: Mapped[Case] = relationship()
