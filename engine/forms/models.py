"""Table of drafts."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.kit.db import BigId, Model


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
