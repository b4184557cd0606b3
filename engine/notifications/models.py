"""Tables of messages: what was announced, who was told, how it reached him, and how each person wants it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.kit.db import BigId, Model
from engine.organization.models import User


class How(StrEnum):
    """How a person wants one kind of message by one channel."""

    at_once = "at_once"
    digest = "digest"  # together with others, once a day
    off = "off"


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    held = "held"  # waits for the digest
    bundled = "bundled"  # goes out within a digest, and shares its fate
    to_send = "to_send"
    sending = "sending"  # handed to the channel; whoever finds it so after a crash cannot know whether it left
    failed = "failed"  # tried in vain; will be tried again
    sent = "sent"
    given_up = "given_up"  # tried too often, or refused for good
    in_doubt = "in_doubt"  # perhaps sent: the worker died, and the channel cannot tell twice from once
    dropped = "dropped"  # not wanted any more

    @classmethod
    def troubled(cls) -> frozenset["DeliveryState"]:
        """States that somebody ought to look at."""
        return frozenset({cls.failed, cls.given_up, cls.in_doubt})

    @classmethod
    def waiting(cls) -> frozenset["DeliveryState"]:
        """States in which it is still to leave."""
        return frozenset({cls.held, cls.bundled, cls.to_send, cls.sending, cls.failed})


_UNREAD = text("read_at IS NULL")
_WAITING = text("next_at IS NOT NULL")
_HELD = text("state = 'held'")
_TROUBLED = text("state IN ('failed', 'given_up', 'in_doubt')")


class Notice(Model):
    """Something was announced, written in the transaction in which it happened; a worker finds out who hears it.

    An act pays one INSERT however many people it concerns. The row is gone when their messages stand.
    """

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_next", "next_at", sqlite_where=_WAITING, postgresql_where=_WAITING),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    params: Mapped[dict[str, Any]]
    is_urgent: Mapped[bool] = mapped_column(default=False)
    user_ids: Mapped[list[Any]]
    groups: Mapped[list[str]]
    """Names of groups (access.actors.group)."""
    permission: Mapped[str | None] = mapped_column(String(60))
    """Everybody who holds it."""
    except_id: Mapped[int | None] = mapped_column(BigId)
    """Whoever did it knows."""
    next_at: Mapped[datetime | None]
    """None: five attempts to find out failed."""
    claimed_until: Mapped[datetime | None]
    claimed_by: Mapped[str | None] = mapped_column(String(60))
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(Text)


class Message(Model):
    """One person is told one thing. Its words are made from kind and params when it is read, in the reader's language.

    ``user_id`` is None for somebody outside, who is known by an address only. ``once`` makes that something is told to
    a person no more than once.
    """

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_user", "user_id", "id"),
        Index("ix_message_unread", "user_id", sqlite_where=_UNREAD, postgresql_where=_UNREAD),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    kind: Mapped[str] = mapped_column(String(40))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"), index=True)
    params: Mapped[dict[str, Any]]
    is_urgent: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(index=True)
    read_at: Mapped[datetime | None]
    once: Mapped[str | None] = mapped_column(String(200), unique=True)
    enclosure: Mapped[str | None] = mapped_column(String(40))
    """What is enclosed (``enclosures``), made from the params when it is sent."""

    user: Mapped[User | None] = relationship()


class Delivery(Model):
    """One message, or one digest, on its way to one person by one channel."""

    __tablename__ = "delivery"
    __table_args__ = (
        Index("ix_delivery_next", "next_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("ix_delivery_held", "digest_at", sqlite_where=_HELD, postgresql_where=_HELD),
        Index("ix_delivery_troubled", "created_at", sqlite_where=_TROUBLED, postgresql_where=_TROUBLED),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"), index=True)
    """None: it is a digest, of the messages of the deliveries that name it."""
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    channel: Mapped[str] = mapped_column(String(20))
    address: Mapped[str | None] = mapped_column(String(200))
    """Where it went, or is to go where no user is named."""
    state: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime]
    next_at: Mapped[datetime | None]
    """When a worker takes it; None: none will."""
    claimed_until: Mapped[datetime | None]
    claimed_by: Mapped[str | None] = mapped_column(String(60))
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(Text)
    sent_at: Mapped[datetime | None]
    digest_at: Mapped[datetime | None]
    digest_id: Mapped[int | None] = mapped_column(ForeignKey("delivery.id"), index=True)

    message: Mapped[Message | None] = relationship()
    user: Mapped[User | None] = relationship()


class Preference(Model):
    """How a person wants a kind of message by a channel, where it differs from what is usual."""

    __tablename__ = "preference"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    how: Mapped[str] = mapped_column(String(10))
