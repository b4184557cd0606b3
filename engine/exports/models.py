"""Tables of exports: who asked for which list, how far it is, and which cases stood in it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.kit.db import BigId, Model


class ExportState(StrEnum):
    """Where an export stands."""

    running = "running"
    ready = "ready"
    cancelled = "cancelled"
    failed = "failed"


_WAITING = text("next_at IS NOT NULL")


class Export(Model):
    """A list that somebody wants as a workbook. Its cases are those that stood in the list when he asked."""

    __tablename__ = "export"
    __table_args__ = (
        Index("ix_export_user", "user_id", "id"),
        Index("ix_export_next", "next_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    query: Mapped[str] = mapped_column(Text)
    """What the list's address narrows by: with it the list is opened again."""
    asked: Mapped[list[Any]]
    """The same in the reader's words: pairs of a filter's name and its value."""
    filters: Mapped[list[str]]
    """The names of the filters alone, for the record: values may be a citizen's."""
    locale: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(10))
    total: Mapped[int]
    is_capped: Mapped[bool] = mapped_column(default=False)
    """The list was longer than a workbook may be."""
    done: Mapped[int] = mapped_column(default=0)
    """Rows that were read, of ``total``."""
    written: Mapped[int] = mapped_column(default=0)
    """Rows that stand in the workbook: fewer than were read, where some may not be seen any more."""
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    next_at: Mapped[datetime | None]
    """When a worker goes on with it; None: none will."""
    claimed_until: Mapped[datetime | None]
    claimed_by: Mapped[str | None] = mapped_column(String(80))
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(Text)


class ExportRow(Model):
    """A case and its place in the list. No foreign key: a hundred thousand looks for rows that were read just now."""

    __tablename__ = "export_row"

    export_id: Mapped[int] = mapped_column(ForeignKey("export.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    case_id: Mapped[int] = mapped_column(BigId)
