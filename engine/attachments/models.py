"""The table of attachments."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.kit.db import BigId, Model


class Phase(StrEnum):
    """At which point of a case a file was taken or handed in."""

    before = "before"  # 处置前, when it was reported
    confirmation = "confirmation"  # 核实
    after = "after"  # 处置后
    verification = "verification"  # 核查
    suspension = "suspension"  # 挂账: the safety measure
    document = "document"  # 文书、依据

    @property
    def field(self) -> str:
        """The field of a form that such a file comes from: refusals stand beside it."""
        return "documents" if self is Phase.document else "photos"


class Attachment(Model):
    """One file of one subject. The bytes lie on disk under their hash (``files``); the same bytes are kept once."""

    __tablename__ = "attachment"
    __table_args__ = (Index("ix_attachment_subject", "subject_kind", "subject_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int] = mapped_column(BigId)
    phase: Mapped[str] = mapped_column(String(14))
    filename: Mapped[str] = mapped_column(String(160))
    """As it was called by its sender, made harmless."""
    media_type: Mapped[str] = mapped_column(String(80))
    size: Mapped[int] = mapped_column(BigId)
    """Bytes."""
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    width: Mapped[int | None]
    height: Mapped[int | None]
    """Pixels, as a photo is looked at (turned upright)."""
    taken_at: Mapped[datetime | None]
    lng: Mapped[float | None]
    lat: Mapped[float | None]
    """WGS 84 degrees that the camera wrote down; evidence, never the place of the case."""
    device: Mapped[str | None] = mapped_column(String(80))
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    uploaded_at: Mapped[datetime]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """``used_in``: where the same bytes were handed in before; ``taken_after_upload``: its clock cannot be right."""

    @property
    def is_photo(self) -> bool:
        """Is it a picture that has a thumbnail?"""
        return self.media_type.startswith("image/")
