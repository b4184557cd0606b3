"""Tables of what is done to a case round after round: dispatched, given back, handled, verified, called back."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.kit.db import BigId, Model


class Dispatch(Model):
    """One dispatch (派遣) of a case to a department, with why. Ended by a return, feedback or voiding."""

    __tablename__ = "dispatch"
    __table_args__ = (Index("ix_dispatch_department_at", "department_id", "at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    at: Mapped[datetime] = mapped_column(index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    mode: Mapped[str] = mapped_column(String(12))
    """auto, manual, arbitration, urgent, succession, legacy."""
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("dispatch_rule.id"))
    rule_version: Mapped[int | None]
    explanation: Mapped[list[Any]] = mapped_column(default=list)
    """Per rule: what it said about this case, and why (dispatch_rules.explain)."""
    signed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(String(20))
    """return, feedback, void, merger (of the department)."""


class Return(Model):
    """A department's request to give a case back (退单), and what was decided."""

    __tablename__ = "case_return"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), index=True)
    requested_at: Mapped[datetime]
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    reason: Mapped[str] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decision: Mapped[str | None] = mapped_column(String(20))
    """granted, refused."""


class Handling(Model):
    """One round of handling: who did it, what was done, and how it was judged on site."""

    __tablename__ = "handling"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    round: Mapped[int]
    """0 is the first, each rework (返工) counts up."""
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    handled_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(Text, default="")
    feedback_at: Mapped[datetime | None]
    reviewed_at: Mapped[datetime | None]


class Verification(Model):
    """One verification on site (核查) after handling."""

    __tablename__ = "verification"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    round: Mapped[int]
    verifier_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    at: Mapped[datetime]
    passed: Mapped[bool]
    note: Mapped[str] = mapped_column(Text, default="")


class SatisfactionCall(Model):
    """A call back (回访) to the citizen after closure."""

    __tablename__ = "satisfaction_call"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    answer: Mapped[str] = mapped_column(String(20))
    """satisfied, fairly_satisfied, dissatisfied, unreachable."""
    is_justified: Mapped[bool] = mapped_column(default=False)
    """Dissatisfied and found true: the case goes back to its department."""
    note: Mapped[str] = mapped_column(Text, default="")
