"""Tables of working calendars (process.md §5.4)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.kit.db import BigId, Model


class Calendar(Model):
    """A calendar: weekly hours, dated exceptions, and the years that have been published."""

    __tablename__ = "calendar"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    time_zone: Mapped[str] = mapped_column(String(40))
    """IANA name: hours are wall-clock time there."""
    is_standard: Mapped[bool] = mapped_column(default=False)
    """Used wherever no calendar is named."""
    fixed_holidays: Mapped[list[str]] = mapped_column(default=list)
    """"MM-DD" days that are off in every year by law: all that is known of a year that is not published."""
    version: Mapped[int] = mapped_column(default=1)
    """Counts edits: who keeps a copy in memory, or reckoned with it, sees that it is old."""
    changed_at: Mapped[datetime]
    year_missing_told_on: Mapped[date | None]
    """The day on which administrators were told last that a year is missing."""

    segments: Mapped[list["CalendarSegment"]] = relationship(
        cascade="all, delete-orphan", order_by="CalendarSegment.weekday, CalendarSegment.from_minute"
    )


class CalendarSegment(Model):
    """Weekly working hours: one stretch of one weekday, all year or in a season."""

    __tablename__ = "calendar_segment"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendar.id"), index=True)
    weekday: Mapped[int]
    """0 is Monday."""
    from_minute: Mapped[int]
    """Minutes after midnight."""
    to_minute: Mapped[int]
    """Minutes after midnight, 1440 at most; not included."""
    season_from: Mapped[str | None] = mapped_column(String(5))
    """"MM-DD", included; None: all year, except on days that a season covers."""
    season_to: Mapped[str | None] = mapped_column(String(5))
    """"MM-DD", included; may lie before ``season_from``: the season then runs over New Year."""


class CalendarException(Model):
    """A date that does not follow its weekday: a holiday, or a weekend day worked in exchange (调休)."""

    __tablename__ = "calendar_exception"
    __table_args__ = (
        UniqueConstraint("calendar_id", "date"),
        Index("ix_calendar_exception_calendar_date", "calendar_id", "date"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendar.id"))
    date: Mapped[date]
    kind: Mapped[str] = mapped_column(String(4))
    """"off" or "work"."""
    segments: Mapped[list[Any]] = mapped_column(default=list)
    """[from, to] minutes after midnight of that day; empty: the hours of an ordinary working day."""
    note: Mapped[str] = mapped_column(String(60), default="")


class CalendarYear(Model):
    """A year whose exceptions are complete (the State Council's notice has been entered)."""

    __tablename__ = "calendar_year"

    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendar.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    published_at: Mapped[datetime]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class CalendarDraft(Model):
    """What administrators are about to make of a calendar; nobody's clock knows of it. One for each calendar."""

    __tablename__ = "calendar_draft"

    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendar.id"), primary_key=True, autoincrement=False)
    base_version: Mapped[int]
    """The version of the calendar that the draft was begun from."""
    revision: Mapped[int]
    """Counts every change and never begins anew: a page that shows an older one is refused."""
    content: Mapped[dict[str, Any] | None]
    """A :class:`~engine.calendars.plans.Plan`; None: there is no draft at present."""
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    changed_by_name: Mapped[str] = mapped_column(String(60))
