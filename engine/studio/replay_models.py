"""Tables of replays: past cases run once more, in memory, through another drawing of their process."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.kit.db import BigId, Model


class ReplayState(StrEnum):
    """Where a replay stands."""

    running = "running"
    done = "done"
    cancelled = "cancelled"


class Went(StrEnum):
    """How a case went through the other drawing."""

    same = "same"
    """The same steps as often, and the same end."""
    otherwise = "otherwise"
    not_replayed = "failed"
    """``reason`` says why."""


_IS_RUNNING = text("state = 'running'")


class Replay(Model):
    """The cases of some weeks are replayed through a draft or a version, slice after slice; nothing is written to them.

    The drawing is kept as it was when the replay was begun, so that a draft may be drawn on meanwhile.
    """

    __tablename__ = "studio_replay"
    __table_args__ = (
        Index("ix_studio_replay_key", "key", "id"),
        # One at a time for each process: what runs beside acts should not take more than one worker's time.
        Index("uq_studio_replay_running", "key", unique=True, sqlite_where=_IS_RUNNING, postgresql_where=_IS_RUNNING),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(String(80))
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("studio_draft.id"))
    draft_revision: Mapped[int | None]
    definition_id: Mapped[int | None] = mapped_column(ForeignKey("process_definition.id"))
    name: Mapped[str] = mapped_column(String(200))
    xml: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    from_at: Mapped[datetime]
    until_at: Mapped[datetime]
    """Cases whose process began from ``from_at`` on, and before this."""
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    state: Mapped[str] = mapped_column(String(10))
    total: Mapped[int]
    is_capped: Mapped[bool] = mapped_column(default=False)
    """There were more cases in this time: the latest of them are replayed."""
    done: Mapped[int] = mapped_column(default=0)
    last_instance_id: Mapped[int] = mapped_column(BigId, default=0)
    """How far it has come."""
    typical: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What steps took in these weeks (``studio.typical``): for steps that these cases never had."""
    tally: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What became of them (``studio.tallying``)."""
    seconds: Mapped[float] = mapped_column(default=0.0)
    """Of work so far."""
    asked_at: Mapped[datetime]
    """Who is late is judged as of this moment."""
    ended_at: Mapped[datetime | None]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    by_name: Mapped[str] = mapped_column(String(60))


class ReplayedCase(Model):
    """One run of one case, and how it would have gone."""

    __tablename__ = "studio_replayed_case"
    __table_args__ = (Index("ix_studio_replayed_case_went", "replay_id", "went"),)

    replay_id: Mapped[int] = mapped_column(ForeignKey("studio_replay.id"), primary_key=True)
    # No foreign keys to what is only read: thousands of looks for rows that were read just now.
    instance_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    case_id: Mapped[int] = mapped_column(BigId)
    went: Mapped[str] = mapped_column(String(10))
    reason: Mapped[list[Any]] = mapped_column(default=list)
    """An English sentence and its places: [text, {name: value}]; empty where it was replayed."""
    end_before: Mapped[str | None] = mapped_column(String(120))
    end_after: Mapped[str | None] = mapped_column(String(120))
    """The end node; None: it is still under way."""
    later_seconds: Mapped[int] = mapped_column(BigId, default=0)
    """By how much its end, or the last thing done in it, comes later; negative: earlier."""
    late_before: Mapped[list[str]] = mapped_column(default=list)
    late_after: Mapped[list[str]] = mapped_column(default=list)
    """Names of the clocks that ran out, each as often as it did."""
    is_newly_late: Mapped[bool] = mapped_column(default=False)
    is_relieved: Mapped[bool] = mapped_column(default=False)
    is_later: Mapped[bool] = mapped_column(default=False)


class ReplayedNode(Model):
    """How often one run of a case came to one step or end, and how long it waited there, before and after."""

    __tablename__ = "studio_replayed_node"

    replay_id: Mapped[int] = mapped_column(ForeignKey("studio_replay.id"), primary_key=True)
    node: Mapped[str] = mapped_column(String(120), primary_key=True)
    instance_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    before: Mapped[int]
    after: Mapped[int]
    waited_before: Mapped[int] = mapped_column(BigId)
    waited_after: Mapped[int] = mapped_column(BigId)
    """Seconds."""
