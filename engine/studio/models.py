"""Tables of the drawings that are being made, of what people say about them, and of migrations of running cases."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.kit.db import BigId, Model
from engine.studio import archive_models, replay_models, retry_models  # noqa: F401 - their tables belong to this room


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


class MigrationState(StrEnum):
    """Where a migration stands: it moves cases, or takes them back; or it is over."""

    running = "running"
    done = "done"
    cancelled = "cancelled"
    returning = "returning"
    returned = "returned"

    @classmethod
    def working(cls) -> frozenset["MigrationState"]:
        """States in which workers are at it."""
        return frozenset({cls.running, cls.returning})


_IS_WORKING = text("state IN ('running', 'returning')")


class Migration(Model):
    """Running instances of one version are moved to another, slice after slice, and may be taken back."""

    __tablename__ = "studio_migration"
    __table_args__ = (
        Index("ix_studio_migration_key", "key", "id"),
        # One at a time for each process: two could move the same instances to and fro.
        Index("uq_studio_migration_working", "key", unique=True, sqlite_where=_IS_WORKING,
              postgresql_where=_IS_WORKING),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(String(80))
    from_id: Mapped[int] = mapped_column(ForeignKey("process_definition.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("process_definition.id"))
    mapping: Mapped[dict[str, Any]]
    groups: Mapped[list[Any]]
    """Keys of the groups that were chosen."""
    places: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What people call the nodes of each group, by its key."""
    returning_group: Mapped[str | None] = mapped_column(String(16))
    """The group that is being taken back; None: all of them."""
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10))
    total: Mapped[int]
    moved: Mapped[int] = mapped_column(default=0)
    left: Mapped[int] = mapped_column(default=0)
    """Instances that stay where they are, each with its reasons (``MigrationLeft``)."""
    returned: Mapped[int] = mapped_column(default=0)
    kept: Mapped[int] = mapped_column(default=0)
    """Instances that could not be taken back."""
    last_id: Mapped[int] = mapped_column(BigId, default=0)
    """How far this round has come: an instance, or, when taking back, a step of migration."""
    waiting: Mapped[list[Any]] = mapped_column(default=list)
    """Passed over because an act or a worker held them; they are looked at again."""
    started_at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    by_name: Mapped[str] = mapped_column(String(60))
    ended_at: Mapped[datetime | None]


class MigrationLeft(Model):
    """An instance that a migration did not move, or could not take back, and why."""

    __tablename__ = "studio_migration_left"

    migration_id: Mapped[int] = mapped_column(ForeignKey("studio_migration.id"), primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"), primary_key=True)
    is_return: Mapped[bool] = mapped_column(primary_key=True)
    reasons: Mapped[list[Any]]
    """English sentences with their places: [[text, {name: value}] …]."""
