"""Tables of forms that a city designed, of their drafts, and of what was typed when a session ended."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.kit.db import BigId, Model


class FormState(StrEnum):
    """A form is designed as a draft and then published, or given up."""

    draft = "draft"
    published = "published"
    discarded = "discarded"


_IS_DRAFT = text("state = 'draft'")


class FormDefinition(Model):
    """One version of a form that was designed in the browser, or the draft of its next one.

    A published version never changes. The file ``forms/<key>.json``, where there is one, is the version before all.
    """

    __tablename__ = "form_definition"
    __table_args__ = (
        UniqueConstraint("key", "version"),
        Index("uq_form_definition_draft", "key", unique=True, sqlite_where=_IS_DRAFT, postgresql_where=_IS_DRAFT),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(String(40))
    version: Mapped[int | None]
    """Given when it is published."""
    state: Mapped[str] = mapped_column(String(10))
    entry: Mapped[dict[str, Any]]
    """As a file of ``forms/`` would hold it; texts are ``{"zh": …, "en": …}``."""
    based_on: Mapped[int | None]
    """The version that the draft began with; None where there was none."""
    revision: Mapped[int] = mapped_column(default=1)
    """Counts changes of a draft, undone ones too: a change names the one that it was made on."""
    position: Mapped[int] = mapped_column(default=0)
    """The step of the draft's history at which it stands."""
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    changed_at: Mapped[datetime]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    published_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(Text, default="")
    """What has changed and why."""


class FormStep(Model):
    """What a draft of a form was like after each change: the way back, and forth again."""

    __tablename__ = "form_step"

    definition_id: Mapped[int] = mapped_column(ForeignKey("form_definition.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    entry: Mapped[dict[str, Any]]


class FormDraft(Model):
    """What a person had typed when the session ended, kept for a day so that nothing is typed twice."""

    __tablename__ = "form_draft"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    path: Mapped[str] = mapped_column(String(300))
    """The page that it was typed into."""
    entered: Mapped[dict[str, Any]]
    """Per field name the list of texts that were sent."""
    at: Mapped[datetime] = mapped_column(index=True)
