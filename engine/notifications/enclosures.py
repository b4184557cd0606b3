"""What can be enclosed with a message. Rooms above this one make it, and register how."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from engine.notifications.channels.protocol import Enclosed

Maker = Callable[[Mapping[str, Any], str, datetime], Enclosed]
"""Makes a file from a message's params, for the reader's language, as of the moment of sending."""
Ready = Callable[[Mapping[str, Any]], datetime | None]
"""Since when it can be made; None: it cannot yet."""

_makers: dict[str, tuple[Maker, Ready]] = {}


def register(name: str, make: Maker, ready_since: Ready) -> None:
    """Say how the enclosure ``name`` is made, and since when it can be."""
    _makers[name] = make, ready_since


def ready_since(name: str, params: Mapping[str, Any]) -> datetime | None:
    """Since when it can be made; None where it cannot yet, or where nobody makes such a thing."""
    return _makers[name][1](params) if name in _makers else None


def made(name: str, params: Mapping[str, Any], locale: str, at: datetime) -> Enclosed:
    """The file. Whatever goes wrong in making it is a failure of the delivery. Raises LookupError for one unknown."""
    if name not in _makers:
        raise LookupError(f"nobody makes the enclosure {name}")
    return _makers[name][0](params, locale, at)
