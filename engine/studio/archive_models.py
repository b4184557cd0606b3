"""The table of configuration archives: those that were brought in, and what was before one was applied."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.kit.db import BigId, Model


class ArchiveState(StrEnum):
    """Where an archive stands: it is brought in, handed in for review, and applied, or given up."""

    brought = "brought"
    submitted = "submitted"
    applied = "applied"
    discarded = "discarded"
    kept = "kept"
    """It holds what was in force before another one was applied."""

    @classmethod
    def open_states(cls) -> frozenset["ArchiveState"]:
        """States in which it may still be applied."""
        return frozenset({cls.brought, cls.submitted})


class ConfigurationArchive(Model):
    """A configuration in one file, with what it would change here, and what became of it."""

    __tablename__ = "configuration_archive"
    __table_args__ = (Index("ix_configuration_archive_state_id", "state", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    version: Mapped[str] = mapped_column(String(40))
    issuer: Mapped[str] = mapped_column(String(120))
    city: Mapped[str] = mapped_column(String(120))
    """Where it was made, by its own word; so are the two below."""
    made_by: Mapped[str] = mapped_column(String(60))
    made_at: Mapped[str] = mapped_column(String(40))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    """The file as it came."""
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of ``content``."""
    state: Mapped[str] = mapped_column(String(10))
    parts: Mapped[list[Any]]
    """A :class:`~engine.studio.archive_rehearsing.Look` for each part, as it was compared last."""
    differences: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    """By part: a list of :class:`~engine.studio.archive_comparing.Difference`."""
    compared_at: Mapped[datetime]
    chosen: Mapped[list[str]] = mapped_column(default=list)
    """Parts that were handed in, then applied."""
    removing: Mapped[list[str]] = mapped_column(default=list)
    """Those of them that also take out of use what the archive does not have."""
    note: Mapped[str] = mapped_column(Text, default="")
    brought_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    brought_at: Mapped[datetime]
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    submitted_at: Mapped[datetime | None]
    reviewed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    reviewed_at: Mapped[datetime | None]
    review_note: Mapped[str] = mapped_column(Text, default="")
    before_id: Mapped[int | None] = mapped_column(ForeignKey("configuration_archive.id"))
    """What the chosen parts were before this one was applied."""
