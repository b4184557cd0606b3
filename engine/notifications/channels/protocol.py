"""What every channel is, and what it carries."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from engine.organization.models import User


@dataclass(frozen=True)
class Enclosed:
    """A file that goes with a letter."""

    filename: str
    mime: str
    content: bytes


@dataclass(frozen=True)
class Letter:
    """What is carried, in the reader's language. ``key`` stays the same however often one delivery is tried."""

    key: str
    address: str
    subject: str
    text: str
    html: str
    link: str
    at: datetime
    enclosed: tuple[Enclosed, ...] = ()


Send = Callable[[Letter], None]
"""Hands one letter over. Raises Unreachable, Refused, TryAgain, Unknown (``notifications.errors``)."""


class Channel(Protocol):
    """One way out that this installation has."""

    name: str
    label: str
    """A msgid."""
    knows_twice: bool
    """Whoever gets the same key twice can tell: after a crash it is sent again rather than put in doubt."""

    def address_of(self, user: User) -> str | None:
        """Where this person is reached, if at all."""
        ...

    def connected(self) -> AbstractContextManager[Send]:
        """A connection for a few letters. Raises Unreachable."""
        ...
