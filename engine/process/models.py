"""Tables of definitions, running instances, what is open in them, their history, and the work of the workers."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.kit.db import BigId, Model


class DefinitionState(StrEnum):
    """A version runs new cases, then only finishes what it began. What is still drawn is a draft of the studio."""

    active = "active"
    retired = "retired"


class Delivery(StrEnum):
    """Where a piece of work for the workers stands."""

    pending = "pending"
    done = "done"
    failed = "failed"  # an incident is open
    cancelled = "cancelled"  # its step was taken off before it was performed


class ProcessDefinition(Model):
    """One version of a drawing. Its XML never changes; an edit is the next version."""

    __tablename__ = "process_definition"
    __table_args__ = (UniqueConstraint("key", "version"), Index("ix_process_definition_key_state", "key", "state"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(String(80))
    version: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    xml: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the XML: parsed drawings are shared under it."""
    state: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    # What follows was added to a table that others refer to: SQLite adds no columns that refer to others themselves.
    note: Mapped[str] = mapped_column(Text, default="")
    """What is new in it, or why an earlier version came back."""
    reviewed_by_id: Mapped[int | None] = mapped_column(BigId)
    """The second person, who agreed."""
    restores_id: Mapped[int | None] = mapped_column(BigId)
    """The earlier version that came back as this one."""
    suspended_at: Mapped[datetime | None]
    """No new cases begin on it since then."""
    suspended_by_id: Mapped[int | None] = mapped_column(BigId)
    suspension_reason: Mapped[str] = mapped_column(Text, default="")


class ProcessInstance(Model):
    """A drawing under way for one subject (a case)."""

    __tablename__ = "process_instance"
    __table_args__ = (
        Index("ix_process_instance_subject", "subject_kind", "subject_id"),
        Index("ix_process_instance_definition_ended", "definition_id", "ended_at"),
        Index("ix_process_instance_definition_started", "definition_id", "started_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    definition_id: Mapped[int] = mapped_column(ForeignKey("process_definition.id"), index=True)
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int] = mapped_column(BigId)
    state: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Written by ``codec``; None once it has ended."""
    revision: Mapped[int] = mapped_column(default=1)
    """Counts moves."""
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(80))
    """The end node, or why it was withdrawn."""


class OpenTask(Model):
    """A step that waits for a person: what work lists read."""

    __tablename__ = "open_task"
    __table_args__ = (
        Index("ix_open_task_group_due", "group_name", "due_at"),
        Index("ix_open_task_assignee_due", "assignee_id", "due_at"),
        Index("ix_open_task_subject", "subject_kind", "subject_id"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"), index=True)
    definition_id: Mapped[int] = mapped_column(ForeignKey("process_definition.id"))
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int] = mapped_column(BigId)
    node: Mapped[str] = mapped_column(String(120))
    name: Mapped[str] = mapped_column(String(200))
    lane: Mapped[str | None] = mapped_column(String(80))
    """Role code of the lane."""
    form: Mapped[str | None] = mapped_column(String(80))
    act: Mapped[str | None] = mapped_column(String(80))
    stage: Mapped[str | None] = mapped_column(String(40))
    group_name: Mapped[str | None] = mapped_column(String(80))
    """Offered to everybody in this group (access.actors.group) while nobody is named."""
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    amber_at: Mapped[datetime | None]


class OpenTimer(Model):
    """A timer event that waits. Its due moment lives here and nowhere else."""

    __tablename__ = "open_timer"
    __table_args__ = (Index("ix_open_timer_subject", "subject_kind", "subject_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"), index=True)
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int] = mapped_column(BigId)
    task_id: Mapped[str] = mapped_column(String(32), index=True)
    node: Mapped[str] = mapped_column(String(120))
    """The timer event's id; behind an event gateway several timers share one task."""
    clock: Mapped[str | None] = mapped_column(String(80))
    """Whose due moment it takes (the follower is asked); None for a duration written in the drawing."""
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    """None: it sleeps, because its clock is paused or not running, or an incident holds it."""
    claimed_until: Mapped[datetime | None]
    claimed_by: Mapped[str | None] = mapped_column(String(60))
    attempts: Mapped[int] = mapped_column(default=0)


class ProcessEvent(Model):
    """One move of an instance: appended, never changed."""

    __tablename__ = "process_event"
    __table_args__ = (Index("ix_process_event_instance", "instance_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"))
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(12))
    """started, completed, performed, fired, sent, withdrawn, relocated; migrated and moved_back between versions."""
    node: Mapped[str | None] = mapped_column(String(120))
    task_id: Mapped[str | None] = mapped_column(String(32))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    facts: Mapped[dict[str, Any]]
    path: Mapped[list[str]]
    """Ids of the nodes that were passed in this move."""
    due_at: Mapped[datetime | None]
    """By when the step that was completed was to be done, as it stood then; whether it was late is never written down.

    None where it had no time limit, for other moves, and for what was done before this was kept."""


class MigrationStep(Model):
    """An instance was given to another version of its drawing; and what it was before, while that can be undone."""

    __tablename__ = "process_migration_step"
    __table_args__ = (Index("ix_process_migration_step_run", "run_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"), index=True)
    run_id: Mapped[int | None] = mapped_column(BigId)
    """The migration of many that it was part of."""
    from_id: Mapped[int] = mapped_column(ForeignKey("process_definition.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("process_definition.id"))
    mapping: Mapped[dict[str, Any]]
    revision: Mapped[int]
    """Of the instance right afterwards: while it has this one, nobody has moved it on."""
    state: Mapped[bytes | None] = mapped_column(LargeBinary)
    """As it was stored before; None once it cannot be undone any more."""
    group_key: Mapped[str | None] = mapped_column(String(16))
    """Of those that stood alike before; None where that was not kept yet."""
    dues: Mapped[dict[str, Any]]
    """Due moments of its timers before, by "task id/node"."""
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class OutboxMessage(Model):
    """A service task that waits for a worker: its registered action, and how often it was tried."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_state_next", "state", "next_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"), index=True)
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int] = mapped_column(BigId)
    task_id: Mapped[str] = mapped_column(String(32), index=True)
    node: Mapped[str] = mapped_column(String(120))
    action: Mapped[str] = mapped_column(String(80))
    params: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(10))
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    claimed_by: Mapped[str | None] = mapped_column(String(60))
    error: Mapped[str | None] = mapped_column(Text)
    done_at: Mapped[datetime | None]


class Incident(Model):
    """A timer or an action that failed three times: an administrator looks, and retries or settles it."""

    __tablename__ = "incident"
    __table_args__ = (Index("ix_incident_resolved_opened", "resolved_at", "opened_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"), index=True)
    task_id: Mapped[str] = mapped_column(String(32))
    node: Mapped[str] = mapped_column(String(120))
    timer_id: Mapped[int | None] = mapped_column(BigId)
    outbox_id: Mapped[int | None] = mapped_column(BigId)
    clock_id: Mapped[int | None] = mapped_column(BigId)
    """A clock of the subject whose ladder failed; the room above that opened the incident wakes it."""
    error: Mapped[str] = mapped_column(Text)
    attempts: Mapped[int]
    opened_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    note: Mapped[str] = mapped_column(Text, default="")
