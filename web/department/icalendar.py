"""Due dates as an iCalendar file (RFC 5545): lines end with CRLF, are folded at 75 octets, and moments are UTC."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

LINE = 75
"""Octets of a line without its end (RFC 5545 §3.1)."""
SHOWN = timedelta(minutes=30)
"""A due moment is shown as the half hour before it: an event without length is invisible in many calendars."""
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


@dataclass(frozen=True)
class Event:
    """One due moment. ``uid`` stays the same as long as it is the same step, so that a moved due moves its entry."""

    uid: str
    due_at: datetime
    summary: str
    url: str


def written(events: Iterable[Event], *, name: str, at: datetime) -> bytes:
    """The whole file, made at ``at``."""
    return b"".join(_folded(line) for line in _lines(events, name, at))


def _lines(events: Iterable[Event], name: str, at: datetime) -> Iterator[str]:
    yield "BEGIN:VCALENDAR"
    yield "VERSION:2.0"
    yield "PRODID:-//CityLoop//Due dates//EN"
    yield "CALSCALE:GREGORIAN"
    yield "METHOD:PUBLISH"
    yield f"X-WR-CALNAME:{_text(name)}"
    yield "REFRESH-INTERVAL;VALUE=DURATION:PT1H"
    for event in events:
        yield "BEGIN:VEVENT"
        yield f"UID:{_text(event.uid)}"
        yield f"DTSTAMP:{_moment(at)}"
        yield f"DTSTART:{_moment(event.due_at - SHOWN)}"
        yield f"DTEND:{_moment(event.due_at)}"
        yield f"SUMMARY:{_text(event.summary)}"
        yield f"URL:{event.url}"
        yield "TRANSP:TRANSPARENT"
        yield "END:VEVENT"
    yield "END:VCALENDAR"


def _text(value: str) -> str:
    """A TEXT value (§3.3.11); other control characters may not stand in a file at all."""
    return "".join(char for char in value.translate(_ESCAPED) if char == "\t" or (ord(char) >= 32 and ord(char) != 127))


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _folded(line: str) -> bytes:
    """A line and its end; a long one goes on behind a space. No character is cut in two."""
    parts: list[bytes] = []
    part = b""
    for char in line:
        octets = char.encode()
        # The space that begins a continuation counts, too.
        if len(part) + len(octets) > LINE - (1 if parts else 0):
            parts.append(part)
            part = b""
        part += octets
    return b"\r\n ".join([*parts, part]) + b"\r\n"
