"""Tables of incidents that are tried again, many at once."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.kit.db import BigId, Model


class RetryState(StrEnum):
    """A run goes through its incidents one by one, to the end, or until somebody cancels it."""

    running = "running"
    done = "done"
    cancelled = "cancelled"


class RetriedState(StrEnum):
    """What became of one incident of a run."""

    waiting = "waiting"
    retried = "retried"
    refused = "refused"


_IS_RUNNING = text("state = 'running'")


class Retry(Model):
    """Somebody has the workers try many incidents again."""

    __tablename__ = "studio_retry"
    __table_args__ = (Index("ix_studio_retry_running", "id", sqlite_where=_IS_RUNNING, postgresql_where=_IS_RUNNING),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10))
    total: Mapped[int]
    started_at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    by_name: Mapped[str] = mapped_column(String(60))
    ended_at: Mapped[datetime | None]


class RetriedIncident(Model):
    """One incident of a run. Its state is written in the transaction in which it is tried again."""

    __tablename__ = "studio_retried_incident"
    __table_args__ = (Index("ix_studio_retried_incident_state", "retry_id", "state", "incident_id"),)

    retry_id: Mapped[int] = mapped_column(ForeignKey("studio_retry.id"), primary_key=True)
    incident_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(10))
    refusal: Mapped[list[Any]] = mapped_column(default=list)
    """Why it was not tried again: an English sentence and its places."""
