"""Tables of clocks. The facts are the truth; the columns of a clock are copies of what follows from them, for lists."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.kit.db import BigId, Model

# Written out, not as parameters: only so does PostgreSQL see that the partial indexes below answer a question.
OPEN = text("clock.state <> 'stopped'")
RUNNING = text("clock.state = 'running'")
PROVISIONAL = text("clock.is_provisional")

_OPEN = text("state <> 'stopped'")
_RUNNING = text("state = 'running'")
_PROVISIONAL = text("is_provisional")
_WATCHED = text("watch_at IS NOT NULL")


class Clock(Model):
    """A time limit of one subject (a case, a supervision task …) under one name."""

    __tablename__ = "clock"
    __table_args__ = (
        Index("ix_clock_subject", "subject_kind", "subject_id", "name"),
        # One clock of a name at a time: the second of two people who start it at once fails.
        Index(
            "uq_clock_open",
            "subject_kind",
            "subject_id",
            "name",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_clock_running_due", "due_at", sqlite_where=_RUNNING, postgresql_where=_RUNNING),
        Index("ix_clock_running_amber", "amber_at", sqlite_where=_RUNNING, postgresql_where=_RUNNING),
        Index("ix_clock_watch", "watch_at", sqlite_where=_WATCHED, postgresql_where=_WATCHED),
        Index("ix_clock_department_due", "department_id", "due_at"),
        Index("ix_clock_calendar", "calendar_id", "calendar_version", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index(
            "ix_clock_provisional",
            "calendar_id",
            "calendar_version",
            sqlite_where=_PROVISIONAL,
            postgresql_where=_PROVISIONAL,
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int] = mapped_column(BigId)
    name: Mapped[str] = mapped_column(String(40))
    """acceptance, filing, dispatching, signing, handling, verification … (process.md §5.1)."""
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    """Whose time it is; None: the centre's."""
    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendar.id"))
    calendar_version: Mapped[int]
    """Version of the calendar that the due moment was reckoned with."""
    limit_value: Mapped[float]
    limit_unit: Mapped[str] = mapped_column(String(20))
    started_at: Mapped[datetime]
    """Of the present run: a reset begins a new one."""
    state: Mapped[str] = mapped_column(String(10))
    due_at: Mapped[datetime]
    first_due_at: Mapped[datetime]
    """Before any extension."""
    amber_at: Mapped[datetime]
    stopped_at: Mapped[datetime | None]
    is_provisional: Mapped[bool] = mapped_column(default=False)
    """Due in a year that is not published: nobody is judged late by it."""
    watch_at: Mapped[datetime | None]
    """When somebody is to be told of it next; None while it stands still, or when everybody was told."""
    rung: Mapped[int] = mapped_column(default=0)
    """How many rungs of the ladder were climbed since it was last in time (``supervision.ladder``)."""
    watch_attempts: Mapped[int] = mapped_column(default=0)
    claimed_until: Mapped[datetime | None]
    claimed_by: Mapped[str | None] = mapped_column(String(80))

    facts: Mapped[list["ClockFact"]] = relationship(order_by="ClockFact.seq", back_populates="clock")


class ClockFact(Model):
    """What happened to a clock: appended, never changed (process.md §5.5)."""

    __tablename__ = "clock_fact"

    clock_id: Mapped[int] = mapped_column(ForeignKey("clock.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """1 is the start. Two people who act on a clock at once cannot both write the next one."""
    action: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    by_name: Mapped[str] = mapped_column(String(60))
    reason: Mapped[str] = mapped_column(Text, default="")
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    """Whose time it was from then on."""
    value: Mapped[float | None]
    """Of a start or reset, the limit; of an extension, by how much. None at a start: the due moment was given."""
    unit: Mapped[str | None] = mapped_column(String(20))
    due_before: Mapped[datetime | None]
    due_after: Mapped[datetime]
    """Frozen: an edit of the calendar changes no judgement, unless a "reckon" fact says so."""
    first_due: Mapped[datetime]
    is_provisional: Mapped[bool] = mapped_column(default=False)

    clock: Mapped[Clock] = relationship(back_populates="facts")


class Recalculation(Model):
    """Open clocks are reckoned with a changed calendar, slice after slice; or only looked at, with a draft of one."""

    __tablename__ = "recalculation"
    __table_args__ = (Index("ix_recalculation_calendar", "calendar_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendar.id"))
    version: Mapped[int]
    """Of the calendar that is reckoned with; of a preview, the one that its draft was begun from."""
    is_preview: Mapped[bool]
    """Nothing is written: what the draft would do."""
    draft_revision: Mapped[int | None]
    content: Mapped[dict[str, Any] | None]
    """Of a preview, the draft as it was when the preview was asked for."""
    state: Mapped[str] = mapped_column(String(10))
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)
    """Passed over in this round because an act held them; they are looked at again."""
    last_clock_id: Mapped[int] = mapped_column(BigId, default=0)
    """How far this round has come."""
    failed: Mapped[list[Any]] = mapped_column(default=list)
    """Clocks that could not be reckoned; the periodic job tries them again."""
    tally: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What became of the clocks (``effects.Tally``)."""
    started_at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    by_name: Mapped[str] = mapped_column(String(60))
    ended_at: Mapped[datetime | None]
