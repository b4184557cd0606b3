"""The one source of "now". Acts take the moment as an argument; only edges (web, workers, commands) ask here."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

_fixed: ContextVar[datetime | None] = ContextVar("fixed_now", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC; inside :func:`fixed`, the moment given there."""
    return _fixed.get() or datetime.now(UTC)


@contextmanager
def fixed(moment: datetime) -> Iterator[None]:
    """Hold the clock at an aware ``moment``: simulations and tests live at their own time."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    token = _fixed.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _fixed.reset(token)


def local(moment: datetime, zone: ZoneInfo) -> datetime:
    """``moment`` as the wall clock of the city shows it."""
    return moment.astimezone(zone)
