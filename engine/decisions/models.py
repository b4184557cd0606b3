"""Tables of decision tables, version by version, and of what they decided."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.kit.db import BigId, Model


class TableState(StrEnum):
    """A draft is published (active), until another version takes its place or it is withdrawn; or it is discarded."""

    draft = "draft"
    active = "active"
    retired = "retired"
    discarded = "discarded"

    @classmethod
    def published(cls) -> frozenset["TableState"]:
        """States of versions that are, or were, in force."""
        return frozenset({cls.active, cls.retired})


_IS_DRAFT = text("state = 'draft'")
_IS_ACTIVE = text("state = 'active'")


class DecisionTable(Model):
    """One version of a decision's table. What was published never changes; of drafts, one is open for each decision."""

    __tablename__ = "decision_table"
    __table_args__ = (
        UniqueConstraint("decision", "version"),
        Index("uq_decision_table_draft", "decision", unique=True, sqlite_where=_IS_DRAFT, postgresql_where=_IS_DRAFT),
        Index("uq_decision_table_active", "decision", unique=True, sqlite_where=_IS_ACTIVE,
              postgresql_where=_IS_ACTIVE),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    decision: Mapped[str] = mapped_column(String(40))
    version: Mapped[int | None]
    """Given when it is published."""
    state: Mapped[str] = mapped_column(String(10))
    content: Mapped[dict[str, Any]]
    """``content.Content`` as JSON."""
    revision: Mapped[int] = mapped_column(default=1)
    """Counts saves of a draft: a save names the one that it was made on."""
    based_on_id: Mapped[int | None] = mapped_column(ForeignKey("decision_table.id"))
    note: Mapped[str] = mapped_column(Text, default="")
    """What has changed and why: asked when it is published."""
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    changed_at: Mapped[datetime]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    published_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str] = mapped_column(Text, default="")
    """Why it was withdrawn; empty where another version took its place."""


class DecisionTaken(Model):
    """What a table said when it was asked about something that was then done: never changed afterwards."""

    __tablename__ = "decision_taken"
    __table_args__ = (Index("ix_decision_taken_subject", "subject_kind", "subject_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    table_id: Mapped[int] = mapped_column(ForeignKey("decision_table.id"), index=True)
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int] = mapped_column(BigId)
    at: Mapped[datetime]
    facts: Mapped[dict[str, Any]]
    """Every input of the table, as it was then."""
    rows: Mapped[list[Any]]
    """Numbers of the rows that applied; none: as if there were no table."""
    outcome: Mapped[dict[str, Any]]
    """``outcomes.Outcome`` as JSON."""
