"""Tables of the drawings that are being made, and of what people say about them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.kit.db import BigId, Model


class DraftState(StrEnum):
    """A draft is drawn, handed in for review, and then published, or given up."""

    drawing = "drawing"
    submitted = "submitted"
    published = "published"
    discarded = "discarded"

    @classmethod
    def open_states(cls) -> frozenset["DraftState"]:
        """States in which a draft can still become a version: one such draft for each process."""
        return frozenset({cls.drawing, cls.submitted})


_IS_OPEN = text("state IN ('drawing', 'submitted')")


class StudioDraft(Model):
    """A drawing on its way to the next version of a process. A review that returns it sets it to ``drawing`` again."""

    __tablename__ = "studio_draft"
    __table_args__ = (
        Index("uq_studio_draft_open", "key", unique=True, sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN),
        Index("ix_studio_draft_state_changed", "state", "changed_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(String(80))
    """The process that it is for; with ``based_on_id`` None this process may be new."""
    name: Mapped[str] = mapped_column(String(200))
    xml: Mapped[str] = mapped_column(Text)
    based_on_id: Mapped[int | None] = mapped_column(ForeignKey("process_definition.id"))
    revision: Mapped[int] = mapped_column(default=1)
    """Counts saves: a save names the one that it was made on."""
    state: Mapped[str] = mapped_column(String(10))
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    changed_at: Mapped[datetime]
    editor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    """Who has it open for drawing, until ``editing_until``."""
    editing_until: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(Text, default="")
    """What has changed and why: asked when it is handed in."""
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    submitted_at: Mapped[datetime | None]
    reviewed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    reviewed_at: Mapped[datetime | None]
    review_note: Mapped[str] = mapped_column(Text, default="")
    """Why the review returned it, or what it had to say when it agreed."""
    published_id: Mapped[int | None] = mapped_column(ForeignKey("process_definition.id"))


class StudioHand(Model):
    """Somebody who has drawn in a draft: whoever did does not review it."""

    __tablename__ = "studio_hand"

    draft_id: Mapped[int] = mapped_column(ForeignKey("studio_draft.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    first_at: Mapped[datetime]


class StudioComment(Model):
    """What somebody says about one element of a draft, until somebody settles it."""

    __tablename__ = "studio_comment"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("studio_draft.id"), index=True)
    element_id: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime]
    resolved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    resolved_at: Mapped[datetime | None]
